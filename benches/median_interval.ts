/**
 * Medians of repeated times with percentile-bootstrap intervals.
 *
 *     m = median(x)     95 % interval = quantiles 2.5 % and 97.5 % of the medians
 *                       of B resamples of x, drawn with replacement
 *
 * @module
 */
import { median, quantile } from "../harness/numerics/quantile.ts";
import { createRandom } from "../harness/numerics/random.ts";

/** A number and its 95 % interval, in the unit of the values. */
export interface Measured {
  /** Point estimate. */
  readonly value: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** How to resample. */
export interface MedianOptions {
  /** Seed of the draws. */
  readonly seed: number;
  /** Number of resamples B; 2,000 by default. */
  readonly resamples?: number;
}

/** The median with its interval; one value gives no interval (NaN ends), none gives NaN. */
export function medianInterval(
  values: readonly number[],
  { seed, resamples = 2000 }: MedianOptions,
): Measured {
  const value = median(values);
  if (values.length < 2) return { value, low: NaN, high: NaN };
  const random = createRandom(seed);
  const drawn = new Float64Array(values.length);
  const medians = Array.from({ length: resamples }, () => {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[random.int(values.length)]!;
    return median(drawn);
  });
  return { value, low: quantile(medians, 0.025), high: quantile(medians, 0.975) };
}
