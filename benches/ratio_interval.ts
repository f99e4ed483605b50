/**
 * Ratios of paired times: two arms timed in the same visits.
 *
 *     R = median_v( a_v / b_v )     a_v, b_v: times of one visit
 *
 * The interval is the percentile bootstrap over visits. A median, not the
 * geometric mean of summaries: another process that interrupts a visit of some
 * ms lengthens it many times over, and benches have few visits.
 *
 * @module
 */
import { type Measured, medianInterval, type MedianOptions } from "./median_interval.ts";

/** Median of `numerators[v] / denominators[v]` with its 95 % interval. */
export function ratioInterval(
  numerators: readonly number[],
  denominators: readonly number[],
  options: MedianOptions,
): Measured {
  return medianInterval(numerators.map((value, v) => value / denominators[v]!), options);
}
