import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { LockstepRecord } from "../contract/record.ts";
import { arm, lockstep, storedRun, suite } from "./_test_run.ts";
import { summarize } from "./mod.ts";
import { oracleOf } from "./oracle_view.ts";

const resampling = { seed: 1, resamples: 499 };

function record(
  item: string,
  stable: readonly number[],
  { heights = stable, suite = "prose", arm = "k" }: {
    readonly heights?: readonly number[];
    readonly suite?: string;
    readonly arm?: string;
  } = {},
): LockstepRecord {
  const fullNll = stable.map(() => 1);
  return {
    ...lockstep(arm, item, { fullNll, heights, suite }),
    oracle: {
      stable,
      first: stable.map((height) => Math.min(height, 1)),
      regret: stable.map((height, i) => heights[i]! - height),
    },
  };
}

Deno.test("oracleOf() means over positions after each text's first", () => {
  const { height, first, regret } = oracleOf([
    record("a", [30, 2, 4], { heights: [30, 5, 3] }),
    record("b", [30, 6], { heights: [30, 30] }),
  ], resampling)!;
  assertAlmostEquals(height.value, (2 + 4 + 6) / 3, 1e-12);
  assertAlmostEquals(first.value, 1, 1e-12);
  assertAlmostEquals(regret.value, (3 - 1 + 24) / 3, 1e-12);
  assertEquals([height.clusters, first.low, first.high], [2, 1, 1]);
  assert(height.low >= 0 && height.low < 4 && height.high > 4);
  const wide = oracleOf([record("a", [30, 1]), record("b", [30, 30])], {
    ...resampling,
    layerCount: 30,
  })!;
  assertEquals([wide.height.low, wide.height.high], [0, 30]);
});

Deno.test("oracleOf() leaves out records of runs that did not read them", () => {
  assertEquals(oracleOf([lockstep("k", "a"), record("b", [3])], resampling), undefined);
  assertEquals(oracleOf([lockstep("k", "a"), record("b", [3, 7])], resampling)!.height.value, 7);
});

Deno.test("summarize() tells fidelity by suite, with the oracle's where it was read", () => {
  const arms = [arm("full_depth", { role: "baseline" })];
  const records = Array.from({ length: 9 }, (_, i) => [
    record(`p${i}`, [30, 10, 12], { heights: [30, 30, 30], arm: "full_depth" }),
    lockstep("full_depth", `c${i}`, { suite: "code" }),
  ]).flat();
  const run = storedRun({
    arms,
    suites: [suite("prose", "likelihood"), suite("code", "likelihood")],
    records,
  });
  const { arms: [full], methods } = summarize(run, { resamples: 199 });
  assertEquals(full!.fidelity!.oracle!.regret.value, 19);
  const [prose, code] = full!.fidelity!.suites!;
  assertEquals([prose!.suite, prose!.oracle!.height.value], ["prose", 11]);
  assertEquals([code!.suite, code!.agreement.value, code!.oracle], ["code", 1, undefined]);
  assert(methods.some(({ term }) => term === "regret"));
});

Deno.test("summarize() warns once that oracle heights were not read, and why", () => {
  const arms = [arm("full_depth", { role: "baseline" }), arm("k")];
  const records = ["full_depth", "k"].flatMap((label) =>
    ["a", "b"].map((item) => ({ ...lockstep(label, item), oracleAbsent: "Too dear" }))
  );
  const run = storedRun({ arms, suites: [suite("prose", "likelihood")], records });
  const { warnings, methods } = summarize(run, { resamples: 199 });
  assertEquals(warnings.filter((text) => text.includes("Too dear")), ["Too dear."]);
  assertEquals(methods.some(({ term }) => term === "regret"), false);
});
