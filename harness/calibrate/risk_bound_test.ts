import { assert, assertAlmostEquals, assertStrictEquals } from "@std/assert";
import { hoeffdingPValue } from "./hoeffding.ts";
import { hoeffdingBentkusPValue } from "./hoeffding_bentkus.ts";
import { leastPrompts, riskPValue } from "./risk_bound.ts";

// Worked example of CALM's card, recomputed in Python with exact binomial sums.
const HUNDREDTHS: readonly (readonly [number, number, number])[] = [
  [0, 0.018315638888734165, 7.055079108655257e-10],
  [0.02, 0.07730474044329974, 2.287813493508162e-5],
  [0.05, 0.3678794411714422, 0.021939932085906513],
  [0.06, 0.5272924240430483, 0.08711149689382022],
  [0.04, 0.23692775868212165, 0.00377306656932191],
];

Deno.test("hoeffdingPValue() and hoeffdingBentkusPValue() equal the worked example", () => {
  for (const [mean, hoeffding, bentkus] of HUNDREDTHS) {
    assertAlmostEquals(hoeffdingPValue({ mean, count: 200 }, 0.1), hoeffding, 1e-14);
    const value = hoeffdingBentkusPValue({ mean, count: 200 }, 0.1);
    assertAlmostEquals(value / bentkus, 1, 1e-10);
  }
  assertAlmostEquals(hoeffdingPValue({ mean: 0, count: 100 }, 0.1), 0.13533528323661262, 1e-14);
});

Deno.test("hoeffdingBentkusPValue() does not count a rounded-up loss", () => {
  assertStrictEquals(200 * 0.035, 7.000000000000001);
  const value = hoeffdingBentkusPValue({ mean: 0.035, count: 200 }, 0.1);
  assertAlmostEquals(value, Math.E * 0.0004849967164535504, 1e-12);
});

Deno.test("riskPValue() shows nothing at or above delta, nor from NaN", () => {
  for (const bound of ["hoeffding", "hoeffding_bentkus"] as const) {
    const level = { delta: 0.1, epsilon: 0.05, bound };
    for (const mean of [0.1, 0.5, 1, NaN]) {
      assertStrictEquals(riskPValue({ mean, count: 50 }, level), 1, `${bound} ${mean}`);
    }
    let before = 0;
    for (let k = 0; k <= 50; k++) {
      const value = riskPValue({ mean: k / 50, count: 50 }, level);
      assert(value >= before, `${bound} falls at ${k}`);
      before = value;
    }
  }
});

Deno.test("leastPrompts() is 150 and 29 for delta 0.1 at epsilon 0.05", () => {
  const level = { delta: 0.1, epsilon: 0.05 };
  assertStrictEquals(leastPrompts({ ...level, bound: "hoeffding" }), 150);
  assertStrictEquals(leastPrompts({ ...level, bound: "hoeffding_bentkus" }), 29);
});
