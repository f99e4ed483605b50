/**
 * The law that a sampler draws from, and drawing from a law.
 *
 * @module
 */
import { softmax } from "./logits.ts";

/** Edits of a law, applied in this order. */
export interface SamplingEdits {
  /** Divides the logits; > 0. */
  readonly temperature: number;
  /** Keeps the k likeliest; all when absent. */
  readonly topK?: number | undefined;
  /** Keeps the smallest set of likeliest tokens with at least this mass; all when absent. */
  readonly topP?: number | undefined;
}

/** Writes the edited law of `logits` to `law` [n]; lower indices win ties. */
export function samplingLaw(
  law: Float64Array,
  logits: ArrayLike<number>,
  { temperature, topK, topP }: SamplingEdits,
): void {
  softmax(law, logits, temperature);
  if (topK === undefined && topP === undefined) return;
  const order = Array.from(law.keys()).sort((a, b) => law[b]! - law[a]! || a - b);
  let kept = Math.min(topK ?? order.length, order.length);
  if (topP !== undefined) {
    let mass = 0;
    const top = order.slice(0, kept);
    const total = top.reduce((sum, i) => sum + law[i]!, 0);
    const last = top.findIndex((i) => (mass += law[i]!) >= topP * total);
    if (last >= 0) kept = last + 1;
  }
  let mass = 0;
  for (let rank = 0; rank < order.length; rank++) {
    if (rank < kept) mass += law[order[rank]!]!;
    else law[order[rank]!] = 0;
  }
  for (let i = 0; i < law.length; i++) law[i] = law[i]! / mass;
}

/** Index drawn from `law` by one uniform number in [0, 1): inverse of the cumulative sum. */
export function drawFrom(law: ArrayLike<number>, uniform: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < law.length; i++) {
    if (law[i]! <= 0) continue;
    sum += law[i]!;
    last = i;
    if (uniform < sum) return i;
  }
  return last;
}
