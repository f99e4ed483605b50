/**
 * Observations put in clusters, and intervals put into reports' form.
 *
 * @module
 */
import type { Estimate } from "../contract/summary.ts";
import { hash32 } from "../numerics/hash.ts";
import { hashText } from "../numerics/text_hash.ts";
import type { Interval } from "./bootstrap.ts";
import { groupBy } from "./run_view.ts";

/** Observations so ordered that those of a cluster are neighbours. */
export interface Clustered<T> {
  /** Observations, cluster after cluster. */
  readonly values: readonly T[];
  /** Index of each cluster's first observation, then their number. */
  readonly starts: readonly number[];
}

/** Orders observations by cluster; clusters and their members keep their order of appearance. */
export function clusterBy<T>(values: Iterable<T>, keyOf: (value: T) => string): Clustered<T> {
  const groups = [...groupBy(values, keyOf).values()];
  const starts = [0];
  for (const group of groups) starts.push(starts.at(-1)! + group.length);
  return { values: groups.flat(), starts };
}

/** Bounds that an estimate keeps to, because its number cannot leave them. */
export interface Bounds {
  /** Smallest possible value. */
  readonly min?: number;
  /** Largest possible value. */
  readonly max?: number;
}

/** An interval as it is, clamped. */
export function estimateOf(
  { value, low, high, clusters }: Interval,
  { min = -Infinity, max = Infinity }: Bounds = {},
): Estimate {
  return { value, low: Math.max(min, low), high: Math.min(max, high), clusters };
}

/** An interval of a logarithm as the ratio. */
export function ratioOf({ value, low, high, clusters }: Interval): Estimate {
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), clusters };
}

/** A seed for one purpose, the same whatever else is summed up. */
export function purposeSeed(seed: number, ...purpose: readonly string[]): number {
  return hash32(seed, ...purpose.map(hashText));
}
