/**
 * The Hoeffding–Bentkus p-value, much sharper than Hoeffding's for small losses.
 *
 *     p = min( exp(−n · kl(min(Ê, δ) ‖ δ)),  e · P[Bin(n, δ) ≤ ⌈n Ê⌉] )
 *     kl(a ‖ b) = a ln(a/b) + (1−a) ln((1−a)/(1−b))
 *
 * n Ê is a sum of quotients: 200 · 0.035 is 7.000000000000001 in f64, and its
 * ceiling would be one too many. 10⁻⁹ is taken off before. With no loss at all the
 * p-value reaches ε from n ≥ ln ε / ln(1−δ) on.
 *
 * Source: Bates et al. 2021, arXiv:2101.02703, proposition 5; CALM takes it in
 * practice (arXiv:2207.07061).
 *
 * @module
 */
import { binomialTail } from "../numerics/binomial.ts";
import type { LossMean } from "./hoeffding.ts";

/** What rounding may have added to a sum of losses. */
const ROUNDING = 1e-9;

/** p-value of "the expected loss is above `delta`". NaN means give 1: nothing is shown. */
export function hoeffdingBentkusPValue({ mean, count }: LossMean, delta: number): number {
  if (Number.isNaN(mean)) return 1;
  const hoeffding = Math.exp(-count * bernoulliKl(Math.min(mean, delta), delta));
  const successes = Math.ceil(count * mean - ROUNDING);
  const bentkus = Math.E * binomialTail(successes, { trials: count, p: delta });
  return Math.min(1, hoeffding, bentkus);
}

/** KL divergence in nats of two coins; 0 · ln 0 is 0. */
function bernoulliKl(a: number, b: number): number {
  const part = (x: number, y: number) => x === 0 ? 0 : x * Math.log(x / y);
  return part(a, b) + part(1 - a, 1 - b);
}
