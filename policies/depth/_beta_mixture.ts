/**
 * A mixture of two Beta laws of a confidence in (0, 1): tokens whose shallow
 * readout agrees with full depth, and tokens whose readout does not.
 *
 *     m, v        mean and variance of the confidences seen in a component
 *     s = m (1 − m) / v − 1,  a = m s,  b = (1 − m) s        method of moments
 *     P(agree | c) = w₁ f(c; a₁, b₁) / (w₀ f(c; a₀, b₀) + w₁ f(c; a₁, b₁))
 *
 * with w the shares of tokens. Confidences are kept at least 1e-6 from 0 and 1,
 * where densities may be 0 or infinite.
 *
 * Source: Bae et al. 2023, arXiv:2310.05424 (adaptive threshold).
 *
 * @module
 */

/** Sums over the confidences of a component. */
export interface ConfidenceMoments {
  /** Tokens seen. */
  readonly count: number;
  /** Σ c. */
  readonly sum: number;
  /** Σ c². */
  readonly squares: number;
}

/** No token seen. */
export const NO_MOMENTS: ConfidenceMoments = { count: 0, sum: 0, squares: 0 };

/** The sums with one confidence more. */
export function addConfidence(
  { count, sum, squares }: ConfidenceMoments,
  c: number,
): ConfidenceMoments {
  return { count: count + 1, sum: sum + c, squares: squares + c * c };
}

/** A Beta law with a weight. */
export interface BetaComponent {
  /** a > 0. */
  readonly a: number;
  /** b > 0. */
  readonly b: number;
  /** Share or number of tokens, ≥ 0. */
  readonly weight: number;
}

/** The law with the moments seen; `undefined` where no Beta law has them. */
export function fitBeta({ count, sum, squares }: ConfidenceMoments): BetaComponent | undefined {
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  // Confidences that are all alike differ by rounding only: no law can be told from them.
  if (!(variance > 1e-12)) return undefined;
  const scale = mean * (1 - mean) / variance - 1;
  if (!(scale > 0)) return undefined;
  return { a: mean * scale, b: (1 - mean) * scale, weight: count };
}

/** Lanczos coefficients for g = 7, nine terms: relative error below 1e-14. */
const LANCZOS: readonly number[] = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln of the Beta density at c in (0, 1). */
function logDensity({ a, b }: BetaComponent, c: number): number {
  return logGamma(a + b) - logGamma(a) - logGamma(b) + (a - 1) * Math.log(c) +
    (b - 1) * Math.log(1 - c);
}

/** Probability that a token of confidence c belongs to `agree` rather than to `differ`. */
export function agreementGiven(
  c: number,
  { agree, differ }: { readonly agree: BetaComponent; readonly differ: BetaComponent },
): number {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, c));
  const logOdds = Math.log(differ.weight) - Math.log(agree.weight) +
    logDensity(differ, inside) - logDensity(agree, inside);
  return 1 / (1 + Math.exp(logOdds));
}
