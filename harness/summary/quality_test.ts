import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../numerics/random.ts";
import type { LockstepRecord, RunRecord } from "../contract/record.ts";
import { arm, free, lockstep, storedRun, suite } from "./_test_run.ts";
import { classOf, suiteQuality, worstOf } from "./quality.ts";
import { viewRun } from "./run_view.ts";

const copy = suite("copy"), prose = suite("prose", "likelihood");

function measure(records: readonly RunRecord[], use = copy) {
  const arms = [arm("full", { role: "baseline" }), arm("k")];
  const view = viewRun(storedRun({ arms, suites: [use], records }));
  const request = {
    suite: use,
    baseline: view.baseline,
    policies: view.policies,
    seed: 1,
    resamples: 999,
  };
  return {
    base: suiteQuality(view.baseline, request),
    policy: suiteQuality(view.policies[0]!, request),
  };
}

/** `counts` of (baseline right, arm right): both, lost, won, neither. */
function binary([both, lost, won, neither]: readonly [number, number, number, number]) {
  const outcomes = [
    ...new Array<[number, number]>(both).fill([1, 1]),
    ...new Array<[number, number]>(lost).fill([1, 0]),
    ...new Array<[number, number]>(won).fill([0, 1]),
    ...new Array<[number, number]>(neither).fill([0, 0]),
  ];
  return outcomes.flatMap(([base, score], i) => [
    free("full", `i${i}`, { score: base }),
    free("k", `i${i}`, { score }),
  ]);
}

Deno.test("suiteQuality() pairs right and wrong answers: churn, McNemar, Wilson", () => {
  const { base, policy } = measure(binary([30, 12, 4, 4]));
  assertEquals([policy!.churn!.lost, policy!.churn!.won], [12, 4]);
  assertAlmostEquals(policy!.churn!.pValue, 0.076813, 5e-7);
  assertAlmostEquals(policy!.difference!.value, -8 / 50, 1e-12);
  assertAlmostEquals(policy!.ratio!.value, 34 / 42, 1e-12);
  assertEquals(policy!.quality, "fail");
  assertAlmostEquals(base!.value.value, 0.84, 1e-12);
  assertAlmostEquals(base!.value.low, 0.71486, 1e-5); // Wilson, 42 of 50
  assertEquals([base!.difference, base!.quality], [undefined, undefined]);
});

Deno.test("suiteQuality() gives class A to identical answers and none where full depth scores 0", () => {
  assertEquals(measure(binary([20, 0, 0, 5])).policy!.quality, "A");
  const hopeless = measure(binary([0, 0, 0, 9])).policy!;
  assertEquals([hopeless.ratio, hopeless.quality], [undefined, undefined]);
});

Deno.test("suiteQuality() fails outputs whose length leaves 90 to 110 %", () => {
  const records = Array.from({ length: 10 }, (_, i) => [
    free("full", `i${i}`, { score: 1, tokens: new Array(10).fill(1) }),
    free("k", `i${i}`, { score: 1, tokens: new Array(i < 5 ? 10 : 13).fill(1) }),
  ]).flat();
  const { policy } = measure(records);
  assertAlmostEquals(policy!.lengthRatio!, 1.15, 1e-12);
  assertEquals(policy!.quality, "fail");
});

Deno.test("suiteQuality() tests graded answers by sign flips", () => {
  const records = Array.from({ length: 8 }, (_, i) => [
    free("full", `i${i}`, { score: 0.9 }),
    free("k", `i${i}`, { score: 0.5 + 0.01 * i }),
  ]).flat();
  const { policy } = measure(records);
  assertEquals(policy!.churn, { lost: 8, won: 0, pValue: 2 / 256 });
  assert(policy!.value.low > 0.5 && policy!.value.high < 0.6);
});

Deno.test("suiteQuality() weights likelihoods by tokens and clusters them by document", () => {
  // The protocols' example: 2 tokens at perplexity 4, 8 at 16.
  const records = [
    lockstep("k", "a", { fullNll: [1, 1], policyNll: [Math.log(4), Math.log(4)] }),
    lockstep("k", "b", {
      fullNll: new Array(8).fill(1),
      policyNll: new Array(8).fill(Math.log(16)),
    }),
  ];
  const { base, policy } = measure(records, prose);
  assertAlmostEquals(Math.exp(policy!.value.value), 12.125733, 5e-7);
  assertAlmostEquals(policy!.ratio!.value, Math.E / 12.125733, 1e-6);
  assertEquals([policy!.value.clusters, policy!.churn], [2, undefined]);
  const { ratio, difference } = policy!;
  assertEquals([ratio!.low, ratio!.high], [
    Math.exp(-difference!.high),
    Math.exp(-difference!.low),
  ]);
  assert(ratio!.low < ratio!.value && ratio!.value < ratio!.high);
  assertAlmostEquals(base!.value.value, 1, 1e-12, "full depth comes from the policy's records");
});

Deno.test("suiteQuality() covers a likelihood difference with correlated documents", () => {
  const random = createRandom(9);
  let covered = 0;
  const trials = 300;
  for (let trial = 0; trial < trials; trial++) {
    const records: LockstepRecord[] = Array.from({ length: 20 }, (_, d) => {
      const shift = 0.02 + 0.02 * random.normal(); // of the whole document
      const fullNll = Array.from({ length: 50 }, () => 2 + random.normal());
      return lockstep("k", `d${d}`, {
        fullNll,
        policyNll: fullNll.map((nll) => nll + shift + 0.02 * random.normal()),
      });
    });
    const { low, high } = measure(records, prose).policy!.difference!;
    if (low <= 0.02 && 0.02 <= high) covered++;
  }
  assert(covered >= 0.915 * trials && covered <= 0.98 * trials, `covered ${covered} of ${trials}`);
});

Deno.test("classOf() takes its floors inclusively and fails what cannot be told", () => {
  assertEquals([0.999, 0.9989, 0.99, 0.97, 0.9699, NaN].map((low) => classOf(low)), [
    "A",
    "B",
    "B",
    "C",
    "fail",
    "fail",
  ]);
  assertEquals([0.9, 1.1, 0.89, 1.11].map((length) => classOf(1, length)), [
    "A",
    "A",
    "fail",
    "fail",
  ]);
  assertEquals([worstOf(["A", "C", "B"]), worstOf(["A", "fail"]), worstOf([])], [
    "C",
    "fail",
    undefined,
  ]);
});
