import { assertAlmostEquals, assertEquals } from "@std/assert";
import { mean, standardError, sum, variance } from "./moments.ts";

Deno.test("variance() divides by n − 1", () => {
  assertAlmostEquals(variance([2, 4, 4, 4, 5, 5, 7, 9]), 32 / 7, 1e-12);
  assertAlmostEquals(standardError([2, 4, 4, 4, 5, 5, 7, 9]), Math.sqrt(32 / 7 / 8), 1e-12);
});

Deno.test("variance() keeps its precision far from zero", () => {
  assertEquals(variance([1e9, 1e9 + 1, 1e9 + 2]), 1);
});

Deno.test("mean() and variance() of too few values are NaN, sum() is 0", () => {
  assertEquals(mean([]), NaN);
  assertEquals(variance([3]), NaN);
  assertEquals(sum([]), 0);
});
