/**
 * Leaf math on logits: argmax, log-sum-exp, divergence. Sums run in f64, in
 * index order. Ties go to the lowest index.
 *
 * @module
 */

/** Index of the largest value; lowest index on ties. −1 for an empty array. NaN never wins. */
export function argmax(x: ArrayLike<number>): number {
  let best = -1;
  let bestValue = -Infinity;
  for (let i = 0; i < x.length; i++) {
    if (x[i]! > bestValue || (best < 0 && x[i]! === bestValue)) {
      best = i;
      bestValue = x[i]!;
    }
  }
  return best;
}

/** ln Σ exp(xᵢ), shifted by the maximum. −∞ for an empty array. */
export function logSumExp(x: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < x.length; i++) if (x[i]! > largest) largest = x[i]!;
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(x[i]! - largest);
  return largest + Math.log(sum);
}

/** Writes softmax(x / temperature) to `out`, which may be `x`. */
export function softmax(
  out: Float32Array | Float64Array,
  x: ArrayLike<number>,
  temperature = 1,
): void {
  let largest = -Infinity;
  for (let i = 0; i < x.length; i++) if (x[i]! > largest) largest = x[i]!;
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const e = Math.exp((x[i]! - largest) / temperature);
    out[i] = e;
    sum += e;
  }
  for (let i = 0; i < x.length; i++) out[i] = out[i]! / sum;
}

/**
 * KL(softmax(p) ‖ softmax(q)) in nats of two logit vectors of equal length.
 * Rounding can make equal laws slightly negative: the result is clipped at 0.
 */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const logP = logSumExp(p);
  const logQ = logSumExp(q);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const lp = p[i]! - logP;
    sum += Math.exp(lp) * (lp - (q[i]! - logQ));
  }
  return Math.max(0, sum);
}
