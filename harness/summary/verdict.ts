/**
 * The verdict of a timed comparison, from the 95 % interval [L, U] of ln S.
 *
 *     δ = max( margin, 2 × half-width of the A/A interval )
 *     L > ln(1+δ)                       faster
 *     U < −ln(1+δ)                      slower
 *     both ends within ± ln(1+margin)   equivalent   (noise never widens it)
 *     else                              inconclusive
 *
 * Below 8 prompts nothing is equivalent. An interval that cannot be told (NaN)
 * is inconclusive.
 *
 * @module
 */
import type { Verdict } from "../contract/summary.ts";
import { FEW_CLUSTERS, type Interval } from "./bootstrap.ts";

/** What a difference must exceed. */
export interface Margins {
  /** The user's margin, a ratio − 1; 0.01 is 1 %. */
  readonly margin: number;
  /** δ, a ratio − 1, at least `margin`. */
  readonly delta: number;
}

/** δ from the user's margin and the interval of the baseline against itself, in ln S. */
export function marginsFrom(margin: number, sentinel: Interval | undefined): Margins {
  // The interval lies on the log scale, δ is a ratio.
  const noise = sentinel === undefined ? NaN : Math.expm1(sentinel.high - sentinel.low);
  return { margin, delta: noise > margin ? noise : margin };
}

/** The verdict on an interval of ln S. */
export function decideVerdict(logRatio: Interval, { margin, delta }: Margins): Verdict {
  const { low, high, clusters } = logRatio;
  const wide = Math.log1p(delta), narrow = Math.log1p(margin);
  if (low > wide) return "faster";
  if (high < -wide) return "slower";
  if (clusters >= FEW_CLUSTERS && low >= -narrow && high <= narrow) return "equivalent";
  return "inconclusive";
}
