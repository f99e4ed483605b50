/**
 * Choosing a token from a readout: the likeliest, or one drawn from its law.
 *
 * @module
 */
import type { Sampler, TokenChoice } from "../../harness/contract/backend.ts";
import type { Readout } from "../../harness/contract/signal.ts";
import { drawFrom, samplingLaw } from "../../harness/numerics/sampling.ts";
import type { Readouts, StateView } from "./readouts.ts";

function emptyChoice(rows: number): TokenChoice {
  return {
    tokens: new Int32Array(rows),
    logProbabilities: new Float32Array(rows),
    seconds: new Int32Array(rows),
    logitMargins: new Float32Array(rows),
  };
}

/** Owns the arrays that choices are returned in. */
export class TokenChooser {
  readonly #readouts: Readouts;
  #choice: TokenChoice = emptyChoice(0);
  #law = new Float64Array(0);

  /** Chooses from these readouts. */
  constructor(readouts: Readouts) {
    this.#readouts = readouts;
  }

  /** A token for each state; views valid until the next call. */
  choose(
    { head, vocabulary }: Readout,
    views: readonly StateView[],
    sampler: Sampler | undefined,
  ): TokenChoice {
    const readouts = this.#readouts;
    if (this.#choice.tokens.length !== views.length) this.#choice = emptyChoice(views.length);
    const choice = this.#choice;
    readouts.reduceAll(views, head, vocabulary);
    views.forEach((view, i) => {
      const stats = readouts.stats(view, head, vocabulary);
      let index = stats.token;
      let logProbability = Math.log(stats.top1);
      if (sampler !== undefined) {
        const logits = readouts.vector(view, head, vocabulary);
        if (this.#law.length !== logits.length) this.#law = new Float64Array(logits.length);
        samplingLaw(this.#law, logits, sampler);
        index = drawFrom(this.#law, sampler.uniform(view.row));
        logProbability = logits[index]! - stats.logSum;
      }
      choice.tokens[i] = readouts.token(view, vocabulary, index);
      choice.logProbabilities[i] = logProbability;
      choice.seconds[i] = readouts.token(view, vocabulary, stats.second);
      choice.logitMargins[i] = stats.logitMargin;
    });
    return choice;
  }
}
