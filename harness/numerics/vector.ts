/**
 * Leaf math on vectors. Sums run in f64, in index order.
 *
 * @module
 */

/** Σ aᵢ bᵢ over the length of `a`. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** ‖a‖₂. */
export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

/** a·b / (‖a‖ ‖b‖); 0 when either norm is 0. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = norm(a) * norm(b);
  return scale === 0 ? 0 : dot(a, b) / scale;
}
