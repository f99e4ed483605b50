/**
 * Hoeffding's p-value: how likely a mean loss as low as this one would be if the
 * expected loss were above δ.
 *
 *     p = exp(−2 n · max(0, δ − Ê)²)        n losses in [0, 1], mean Ê
 *
 * Losses must be independent, not alike. With no loss at all the p-value reaches
 * ε from n ≥ ln(1/ε) / (2δ²) on.
 *
 * Source: Hoeffding 1963, theorem 1; its use for calibration: Angelopoulos et al.
 * 2021, arXiv:2110.01052.
 *
 * @module
 */

/** Losses of one setting, summed up. */
export interface LossMean {
  /** Mean loss Ê in [0, 1]. */
  readonly mean: number;
  /** Number of prompts n. */
  readonly count: number;
}

/** p-value of "the expected loss is above `delta`". NaN means give 1: nothing is shown. */
export function hoeffdingPValue({ mean, count }: LossMean, delta: number): number {
  const gap = Math.max(0, delta - mean);
  const value = Math.exp(-2 * count * gap * gap);
  return Number.isNaN(value) ? 1 : value;
}
