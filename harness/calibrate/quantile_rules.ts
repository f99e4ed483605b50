/**
 * Quantile rules: the threshold at which the share of right exits, among those
 * that it lets pass, reaches a target.
 *
 *     (u_i, a_i): uncertainty, and 1 where the exit has full depth's token
 *     A(n) = (1/n) Σ_{i ≤ n} a_i         in ascending order of u
 *     max_coverage   θ = u_(n*), n* the largest n with A(n) ≥ target
 *     min_coverage   the smallest such n
 *     midpoint       (u_(n*) + u_(n*+1)) / 2, n* as in max_coverage; u_(n*) at the end
 *
 * An exit passes iff u ≤ θ. Equal u pass together, so only the last n of equal ones
 * counts. A is not monotone: max_coverage may jump over a dip. The target holds on
 * the calibration positions; it is no guarantee for others, nor for several exits
 * in a row, of which the later see what the earlier refused.
 *
 * Source: Valade 2024, arXiv:2407.21082, calibration of the released code.
 *
 * @module
 */

/** 20 · 0.55 is 11.000000000000002 in f64: what rounding may have added to a product. */
const ROUNDING = 1e-9;

/** Which n is taken. */
export type QuantileRule = "max_coverage" | "min_coverage" | "midpoint";

/** All of them. */
export const QUANTILE_RULES: readonly QuantileRule[] = ["max_coverage", "min_coverage", "midpoint"];

/** Exits that could be taken. */
export interface ExitPairs {
  /** Uncertainty u_i; exits of low ones pass. */
  readonly uncertainty: ArrayLike<number>;
  /** a_i: 1 where the exit has full depth's token, else 0. */
  readonly agrees: ArrayLike<number>;
}

/** What a rule gives. */
export interface QuantileThreshold {
  /** θ; −∞ where no n reaches the target: nothing passes. */
  readonly threshold: number;
  /** Share of exits that pass. */
  readonly coverage: number;
  /** Share of right ones among them; NaN when none pass. */
  readonly accuracy: number;
}

/** The threshold of a rule at a target share in (0, 1]. Exits of NaN uncertainty never pass. */
export function quantileThreshold(
  { uncertainty, agrees }: ExitPairs,
  { rule, target }: { readonly rule: QuantileRule; readonly target: number },
): QuantileThreshold {
  const order = Array.from(uncertainty, (_, i) => i)
    .filter((i) => !Number.isNaN(uncertainty[i]!))
    .sort((a, b) => uncertainty[a]! - uncertainty[b]!);
  let right = 0, place = -1, rightThere = 0;
  for (const [n, i] of order.entries()) {
    right += agrees[i]!;
    const next = order[n + 1];
    const isLastOfEqual = next === undefined || uncertainty[next]! > uncertainty[i]!;
    if (!isLastOfEqual || right + ROUNDING < target * (n + 1)) continue;
    place = n;
    rightThere = right;
    if (rule === "min_coverage") break;
  }
  if (place < 0) return { threshold: -Infinity, coverage: 0, accuracy: NaN };
  const at = uncertainty[order[place]!]!;
  const after = order[place + 1];
  return {
    threshold: rule === "midpoint" && after !== undefined ? (at + uncertainty[after]!) / 2 : at,
    coverage: (place + 1) / uncertainty.length,
    accuracy: rightThere / (place + 1),
  };
}
