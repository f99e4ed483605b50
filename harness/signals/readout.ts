/**
 * Everything that is reduced from one vector of logits, in two passes over it.
 *
 *     p = softmax(z)        margin = p₍₁₎ − p₍₂₎        top1 = p₍₁₎
 *     logitMargin = z₍₁₎ − z₍₂₎        entropy = ln Σe^z − Σ p z   [nats]
 *
 * Sums run in f64, in index order. Ties go to the lowest index. Reference for
 * all backends: 1e-5 relative, token exact up to near-ties.
 *
 * @module
 */
import type { ReadoutSignal } from "../contract/signal.ts";

/** The reductions of one readout; reused between calls. */
export interface ReadoutStats {
  /** Index of the largest logit. */
  token: number;
  /** Index of the second largest; −1 when there is none. */
  second: number;
  /** Largest probability. */
  top1: number;
  /** Largest minus second largest probability; the largest when there is no second. */
  margin: number;
  /** Largest minus second largest logit; +∞ when there is no second. */
  logitMargin: number;
  /** Entropy in nats. */
  entropy: number;
  /** ln Σ exp(z). */
  logSum: number;
}

/** Empty stats to be written by {@linkcode reduceReadout}. */
export function readoutStats(): ReadoutStats {
  return { token: -1, second: -1, top1: 0, margin: 0, logitMargin: 0, entropy: 0, logSum: 0 };
}

/** Reduces logits z [n], n ≥ 1, into `out`. */
export function reduceReadout(out: ReadoutStats, z: ArrayLike<number>): void {
  let first = 0;
  let second = -1;
  for (let i = 1; i < z.length; i++) {
    if (z[i]! > z[first]!) {
      second = first;
      first = i;
    } else if (second < 0 || z[i]! > z[second]!) second = i;
  }
  const largest = z[first]!;
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < z.length; i++) {
    const shifted = z[i]! - largest;
    const e = Math.exp(shifted);
    sum += e;
    if (e > 0) weighted += e * shifted;
  }
  out.token = first;
  out.second = second;
  out.top1 = 1 / sum;
  out.logitMargin = second < 0 ? Infinity : largest - z[second]!;
  out.margin = second < 0 ? 1 : (1 - Math.exp(z[second]! - largest)) / sum;
  out.entropy = Math.max(0, Math.log(sum) - weighted / sum);
  out.logSum = largest + Math.log(sum);
}

/** One number of the stats. */
export function readoutSignal(stats: ReadoutStats, signal: ReadoutSignal): number {
  return stats[signal];
}
