import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type DepthScores,
  nullScores,
  oracleAnchor,
  oracleCurve,
  scoreOf,
  sequenceOracle,
} from "./sequence_oracle.ts";

// The worked example of the oracle's card: 4, 8, 12 and 24 of 24 layers, four sequences.
const EXAMPLE: DepthScores = {
  costs: [4, 8, 12, 24],
  scores: [
    [.246, .266, .233, .259],
    [.136, .379, .371, .378],
    [.8, .8, .667, .8],
    [.188, .234, .074, .217],
  ],
};

Deno.test("sequenceOracle() solves the card's example", () => {
  const cases: readonly (readonly [number, number, readonly number[]])[] = [
    [4, 1.370, [4, 4, 4, 4]],
    [5, 1.613, [4, 8, 4, 4]],
    [6, 1.659, [4, 8, 4, 8]],
    [7, 1.679, [8, 8, 4, 8]],
    [8, 1.679, [8, 8, 4, 8]],
    [12, 1.679, [8, 8, 4, 8]],
    [24, 1.679, [8, 8, 4, 8]],
  ];
  assertEquals(sequenceOracle(EXAMPLE, 3 * 4), undefined);
  for (const [units, value, layers] of cases) {
    const choice = sequenceOracle(EXAMPLE, units * 4)!;
    assertAlmostEquals(choice.value, value, 1e-12);
    assertEquals(choice.depths.map((b) => EXAMPLE.costs[b]!), [...layers]);
    assertEquals(choice.cost, layers.reduce((sum, each) => sum + each));
    assertAlmostEquals(scoreOf(choice.depths, EXAMPLE.scores), value, 1e-12);
  }
});

Deno.test("oracleAnchor() reaches full depth's score with a quarter of the layers", () => {
  const { capacity, value } = oracleAnchor(EXAMPLE);
  assertEquals(capacity / (4 * 24), 0.25);
  assertAlmostEquals(value, 1.659, 1e-12);
});

Deno.test("oracleCurve() starts at the cheapest depths and never falls", () => {
  const curve = oracleCurve(EXAMPLE);
  assertEquals(
    curve.map(({ capacity }) => capacity),
    Array.from({ length: 21 }, (_, i) => 4 * i + 16),
  );
  curve.forEach(({ value }, i) => assert(value >= (curve[i - 1]?.value ?? 0)));
  assertAlmostEquals(curve[0]!.value, 1.370, 1e-12);
});

Deno.test("sequenceOracle() equals trying every choice", () => {
  const tables = fc.record({
    costs: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })
      .map((costs) => costs.sort((a, b) => a - b)),
    numbers: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }),
    count: fc.integer({ min: 1, max: 4 }),
    capacity: fc.integer({ min: 0, max: 26 }),
  });
  fc.assert(
    fc.property(tables, ({ costs, numbers, count, capacity }) => {
      const scores = Array.from(
        { length: count },
        (_, n) => costs.map((_, b) => numbers[n * 3 + b]! / 10),
      );
      let best: { value: number; cost: number } | undefined;
      for (let code = 0; code < costs.length ** count; code++) {
        const depths = scores.map((_, n) => Math.floor(code / costs.length ** n) % costs.length);
        const cost = depths.reduce((sum, b) => sum + costs[b]!, 0);
        const value = scoreOf(depths, scores);
        if (cost <= capacity && !(best && best.value >= value - 1e-9)) best = { value, cost };
      }
      const choice = sequenceOracle({ costs, scores }, capacity);
      assertEquals(choice === undefined, best === undefined);
      if (choice === undefined || best === undefined) return;
      assertAlmostEquals(choice.value, best.value, 1e-9);
      assert(choice.cost <= capacity);
      assertAlmostEquals(scoreOf(choice.depths, scores), choice.value, 1e-9);
    }),
    { seed: 7, numRuns: 300 },
  );
});

Deno.test("sequenceOracle() is never below the best constant depth that it can pay", () => {
  EXAMPLE.costs.forEach((cost, b) => {
    const constant = scoreOf([b, b, b, b], EXAMPLE.scores);
    assert(sequenceOracle(EXAMPLE, 4 * cost)!.value >= constant - 1e-12);
  });
});

Deno.test("oracleAnchor() of scores without difficulty is as cheap as the published one", () => {
  // Budget shares of the card's simulation: published means, deviation .238, correlation ρ.
  for (
    const [correlation, share] of [[0, .19], [.5, .205], [.8, .24], [.9, .29], [.95, .34]] as const
  ) {
    const scores = nullScores({
      means: [.2493, .3085, .3208, .3418],
      deviation: .238,
      correlation,
      count: 1500,
      seed: 7,
    });
    const { capacity } = oracleAnchor({ costs: [4, 8, 12, 24], scores });
    assertAlmostEquals(capacity / (1500 * 24), share, .015);
  }
});

Deno.test("scoreOf() of a second sample shows that a choice by noise is worth nothing", () => {
  const draw = (seed: number) =>
    nullScores({ means: [.3, .3], deviation: .2, correlation: .5, count: 2000, seed });
  const chosen = sequenceOracle({ costs: [1, 2], scores: draw(1) }, 4000)!;
  assert(chosen.value / 2000 > .37);
  assertAlmostEquals(scoreOf(chosen.depths, draw(2)) / 2000, .3, .02);
});

Deno.test("sequenceOracle() refuses costs and scores that make no table", () => {
  const scores = [[1, 2]];
  for (const costs of [[], [0, 1], [2, 1], [1, 1.5], [1, 1]]) {
    assertThrows(() => sequenceOracle({ costs, scores }, 9), RangeError, "positive whole numbers");
  }
  assertThrows(
    () => sequenceOracle({ costs: [1, 2, 3], scores }, 9),
    RangeError,
    "expected 3 scores of sequence 0",
  );
  assertThrows(() => oracleCurve({ costs: [1, 2], scores: [[1, NaN]] }), RangeError, "sequence 0");
});
