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
 * An end beyond the data is the smallest or largest latency; one prompt gives
 * no interval (NaN).
 *
 * Source of the inversion: Woodruff 1952, JASA 47(260).
 *
 * @module
 */
import type { LatencyPercentiles, Percentile } from "../contract/summary.ts";
import { earlyStoppingEstimate } from "../numerics/early_stopping.ts";
import { quantileOfSorted } from "../numerics/quantile.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import type { Resampling } from "./speed_up.ts";

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
  const at = (q: number): number =>
    Number.isNaN(q) ? NaN : quantileOfSorted(ms, Math.min(1, Math.max(0, q)));
  return { low: at(2 * percentile - share!.high), high: at(2 * percentile - share!.low) };
}
