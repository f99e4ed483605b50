import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import type { PolicyPlugin } from "../contract/policy.ts";
import { testTable } from "./_test_table.ts";
import { compareCurves } from "./compare_curves.ts";
import { curveName, fullMacs } from "./curve.ts";
import type { ReplayPoint } from "./replayer.ts";

const TABLE = testTable({ items: 10, length: 8, heights: [1, 2, 3, 4, 5, 6, 7] });
const FULL = fullMacs(TABLE);
const OPTIONS = { seed: 1, resamples: 200 };

/** A setting that costs `share` of full depth and agrees at `agreed` of 8 positions, per item. */
function point(label: string, share: number, agreed: (item: number) => number): ReplayPoint {
  const items = FULL.map((macs, i) => ({ macs: share * macs, agreed: agreed(i) }));
  return {
    setting: { label, plugin: {} as PolicyPlugin, options: {}, fill: "project" },
    items,
  } as unknown as ReplayPoint;
}

Deno.test("compareCurves() mixes neighbours to equal cost and to equal quality", () => {
  const comparisons = compareCurves(TABLE, [
    point("a(x=1)", 0.2, () => 2),
    point("a(x=2)", 0.6, () => 6),
    point("a(x=3)", 0.7, () => 1), // beaten: off the curve's own front
    point("b(x=1)", 0.4, (i) => i % 2 === 0 ? 2 : 4),
    point("b(x=2)", 0.8, () => 8),
  ], OPTIONS);
  const shown = comparisons.map(({ a, b, equal, level }) => [a, b, equal, +level.toFixed(9)]);
  assertEquals(shown, [
    ["a(x=…)", "b(x=…)", "cost", 0.45],
    ["a(x=…)", "b(x=…)", "cost", 0.5],
    ["a(x=…)", "b(x=…)", "cost", 0.55],
    ["a(x=…)", "b(x=…)", "quality", 0.46875],
    ["a(x=…)", "b(x=…)", "quality", 0.5625],
    ["a(x=…)", "b(x=…)", "quality", 0.65625],
  ]);
  // a at cost 0.5 agrees at 5 of 8, b at 3 + 5 / 4 = 4.25 of 8.
  assertAlmostEquals(comparisons[1]!.estimate.value, (5 - 4.25) / 8, 1e-12);
  assert(comparisons[1]!.estimate.low < comparisons[1]!.estimate.high);
  // 4.5 of 8 costs a 0.45 and b 0.4 + 0.4 · 1.5 / 5 = 0.52.
  assertAlmostEquals(comparisons[4]!.estimate.value, 0.45 / 0.52, 1e-12);
  assertAlmostEquals(comparisons[4]!.estimate.low, comparisons[4]!.estimate.high, 1e-9);
  assertStrictEquals(comparisons[0]!.estimate.clusters, 10);
});

Deno.test("compareCurves() compares a single setting where the other curve reaches it", () => {
  const comparisons = compareCurves(TABLE, [
    point("a(x=1)", 0.2, () => 2),
    point("a(x=2)", 0.6, () => 6),
    point("dot", 0.4, () => 4),
    point("far", 0.9, () => 1),
  ], OPTIONS);
  const shown = comparisons.map(({ a, b, equal, level }) =>
    `${a} ${b} ${equal} ${level.toFixed(3)}`
  );
  assertEquals(shown, ["a(x=…) dot cost 0.400", "a(x=…) dot quality 0.500"]);
  assertAlmostEquals(comparisons[0]!.estimate.value, 0, 1e-12);
  assertAlmostEquals(comparisons[1]!.estimate.value, 1, 1e-12);
});

Deno.test("curveName() leaves numbers out and words in", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["calm(threshold=0.5)", "calm(threshold=…)"],
    ["calm(measure=state,threshold=1e-7,fill=hole)", "calm(measure=state,threshold=…,fill=hole)"],
    ["x(at=[1,2],b=-3,flag=true)", "x(at=[1,2],b=…,flag=true)"],
    ["full_depth", "full_depth"],
  ];
  for (const [label, name] of cases) assertStrictEquals(curveName(label), name);
});
