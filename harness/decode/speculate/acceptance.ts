/**
 * Which drafted tokens full depth accepts, exactly.
 *
 * Greedy: x_i is accepted while it is the likeliest token at its place; the first
 * mismatch is replaced by the likeliest, and past the last comes one more.
 *
 * Sampling, with p_i full depth's law and q_i the draft's, after the same edits:
 *
 *     accept x_i with probability min(1, p_i(x_i) / q_i(x_i))
 *     first rejection: draw from  max(0, p_i − q_i) / Σ max(0, p_i − q_i)
 *     all accepted:    draw from  p_{γ+1}
 *
 * A drafted token without a law has q = 1 at itself. Then what is emitted has
 * exactly the law of full depth.
 *
 * Source: Leviathan et al. 2023, arXiv:2211.17192; Chen et al. 2023, arXiv:2302.01318.
 *
 * @module
 */
import { drawFrom } from "../../numerics/sampling.ts";

/** What becomes of a draft. */
export interface Acceptance {
  /** Tokens accepted, from the first on. */
  readonly accepted: number;
  /** The token that follows them: full depth's own. */
  readonly next: number;
}

/** Accepts while the draft is full depth's choice; `targets` holds one more than `drafted`. */
export function acceptGreedy(
  drafted: readonly number[],
  targets: ArrayLike<number>,
): Acceptance {
  let accepted = 0;
  while (accepted < drafted.length && drafted[accepted] === targets[accepted]) accepted++;
  return { accepted, next: targets[accepted]! };
}

/** Laws and chance of a sampled round. */
export interface SampledRound {
  /** Full depth's laws at the drafts' places and past the last, each [vocabSize]. */
  readonly targets: readonly Float64Array[];
  /** Laws that the drafts were drawn from; `undefined` for tokens without one. */
  readonly drafts: readonly (Float64Array | undefined)[];
  /** Uniform numbers in [0, 1), independent of each other and of the drafts. */
  uniform(what: "accept" | "next", index: number): number;
}

/** Accepts by chance so that the emitted tokens have full depth's law. */
export function acceptSampled(
  drafted: readonly number[],
  { targets, drafts, uniform }: SampledRound,
): Acceptance {
  for (let i = 0; i < drafted.length; i++) {
    const token = drafted[i]!;
    const p = targets[i]!;
    const q = drafts[i];
    const draftProbability = q === undefined ? 1 : q[token]!;
    if (uniform("accept", i) * draftProbability < p[token]!) continue;
    const law = residualLaw(p, q ?? token);
    return { accepted: i, next: drawFrom(law, uniform("next", i)) };
  }
  const last = drafted.length;
  return { accepted: last, next: drawFrom(targets[last]!, uniform("next", last)) };
}

/**
 * The law after a rejection: max(0, p − q), normalised; of a token without a law, p
 * without that token. Where nothing is left, p itself: then a rejection had no chance.
 */
export function residualLaw(p: Float64Array, q: Float64Array | number): Float64Array {
  const law = Float64Array.from(
    p,
    (value, token) =>
      Math.max(0, value - (typeof q === "number" ? (token === q ? 1 : 0) : q[token]!)),
  );
  const mass = law.reduce((sum, value) => sum + value, 0);
  return mass > 0 ? law.map((value) => value / mass) : p;
}

/** Probability that a token drawn from q is accepted: Σ min(p, q). */
export function acceptanceRate(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let token = 0; token < p.length; token++) sum += Math.min(p[token]!, q[token]!);
  return sum;
}
