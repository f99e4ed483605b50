import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { median, quantile, quantileOfSorted } from "./quantile.ts";

Deno.test("quantile() interpolates at (n − 1)·q", () => {
  assertAlmostEquals(quantile([10, 12, 11, 50, 13], 0.95), 42.6, 1e-12);
  assertEquals(quantile([3, 1, 2], 0), 1);
  assertEquals(quantile([3, 1, 2], 1), 3);
  assertEquals(quantile([1, 2], 0.25), 1.25);
});

Deno.test("median() of the protocols' example is 12", () => {
  assertEquals(median([10, 12, 11, 50, 13]), 12);
  assertEquals(median([4, 1]), 2.5);
});

Deno.test("quantileOfSorted() keeps infinities where they are asked for exactly", () => {
  assertEquals(quantileOfSorted([-Infinity, 0, Infinity], 0.5), 0);
  assertEquals(quantileOfSorted([-Infinity, 0, Infinity], 1), Infinity);
});

Deno.test("quantile() of nothing is NaN, of one value that value", () => {
  assertEquals(quantile([], 0.5), NaN);
  assertEquals(quantile([7], 0.9), 7);
});

Deno.test("quantile() refuses a share outside [0, 1]", () => {
  for (const q of [-0.1, 1.1, NaN]) assertThrows(() => quantile([1], q), RangeError);
});
