/**
 * Signals of two residual states a and b of one row, each [dModel].
 *
 *     cosine = a·b / (‖a‖‖b‖)        relativeNorm = ‖b − a‖ / ‖a‖
 *     featureEntropy = H(softmax(b − a))  [nats, over the features]
 *
 * Sums run in f64, in index order. Source of featureEntropy: ConfLayers
 * (arXiv 2604.14612), there 1 − H / ln dModel of a sub-block's output.
 *
 * @module
 */
import type { StateSignal } from "../contract/signal.ts";
import { cosine, norm } from "../numerics/vector.ts";

function relativeNorm(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (b[i]! - a[i]!) ** 2;
  return Math.sqrt(sum) / norm(a);
}

function featureEntropy(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, b[i]! - a[i]!);
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < a.length; i++) {
    const shifted = b[i]! - a[i]! - largest;
    const e = Math.exp(shifted);
    sum += e;
    if (e > 0) weighted += e * shifted;
  }
  return Math.max(0, Math.log(sum) - weighted / sum);
}

/** The named signal of states a and b. */
export function stateSignal(
  signal: StateSignal,
  { a, b }: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> },
): number {
  switch (signal) {
    case "cosine":
      return cosine(a, b);
    case "relativeNorm":
      return relativeNorm(a, b);
    case "featureEntropy":
      return featureEntropy(a, b);
  }
}
