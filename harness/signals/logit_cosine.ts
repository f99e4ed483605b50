/**
 * Cosine of two logit vectors, raw or each centred by its own mean, because
 * logits are defined only up to a constant. Source: arXiv 2603.23701.
 *
 * @module
 */

/** Cosine of a and b, [n] each; 0 when a (centred) norm is 0. Sums in f64, index order. */
export function logitCosine(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { centred }: { readonly centred: boolean },
): number {
  let meanA = 0;
  let meanB = 0;
  if (centred) {
    for (let i = 0; i < a.length; i++) {
      meanA += a[i]!;
      meanB += b[i]!;
    }
    meanA /= a.length;
    meanB /= a.length;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! - meanA;
    const y = b[i]! - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  const scale = Math.sqrt(aa) * Math.sqrt(bb);
  return scale === 0 ? 0 : ab / scale;
}
