/**
 * Percentiles of latencies: MLPerf's early-stopping estimate, with an interval
 * of the plain percentile from a bootstrap that draws whole prompts.
 *
 * Latencies of one sequence are correlated, so prompts are resampled, not
 * latencies. Of the share F(x) of latencies at or below the plain percentile x,
 * bootstrap-t over prompts gives the interval [f, g]; read at those shares, the
 * latencies give the percentile's (Woodruff):
 *
 *     [ Q(2p − g) , Q(2p − f) ]          Q: quantiles of all latencies
 *
 * An end beyond the data is the smallest or largest latency. One prompt, or
 * prompts with equal shares, give no interval (NaN).
 *
 * Source of the inversion: Woodruff 1952, JASA 47(260).
 *
 * @module
 */
import type { TimedRecord } from "../contract/record.ts";
import type { LatencyPercentiles, Percentile } from "../contract/summary.ts";
import { earlyStoppingEstimate } from "../numerics/early_stopping.ts";
import { quantileOfSorted } from "../numerics/quantile.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { groupBy } from "./run_view.ts";
import { promptKey, type Resampling } from "./speed_up.ts";

/** Latencies of one prompt. */
export interface PromptLatencies {
  /** All of them, ms. */
  readonly ms: readonly number[];
}

/** Percentiles of the latencies of some prompts; `undefined` without latencies. */
export function latencyPercentiles(
  prompts: readonly PromptLatencies[],
  { seed, resamples, stepsPerReading }: Resampling & { readonly stepsPerReading: number },
): LatencyPercentiles | undefined {
  const pooled = poolLatencies(prompts);
  const count = pooled.ms.length;
  if (count === 0) return undefined;
  const [p90, p99] = [0.9, 0.99].map((percentile): Percentile | undefined => {
    const value = earlyStoppingEstimate(pooled.ms, { percentile });
    return value === undefined
      ? undefined
      : { value, ...endsOf(pooled, { percentile, seed, resamples }) };
  });
  return {
    count,
    prompts: prompts.length,
    stepsPerReading,
    ...(p90 === undefined ? {} : { p90 }),
    ...(p99 === undefined ? {} : { p99 }),
  };
}

/** Percentiles of the decode steps, of the visits with the largest groups of steps. */
export function stepPercentiles(
  timed: readonly TimedRecord[],
  resampling: Resampling,
): LatencyPercentiles | undefined {
  const measured = timed.filter(({ stepMs }) => stepMs !== undefined);
  const stepsPerReading = measured.reduce((most, each) => Math.max(most, groupSize(each)), 1);
  const alike = measured.filter((record) => groupSize(record) === stepsPerReading);
  const prompts = perPrompt(
    alike,
    ({ stepMs, steps }) =>
      stepMs!.map((ms, i) => ms / Math.min(stepsPerReading, steps - i * stepsPerReading)),
  );
  return latencyPercentiles(prompts, { ...resampling, stepsPerReading });
}

function groupSize({ stepsPerReading = 1 }: TimedRecord): number {
  return stepsPerReading;
}

/** Percentiles of the time to the first token; a prefill that several visits shared counts once. */
export function firstTokenPercentiles(
  timed: readonly TimedRecord[],
  resampling: Resampling,
): LatencyPercentiles | undefined {
  const prompts = perPrompt(
    timed,
    ({ prefillMs, firstTokenMs = 0 }) => prefillMs === undefined ? [] : [prefillMs + firstTokenMs],
  );
  return latencyPercentiles(
    prompts.map(({ ms }) => ({ ms: [...new Set(ms)] })),
    { ...resampling, stepsPerReading: 1 },
  );
}

function perPrompt(
  records: readonly TimedRecord[],
  of: (record: TimedRecord) => readonly number[],
): readonly PromptLatencies[] {
  return [...groupBy(records, promptKey).values()].flatMap((own) => {
    const ms = own.flatMap(of);
    return ms.length === 0 ? [] : [{ ms }];
  });
}

interface Pooled {
  /** Ascending. */
  readonly ms: Float64Array;
  /** Prompt of each. */
  readonly owners: Int32Array;
  /** Latencies of each prompt. */
  readonly sizes: Int32Array;
}

function poolLatencies(prompts: readonly PromptLatencies[]): Pooled {
  const pairs = prompts.flatMap(({ ms }, owner) => ms.map((value) => ({ value, owner })))
    .sort((a, b) => a.value - b.value || a.owner - b.owner);
  return {
    ms: Float64Array.from(pairs, ({ value }) => value),
    owners: Int32Array.from(pairs, ({ owner }) => owner),
    sizes: Int32Array.from(prompts, ({ ms }) => ms.length),
  };
}

/** Ends of the interval of one percentile. */
function endsOf(
  { ms, owners, sizes }: Pooled,
  { percentile, ...resampling }: Resampling & { readonly percentile: number },
): Pick<Percentile, "low" | "high"> {
  const plain = quantileOfSorted(ms, percentile);
  const below = new Float64Array(sizes.length);
  for (let i = 0; i < ms.length && ms[i]! <= plain; i++) below[owners[i]!]! += 1;
  const [share] = bootstrapRatios({
    starts: Array.from({ length: sizes.length + 1 }, (_, i) => i),
    inside: "kept",
    statistics: [{ numerators: below, denominators: sizes, scale: "linear" }],
  }, resampling);
  // Prompts that all have the same share below tell nothing of how it varies.
  if (!(share!.high > share!.low)) return { low: NaN, high: NaN };
  const at = (q: number): number => quantileOfSorted(ms, Math.min(1, Math.max(0, q)));
  return { low: at(2 * percentile - share!.high), high: at(2 * percentile - share!.low) };
}
