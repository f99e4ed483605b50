/**
 * Cells of speed suites: prefill, first token and decode apart, by length of
 * prompt and number of sequences.
 *
 *     step time        mean over texts of the mean over visits of decodeMs / steps
 *     tokens / second  1000 · rows / step time
 *     speed-up         geometric mean over texts of baseline ÷ arm decode time
 *
 * Intervals resample texts; a cell with one text has none. Prefill and first
 * token are those of the visits in which they were timed.
 *
 * @module
 */
import type { RunRecord, SkippedRecord, TimedRecord } from "../contract/record.ts";
import type { Estimate, SkippedCell, SpeedCell } from "../contract/summary.ts";
import { bootstrapRatios, intervalAt } from "./bootstrap.ts";
import { clusterBy, estimateOf, ratioOf } from "./clusters.ts";
import { stepPercentiles } from "./percentiles.ts";
import { groupBy } from "./run_view.ts";
import { compareTimes, pairTimes, promptKey, type Resampling } from "./speed_up.ts";

/** Which records are looked at. */
export interface CellRequest extends Resampling {
  /** Names of the speed suites. */
  readonly suites: ReadonlySet<string>;
  /** The baseline's timed records; absent for the baseline itself. */
  readonly baseline?: readonly TimedRecord[] | undefined;
}

/** Cells of an arm, in the order of its records. */
export function speedCells(
  timed: readonly TimedRecord[],
  { suites, baseline, ...resampling }: CellRequest,
): readonly SpeedCell[] {
  const own = timed.filter(({ suite }) => suites.has(suite));
  return [...groupBy(own, cellKey).values()]
    .map((records) => cellOf(records, { suites, baseline, ...resampling }))
    .sort((a, b) =>
      a.suite === b.suite
        ? a.promptTokens - b.promptTokens || a.rows - b.rows
        : a.suite < b.suite
        ? -1
        : 1
    );
}

function cellOf(
  records: readonly TimedRecord[],
  { baseline, ...resampling }: CellRequest,
): SpeedCell {
  const first = records[0]!;
  const rows = first.rows ?? 1;
  const stepMs = meanOf(records, ({ decodeMs, steps }) => decodeMs / steps, resampling)!;
  const prefillMs = meanOf(records, (record) => record.prefillMs, resampling);
  const firstTokenMs = meanOf(records, (record) => record.firstTokenMs, resampling);
  const steps = stepPercentiles(records, resampling);
  const peaks = records.flatMap(({ peakBytes }) => peakBytes ?? []);
  const speedUp = baseline === undefined ? undefined : speedUpOf(records, baseline, resampling);
  return {
    suite: first.suite,
    level: first.level ?? "",
    promptTokens: first.promptTokens,
    rows,
    steps: first.steps,
    ...(prefillMs === undefined ? {} : { prefillMs }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    stepMs,
    ...(steps === undefined ? {} : { stepPercentiles: steps }),
    tokensPerSecond: {
      value: 1000 * rows / stepMs.value,
      low: 1000 * rows / stepMs.high,
      high: 1000 * rows / stepMs.low,
      clusters: stepMs.clusters,
    },
    ...(speedUp === undefined ? {} : { speedUp }),
    memory: {
      weightBytes: most(records, ({ memory }) => memory.weightBytes),
      partBytes: most(records, ({ memory }) => memory.partBytes),
      kvBytes: most(records, ({ memory }) => memory.kvBytes),
      scratchBytes: most(records, ({ memory }) => memory.scratchBytes),
    },
    ...(peaks.length === 0 ? {} : { peakBytes: peaks.reduce((a, b) => Math.max(a, b)) }),
  };
}

function speedUpOf(
  records: readonly TimedRecord[],
  baseline: readonly TimedRecord[],
  resampling: Resampling,
): Estimate | undefined {
  const key = cellKey(records[0]!);
  const times = pairTimes(baseline.filter((record) => cellKey(record) === key), records);
  if (times.baseMs.length === 0) return undefined;
  return ratioOf(intervalAt(compareTimes(times, resampling).perPrompt));
}

/** Mean over texts of the mean over visits; `undefined` when no visit has the number. */
function meanOf(
  records: readonly TimedRecord[],
  of: (record: TimedRecord) => number | undefined,
  resampling: Resampling,
): Estimate | undefined {
  const { values, starts } = clusterBy(
    records.filter((record) => of(record) !== undefined),
    promptKey,
  );
  if (values.length === 0) return undefined;
  const shares = starts.slice(1).flatMap((end, i) => {
    const visits = end - starts[i]!;
    return new Array<number>(visits).fill(1 / visits);
  });
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map((record, k) => of(record)! * shares[k]!),
      denominators: shares,
      scale: "linear",
    }],
  }, resampling);
  return estimateOf(interval!, { min: 0 });
}

function most(records: readonly TimedRecord[], of: (record: TimedRecord) => number): number {
  return records.reduce((largest, record) => Math.max(largest, of(record)), 0);
}

/** Cells of speed suites that an arm skipped, each once, the smallest first. */
export function skippedCells(
  records: readonly RunRecord[],
  { arm, suites }: { readonly arm: string; readonly suites: ReadonlySet<string> },
): readonly SkippedCell[] {
  const skipped = records.filter((record): record is SkippedRecord =>
    record.outcome === "skipped" && record.arm === arm && suites.has(record.suite)
  );
  return [...groupBy(skipped, cellKey).values()].map(([first]) => ({
    suite: first!.suite,
    level: first!.level ?? "",
    reason: first!.reason,
  })).sort((a, b) => compareLevels(a.level, b.level));
}

/** By the numbers in the names, in turn. */
function compareLevels(a: string, b: string): number {
  const [left, right] = [a, b].map((level) => (level.match(/\d+/g) ?? []).map(Number));
  const differs = left!.findIndex((value, i) => value !== right![i]);
  return differs < 0 ? left!.length - right!.length : left![differs]! - (right![differs] ?? -1);
}

function cellKey({ suite, level }: Pick<TimedRecord, "suite" | "level">): string {
  return `${suite}/${level ?? ""}`;
}
