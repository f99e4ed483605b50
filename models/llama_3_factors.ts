/**
 * How Llama 3.1 and later stretch their rotations over a longer context: pairs that
 * turn fast keep their frequency, slow ones are divided by `factor`, those between
 * are blended. With wavelength λ = 2π / frequency and c the original context:
 *
 *     λ < c / high                 1
 *     λ > c / low                  factor
 *     between, s = (c/λ − low) / (high − low)      1 / ((1 − s) / factor + s)
 *
 * Source: Llama 3.1's reference implementation, `apply_scaling`.
 *
 * @module
 */

/** The numbers of a configuration's `rope_scaling`. */
export interface Llama3Scaling {
  /** Divides slow frequencies. */
  readonly factor: number;
  /** Pairs with fewer turns over the original context are slow. */
  readonly low: number;
  /** Pairs with more turns are fast; > low. */
  readonly high: number;
  /** Tokens of the original context. */
  readonly context: number;
}

/** Divisors of the frequencies, one per pair. */
export function llama3Factors(
  { base, dimensions }: { readonly base: number; readonly dimensions: number },
  { factor, low, high, context }: Llama3Scaling,
): number[] {
  return Array.from({ length: dimensions / 2 }, (_, i) => {
    const turns = context * base ** (-2 * i / dimensions) / (2 * Math.PI);
    if (turns > high) return 1;
    if (turns < low) return factor;
    const share = (turns - low) / (high - low);
    return 1 / ((1 - share) / factor + share);
  });
}
