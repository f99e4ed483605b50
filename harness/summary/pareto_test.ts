import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { ArmSummary, Estimate, QualityClass, Speed } from "../contract/summary.ts";
import { arm } from "./_test_run.ts";
import { meanRatio, paretoOf } from "./pareto.ts";

const exact = (value: number): Estimate => ({ value, low: value, high: value, clusters: 10 });

function summary(
  label: string,
  { role = "policy", speed, macs, ratio }: {
    readonly role?: ArmSummary["role"];
    readonly speed?: number;
    readonly macs?: number;
    readonly ratio?: number;
  },
): ArmSummary {
  const { fill, card } = arm(label);
  const quality: QualityClass = (ratio ?? 0) >= 0.97 ? "C" : "fail";
  return {
    label,
    role,
    fill,
    card,
    counts: { ok: 1, failed: 0, skipped: 0 },
    troubles: [],
    quality: role === "baseline"
      ? [{ suite: "copy", metric: "score", value: exact(0.8) }]
      : ratio === undefined
      ? []
      : [{ suite: "copy", metric: "score", value: exact(0.8), ratio: exact(ratio), quality }],
    ...(role === "baseline" ? {} : { worstQuality: quality }),
    ...(speed === undefined ? {} : {
      speed: { perPrompt: exact(speed) } as Speed,
    }),
    ...(macs === undefined ? {} : {
      cost: {
        macs,
        blocksRun: exact(15),
        weights: macs,
        macShares: { blocks: macs, readouts: 0, probes: 0, fills: 0 },
        readouts: 1,
        reads: 1,
        fills: 0,
        kvWritten: 1,
      },
    }),
  };
}

Deno.test("paretoOf() finds the arms that no other beats in both", () => {
  const { speedAxis, points } = paretoOf([
    summary("full", { role: "baseline", speed: 1 }),
    summary("good", { speed: 1.5, ratio: 0.98 }),
    summary("worse", { speed: 1.4, ratio: 0.97 }),
    summary("fast", { speed: 2, ratio: 0.5 }),
    summary("unmeasured", { speed: 3 }),
  ])!;
  assertEquals(speedAxis, "measured speed-up");
  assertEquals(points.map(({ label, onFront }) => [label, onFront]), [
    ["full", true],
    ["good", true],
    ["worse", false],
    ["fast", true],
  ]);
});

Deno.test("paretoOf() counts multiply-accumulates when nothing was timed", () => {
  const { speedAxis, points } = paretoOf([
    summary("full", { role: "baseline", macs: 1 }),
    summary("half", { macs: 0.5, ratio: 0.9 }),
  ])!;
  assertEquals(speedAxis, "full-depth MACs ÷ MACs");
  assertEquals(points[1]!.speed.value, 2);
  assertEquals(paretoOf([summary("full", { role: "baseline", macs: 1 })]), undefined);
});

Deno.test("meanRatio() adds distances to interval ends in squares", () => {
  const mean = meanRatio([
    { value: 0.9, low: 0.6, high: 1, clusters: 10 },
    { value: 1, low: 0.6, high: 1, clusters: 12 },
  ])!;
  assertAlmostEquals(mean.value, 0.95, 1e-12);
  assertAlmostEquals(mean.low, 0.95 - 0.25, 1e-12);
  assertAlmostEquals(mean.high, 0.95 + 0.05, 1e-12);
  assertEquals([mean.clusters, meanRatio([])], [22, undefined]);
});
