import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { mcNemarExact, wilsonInterval } from "./proportion.ts";

Deno.test("wilsonInterval() gives the protocols' worked numbers", () => {
  const middling = wilsonInterval(45, 100);
  assertAlmostEquals(middling.low, 0.356145, 5e-7);
  assertAlmostEquals(middling.high, 0.547554, 5e-7);
  const none = wilsonInterval(0, 20);
  assertEquals(none.low, 0);
  assertAlmostEquals(none.high, 0.161125, 5e-7);
});

Deno.test("wilsonInterval() mirrors successes and failures", () => {
  const all = wilsonInterval(20, 20);
  assertEquals(all.high, 1);
  assertAlmostEquals(all.low, 1 - 0.161125, 5e-7);
  assertEquals(wilsonInterval(0, 0).value, NaN);
});

Deno.test("mcNemarExact() gives the protocols' worked numbers", () => {
  assertAlmostEquals(mcNemarExact(12, 4), 0.076813, 5e-7);
  assertAlmostEquals(mcNemarExact(3, 3), 1, 1e-12);
  assertAlmostEquals(mcNemarExact(5, 0), 0.0625, 1e-12);
  assertEquals(mcNemarExact(0, 0), 1);
});

Deno.test("mcNemarExact() is symmetric and survives thousands of pairs", () => {
  assertEquals(mcNemarExact(4, 12), mcNemarExact(12, 4));
  const p = mcNemarExact(3000, 2800);
  assert(p > 0.007 && p < 0.011, `p ${p}`); // normal approximation with correction: 0.0090
});
