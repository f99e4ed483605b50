/**
 * Holm's adjustment of p-values for a family of m comparisons.
 *
 *     sorted p₍₁₎ ≤ … ≤ p₍ₘ₎      adjusted p₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) · p₍ⱼ₎)
 *
 * Rejecting where the adjusted value is at most α errs anywhere in the family
 * with probability at most α, however the comparisons depend on each other.
 *
 * Source: Holm 1979, Scandinavian Journal of Statistics 6(2).
 *
 * @module
 */

/** Adjusted p-values, in the order of `pValues`. */
export function holmAdjusted(pValues: ArrayLike<number>): readonly number[] {
  const count = pValues.length;
  const order = Array.from({ length: count }, (_, i) => i)
    .sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Array<number>(count);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (count - rank) * pValues[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}
