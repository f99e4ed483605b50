import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { signFlipTest } from "./sign_flip.ts";

Deno.test("signFlipTest() counts all patterns of few differences exactly", () => {
  // |±1 ±2 ±3| reaches 6 in 2 of 8 patterns, 4 in 4 of 8.
  assertEquals(signFlipTest([1, 2, 3], 0), 2 / 8);
  assertEquals(signFlipTest([-1, 2, 3], 0), 4 / 8);
  assertEquals(signFlipTest(new Array(10).fill(0.1), 0), 2 / 1024);
  assertEquals(signFlipTest([], 0), 1);
  assertEquals(signFlipTest([0, 0], 0), 1);
});

Deno.test("signFlipTest() of sixteen equal differences is 2 in 65536", () => {
  assertEquals(signFlipTest(new Array(16).fill(0.3), 0), 2 / 65536);
});

Deno.test("signFlipTest() counts equal sums as equal despite rounding", () => {
  // Of the patterns with an exact sum of ± 0.2 or more, rounding alone would keep 4 of 10.
  assertEquals(signFlipTest([0.1, 0.1, 0.1, -0.1], 0), 10 / 16);
});

Deno.test("signFlipTest() estimates the exact share beyond sixteen differences", () => {
  // 20 differences of ±1, 14 positive: P(|S| ≥ 8) = 2·P[Bin(20, ½) ≥ 14] = 0.115318.
  const differences = Array.from({ length: 20 }, (_, i) => i < 14 ? 1 : -1);
  assertAlmostEquals(signFlipTest(differences, 3), 0.115318, 0.008);
  assertAlmostEquals(signFlipTest(new Array(40).fill(1), 3), 1 / 20001, 1e-12);
});

Deno.test("signFlipTest() rejects a true null in 5 % of trials", () => {
  const random = createRandom(8);
  let rejected = 0;
  for (let trial = 0; trial < 2000; trial++) {
    const differences = Array.from({ length: 10 }, () => random.normal());
    if (signFlipTest(differences, trial) <= 0.05) rejected++;
  }
  assert(rejected > 70 && rejected < 130, `rejected ${rejected} of 2000`);
});
