/**
 * Tokens and logits read from a step.
 *
 * @module
 */
import type { Sampler, TokenChoice } from "../../harness/contract/backend.ts";
import type { Readout } from "../../harness/contract/signal.ts";
import { drawFrom, samplingLaw } from "../../harness/numerics/sampling.ts";
import type { StateView } from "./marks.ts";
import type { Readouts } from "./readouts.ts";

/** Reads tokens into session-owned arrays. */
export class TokenReader {
  readonly #readouts: Readouts;
  readonly #vocabSize: number;
  #choice: TokenChoice = emptyChoice(0);
  #logits = new Float32Array(0);
  #law = new Float64Array(0);

  /** Reads through these readouts. */
  constructor(readouts: Readouts, vocabSize: number) {
    this.#readouts = readouts;
    this.#vocabSize = vocabSize;
  }

  /** Likeliest token of a state. */
  argmax({ head, vocabulary }: Readout, view: StateView): number {
    this.#readouts.reduceAll([view], head, vocabulary);
    const { token } = this.#readouts.stats(view, head, vocabulary);
    return this.#readouts.token(view, vocabulary, token);
  }

  /** Chooses a token for each state: the likeliest, or one drawn by the sampler. */
  choose(
    { head, vocabulary }: Readout,
    views: readonly StateView[],
    sampler: Sampler | undefined,
  ): TokenChoice {
    if (this.#choice.tokens.length !== views.length) this.#choice = emptyChoice(views.length);
    const choice = this.#choice;
    const readouts = this.#readouts;
    readouts.reduceAll(views, head, vocabulary);
    for (let i = 0; i < views.length; i++) {
      const view = views[i]!;
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
    }
    return choice;
  }

  /** Logits over the whole vocabulary, [states, vocabSize]. */
  logits({ head, vocabulary }: Readout, views: readonly StateView[]): Float32Array {
    if (vocabulary !== undefined) {
      throw new RangeError("Cannot read logits over a subset: read them over the whole vocabulary");
    }
    const v = this.#vocabSize;
    if (this.#logits.length < views.length * v) this.#logits = new Float32Array(views.length * v);
    for (let i = 0; i < views.length; i++) {
      this.#logits.set(this.#readouts.vector(views[i]!, head, undefined), i * v);
    }
    return this.#logits.subarray(0, views.length * v);
  }
}

function emptyChoice(rows: number): TokenChoice {
  return {
    tokens: new Int32Array(rows),
    logProbabilities: new Float32Array(rows),
    seconds: new Int32Array(rows),
    logitMargins: new Float32Array(rows),
  };
}
