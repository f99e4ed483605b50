/**
 * MLPerf's early-stopping estimate of a percentile of latencies.
 *
 * Of q latencies let t be the largest count with
 *
 *     P[ Bin(q, 1 − p) ≤ t ] ≤ 1 − c                    c = 0.99
 *
 * When t ≥ 1 the estimate is the t-th largest latency: dropping t − 1 of them,
 * the p-quantile lies at or below the largest that is left with confidence c.
 * Below that no percentile can be told: p = 0.9 needs 64 latencies, 0.99 needs 662.
 *
 * Source: MLPerf inference policies, "early stopping", d = 0; the counts are
 * those of its `min_query_count`.
 *
 * @module
 */
import { binomialTail } from "./binomial.ts";

/** Which percentile, how surely. */
export interface EarlyStopping {
  /** Share of latencies at or below it, in (0, 1). */
  readonly percentile: number;
  /** c; 0.99 by default. */
  readonly confidence?: number;
}

/**
 * t of `count` latencies, which may be −1 or 0 where there are too few. The
 * tail is a sum of t + 1 terms, so a bisection costs O(t log count).
 */
export function earlyStoppingRank(
  count: number,
  { percentile, confidence = 0.99 }: EarlyStopping,
): number {
  if (!(percentile > 0 && percentile < 1) || !(confidence > 0 && confidence < 1)) {
    throw new RangeError(
      `Cannot tell a percentile: expected shares between 0 and 1: ` +
        `current values are ${percentile} and ${confidence}`,
    );
  }
  const p = 1 - percentile;
  const fits = (t: number): boolean => binomialTail(t, { trials: count, p }) <= 1 - confidence;
  let low = -1, high = Math.ceil(count * p) + 1; // the tail is about a half at the mean
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Fewest latencies that tell the percentile: 64 for 0.9, 662 for 0.99. */
export function earlyStoppingLeast(request: EarlyStopping): number {
  let low = 0, high = 1;
  while (earlyStoppingRank(high, request) < 1) high *= 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (earlyStoppingRank(middle, request) < 1) low = middle;
    else high = middle;
  }
  return high;
}

/** The estimate from latencies in ascending order; `undefined` where there are too few. */
export function earlyStoppingEstimate(
  sorted: ArrayLike<number>,
  request: EarlyStopping,
): number | undefined {
  const rank = earlyStoppingRank(sorted.length, request);
  return rank < 1 ? undefined : sorted[sorted.length - rank];
}
