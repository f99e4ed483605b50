/**
 * Outlier counts. Outliers are counted and shown, never removed.
 *
 *     MAD:   |x − median| / median(|x − median|) > 14.826     (hyperfine's rule)
 *     Tukey: below Q1 − k·IQR or above Q3 + k·IQR, k = 1.5 mild, 3 extreme
 *
 * @module
 */
import { median, quantile } from "./quantile.ts";

/** How many values lie far out, by two rules. */
export interface OutlierCounts {
  /** Values beyond 14.826 median absolute deviations; where that deviation is 0, none. */
  readonly mad: number;
  /** Values beyond 1.5 but not 3 interquartile ranges. */
  readonly mild: number;
  /** Values beyond 3 interquartile ranges. */
  readonly extreme: number;
}

/** Counts the outliers among `values`. */
export function countOutliers(values: ArrayLike<number>): OutlierCounts {
  const centre = median(values);
  const distances = Float64Array.from(values, (value) => Math.abs(value - centre));
  const deviation = median(distances);
  const lower = quantile(values, 0.25), upper = quantile(values, 0.75);
  const range = upper - lower;
  let mad = 0, mild = 0, extreme = 0;
  for (let i = 0; i < values.length; i++) {
    if (deviation > 0 && distances[i]! / deviation > 14.826) mad++;
    const beyond = Math.max(lower - values[i]!, values[i]! - upper);
    if (beyond > 3 * range) extreme++;
    else if (beyond > 1.5 * range) mild++;
  }
  return { mad, mild, extreme };
}
