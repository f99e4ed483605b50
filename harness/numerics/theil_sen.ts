/**
 * Theil–Sen slope: the median of the slopes between all pairs of points.
 *
 *     slope = median over i < j of (y_j − y_i) / (j − i)
 *     C = 1.96 · √( n(n−1)(2n+5) / 18 )             (Kendall's S under no trend)
 *     95 % interval: the sorted slopes number (N − C)/2 and (N + C)/2 + 1, N = n(n−1)/2
 *
 * Ranks are rounded outwards. Points are equally spaced, x = 0, 1, …, n − 1.
 * With four points the extreme slopes are taken (their exact level is 91.7 %);
 * below four no interval can be told, so it is unbounded. O(n² log n): meant for
 * tens to a few hundred points.
 *
 * Source: Sen 1968; Hollander and Wolfe, section 9.3.
 *
 * @module
 */
import { quantileOfSorted } from "./quantile.ts";

/** Slope per step with its 95 % interval. */
export interface Trend {
  /** Median of the pairwise slopes; NaN below two points. */
  readonly slope: number;
  /** Lower end; −∞ below four points. */
  readonly low: number;
  /** Upper end; +∞ below four points. */
  readonly high: number;
}

/** The trend of equally spaced values. */
export function theilSen(values: ArrayLike<number>): Trend {
  const n = values.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) slopes[count++] = (values[j]! - values[i]!) / (j - i);
  }
  slopes.sort();
  const spread = 1.959963984540054 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const below = Math.max(1, Math.floor((count - spread) / 2)); // 1-based rank of the lower end
  return {
    slope: quantileOfSorted(slopes, 0.5),
    low: n < 4 ? -Infinity : slopes[below - 1]!,
    high: n < 4 ? Infinity : slopes[count - below]!,
  };
}
