import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import { type LearnThenTest, learnThenTest, type LossTable } from "./fixed_sequence.ts";
import { byLearnThenTest, byMeanLoss, type ValueRule, violationShare } from "./violation_share.ts";

const HOW: LearnThenTest = {
  delta: 0.1,
  epsilon: 0.05,
  bound: "hoeffding_bentkus",
  strictest: "high",
  fallback: 1,
};

/** Thresholds whose expected losses are known; just above δ lies the worst place for a test. */
const VALUES = [0.9, 0.8, 0.7, 0.6];
const EXPECTED = [0.01, 0.04, 0.101, 0.2];

/** Losses of `prompts` fresh prompts: a harder prompt loses at every threshold that an easier one does. */
function drawLosses(prompts: number, random: ReturnType<typeof createRandom>): LossTable {
  const hardness = Array.from({ length: prompts }, () => random.uniform());
  return {
    values: VALUES,
    losses: EXPECTED.map((expected) => hardness.map((it) => it < expected ? 1 : 0)),
  };
}

/** Share of independent draws in which a rule takes a value whose expected loss is above δ. */
function trueViolations(rule: ValueRule, how: LearnThenTest): number {
  const random = createRandom(5);
  const trials = 3000;
  let violated = 0;
  for (let trial = 0; trial < trials; trial++) {
    const value = rule(drawLosses(150, random), how);
    const expected = value === undefined ? 0 : EXPECTED[VALUES.indexOf(value)]!;
    if (expected > how.delta) violated++;
  }
  return violated / trials;
}

Deno.test("learnThenTest() violates the bound in at most epsilon of independent draws", () => {
  // 3000 draws: at a true rate of ε the share exceeds ε + 2 √(ε (1−ε) / 3000) = 0.058 once in 44.
  for (const bound of ["hoeffding", "hoeffding_bentkus"] as const) {
    const share = trueViolations(byLearnThenTest, { ...HOW, bound });
    assert(share <= 0.05, `${bound}: ${share}`);
  }
  assert(trueViolations(byLearnThenTest, HOW) > 0.001, "the draws are too easy to show anything");
  // The control: without a test the bound is violated in about half of the draws.
  assert(trueViolations(byMeanLoss, HOW) > 0.3);
});

Deno.test("learnThenTest() keeps the bound although it looks at every setting", () => {
  // Thirty settings above δ: taking any one that passes alone would find a lucky one.
  const values = Array.from({ length: 30 }, (_, i) => 1 - (i + 1) / 31);
  const random = createRandom(9);
  const how = { ...HOW, epsilon: 0.2 };
  const trials = 400;
  let sequential = 0, anyOne = 0;
  for (let trial = 0; trial < trials; trial++) {
    const losses = values.map(() =>
      Array.from({ length: 150 }, () => random.uniform() < 0.101 ? 1 : 0)
    );
    const { isFallback, tested } = learnThenTest({ values, losses }, how);
    if (!isFallback) sequential++;
    if (tested.some(({ pValue }) => pValue <= how.epsilon)) anyOne++;
  }
  assert(sequential / trials <= 0.2, `${sequential}`);
  assert(anyOne / trials > 0.5, `${anyOne}`);
});

Deno.test("violationShare() counts over seeded splits and gives the interval", () => {
  const table = drawLosses(400, createRandom(1));
  const plan = { splits: 300, calibrationShare: 0.5, seed: 2 };
  const found = violationShare(table, { how: HOW, plan });
  assertEquals(violationShare(table, { how: HOW, plan }), found);
  assert(found.onTest.value <= 0.05 && found.onTest.low <= found.onTest.value);
  assert(found.onTest.high < 0.1 && found.testLoss > 0.01 && found.testLoss < 0.1);
  assertStrictEquals(found.taken.reduce((sum, count) => sum + count, found.fallbacks), 300);
  const naive = violationShare(table, { how: HOW, plan, rule: byMeanLoss });
  assert(naive.onTest.value > found.onTest.value + 0.1, `${naive.onTest.value}`);
});

Deno.test("violationShare() refuses a split without a part", () => {
  const table = drawLosses(3, createRandom(1));
  const plan = { splits: 1, calibrationShare: 1, seed: 2 };
  assertThrows(() => violationShare(table, { how: HOW, plan }), RangeError, "3 prompts");
});
