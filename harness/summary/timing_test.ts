import { assert, assertEquals } from "@std/assert";
import type { RunRecord, TimedRecord } from "../contract/record.ts";
import { createRandom } from "../numerics/random.ts";
import { arm, storedRun, suite, timed } from "./_test_run.ts";
import { summarize } from "./mod.ts";

const baseline = arm("full_depth", { role: "baseline" });
const sentinel = arm("full_depth again", { role: "sentinel" });

/** Four visits of twelve prompts on two suites; every arm at its share of full depth's time. */
function records(shares: Readonly<Record<string, number>>): readonly TimedRecord[] {
  const random = createRandom(11);
  return Object.entries(shares).flatMap(([label, share]) =>
    ["copy", "recall"].flatMap((name) =>
      Array.from({ length: 48 }, (_, k): TimedRecord => ({
        ...timed(label, `p${k % 12}`, {
          repetition: Math.floor(k / 12),
          decodeMs: 10 * share * Math.exp(0.002 * random.normal()),
          startMs: k,
        }),
        suite: name,
        stepMs: Array.from({ length: 10 }, () => share * (1 + 0.1 * random.uniform())),
        prefillMs: 7,
      }))
    )
  );
}

const shares = {
  "full_depth": 1,
  "full_depth again": 1,
  fast: 0.5,
  same: 1,
};
const suites = [suite("copy"), suite("recall")];
const arms = [baseline, arm("fast"), arm("same"), sentinel];

Deno.test("summarize() judges policies over all suites and by suite, each as a family", () => {
  const run = storedRun({ arms, suites, records: records(shares) });
  const summary = summarize(run, { resamples: 999, margin: 0.02 });
  const [full, fast, same] = summary.arms.map(({ speed }) => speed!);
  assertEquals([full!.verdict, fast!.verdict, same!.verdict], [
    "equivalent",
    "faster",
    "equivalent",
  ]);
  assertEquals(fast!.suites!.map(({ suite, verdict }) => [suite, verdict]), [
    ["copy", "faster"],
    ["recall", "faster"],
  ]);
  assertEquals(summary.noise!.verdict, "quiet");
  assertEquals(summary.noise!.sentinelVerdict, "equivalent");
  assert(fast!.adjustedPValue! >= fast!.pValue && fast!.adjustedPValue! <= 2 * fast!.pValue);
  const { decisive, perPrompt } = same!;
  assert(decisive!.high - decisive!.low >= perPrompt.high - perPrompt.low);
});

Deno.test("summarize() tells percentiles of steps, and counts a shared prefill once", () => {
  const run = storedRun({ arms, suites, records: records(shares) });
  const { speed } = summarize(run, { resamples: 199 }).arms[1]!;
  assertEquals(speed!.stepPercentiles!.count, 960);
  assertEquals(speed!.stepPercentiles!.prompts, 24);
  const { p90, p99 } = speed!.stepPercentiles!;
  assert(p90!.value > 0.54 && p90!.value < 0.55 && p99!.value >= p90!.value, JSON.stringify(p90));
  assertEquals(speed!.firstTokenPercentiles!.count, 24);
  assertEquals(speed!.firstTokenPercentiles!.p90, undefined);
});

Deno.test("summarize() shares 5 % among looks, and calls an unsteady warm-up noisy", () => {
  const run = storedRun({ arms, suites, records: records(shares) });
  const once = summarize(run, { resamples: 999 });
  const manifest = { ...run.manifest, looks: 4, timeBudgetMs: 600_000 };
  const often = summarize({ ...run, manifest }, { resamples: 999 });
  const width = (summary: typeof once) => {
    const { decisive } = summary.arms[1]!.speed!;
    return decisive!.high - decisive!.low;
  };
  assert(width(often) > 1.15 * width(once));
  assertEquals(often.noise!.looks, 4);
  assert(often.methods.some(({ term }) => term === "time budget"));

  const unsteady = run.records.map((record): RunRecord =>
    record.pass === "timed" && record.outcome === "ok" ? { ...record, warmUp: "noisy" } : record
  );
  const { noise } = summarize({ ...run, records: unsteady }, { resamples: 199 });
  assertEquals(noise!.verdict, "noisy");
  assert(noise!.reasons.at(-1)!.includes("trend"));
});

Deno.test("summarize() keeps cells of a speed suite apart, with memory and reasons of skips", () => {
  const cell = (label: string, item: string, rows: number, decodeMs: number): TimedRecord => ({
    ...timed(label, item, { decodeMs, steps: 64 }),
    suite: "speed",
    level: `32 × ${rows}`,
    rows,
    promptTokens: 32,
    prefillMs: 20,
    firstTokenMs: 3,
    peakBytes: 100 + rows,
  });
  const timedRecords = ["full_depth", "fast"].flatMap((label) =>
    [1, 4].flatMap((rows) =>
      ["a", "b"].map((item, i) =>
        cell(label, `${item}${rows}`, rows, (64 + i) * rows / (label === "fast" ? 2 : 1))
      )
    )
  );
  const skipped: RunRecord = {
    cell: "x",
    suite: "speed",
    item: "c",
    group: "c",
    level: "2048 × 8",
    arm: "fast",
    repetition: 0,
    pass: "timed",
    outcome: "skipped",
    reason: "Cannot run it",
  };
  const run = storedRun({
    arms: [baseline, arm("fast")],
    suites: [suite("speed", "speed")],
    records: [...timedRecords, skipped],
  });
  const [full, fast] = summarize(run, { resamples: 199 }).arms.map(({ speed }) => speed!);
  assertEquals(fast!.cells!.map(({ level, rows }) => [level, rows]), [["32 × 1", 1], [
    "32 × 4",
    4,
  ]]);
  const [one, four] = fast!.cells!;
  assertEquals([four!.stepMs.value, four!.prefillMs!.value, four!.firstTokenMs!.value], [
    (64 + 65) / 64,
    20,
    3,
  ]);
  assertEquals(four!.tokensPerSecond.value, 4000 / four!.stepMs.value);
  assertEquals([one!.speedUp!.value.toFixed(6), four!.peakBytes], ["2.000000", 104]);
  assertEquals([full!.cells![0]!.speedUp, full!.skippedCells], [undefined, undefined]);
  assertEquals(fast!.skippedCells, [
    { suite: "speed", level: "2048 × 8", reason: "Cannot run it" },
  ]);
  assertEquals(summarize(run, { resamples: 199 }).arms[1]!.quality, []);
});
