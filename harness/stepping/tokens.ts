/**
 * Tokens and logits read from a step.
 *
 * @module
 */
import type { Awaitable, Sampler, TokenChoice } from "../contract/backend.ts";
import type { Readout, RowSet } from "../contract/signal.ts";
import { drawFrom, samplingLaw } from "../numerics/sampling.ts";
import { StateViews } from "./columns.ts";
import type { StepEngine } from "./engine.ts";
import type { Marks } from "./marks.ts";
import type { Readouts } from "./readouts.ts";
import { PLACE } from "./results.ts";

/** What tokens are read from. */
export interface TokenParts {
  /** The engine. */
  readonly engine: StepEngine;
  /** Readouts. */
  readonly readouts: Readouts;
  /** Marks. */
  readonly marks: Marks;
  /** Number of token ids. */
  readonly vocabSize: number;
}

function emptyChoice(rows: number): TokenChoice {
  return {
    tokens: new Int32Array(rows),
    logProbabilities: new Float32Array(rows),
    seconds: new Int32Array(rows),
    logitMargins: new Float32Array(rows),
  };
}

/** Reads tokens into session-owned arrays. */
export class TokenReader {
  readonly #parts: TokenParts;
  readonly #views: StateViews = new StateViews();
  #choice: TokenChoice = emptyChoice(0);
  #readout: Readout = { head: "shared" };
  #law = new Float64Array(0);
  /** What cells hold after a draw: of which states, by which readout, since which read. */
  readonly #drawn: { ids: Float64Array; readout: Readout; reads: number } = {
    ids: new Float64Array(0),
    readout: { head: "shared" },
    reads: -1,
  };
  readonly #finish = (): TokenChoice => this.#collect();

  /** Reads through these parts. */
  constructor(parts: TokenParts) {
    this.#parts = parts;
  }

  #look(rows: RowSet, readout: Readout): StateViews {
    this.#views.count = 0;
    this.#parts.marks.look(this.#views, rows, readout.mark);
    return this.#views;
  }

  #reduce(views: StateViews, readout: Readout): void {
    this.#parts.readouts.want(views, readout);
    this.#parts.readouts.reduce();
  }

  /** Code of the likeliest token of a row, see {@linkcode StepEngine.keepToken}. */
  pick(readout: Readout, row: number): number {
    const { engine, marks, readouts } = this.#parts;
    const views = this.#views;
    views.count = 0;
    marks.lookAt(views, row, readout.mark);
    this.#reduce(views, readout);
    return engine.keepToken(readouts.entry(views.ids[0]!, readout));
  }

  /** Chooses a token for each row: the likeliest, or one drawn by the sampler. */
  choose(readout: Readout, rows: RowSet, sampler: Sampler | undefined): Awaitable<TokenChoice> {
    const { engine } = this.#parts;
    const views = this.#look(rows, readout);
    if (this.#choice.tokens.length !== rows.length) this.#choice = emptyChoice(rows.length);
    this.#readout = readout;
    if (sampler !== undefined) return this.#draw(sampler);
    engine.results.beginRead(0);
    this.#reduce(views, readout);
    const wait = engine.settle();
    return wait === undefined ? this.#collect() : wait.then(this.#finish);
  }

  /** Takes over the likeliest tokens. */
  #collect(): TokenChoice {
    const { engine: { results }, readouts } = this.#parts;
    const { tokens, logProbabilities, seconds, logitMargins } = this.#choice;
    const views = this.#views;
    for (let i = 0; i < views.count; i++) {
      const entry = readouts.entry(views.ids[i]!, this.#readout);
      tokens[i] = results.reduction(entry, PLACE.token);
      logProbabilities[i] = Math.log(results.reduction(entry, PLACE.top1));
      seconds[i] = results.reduction(entry, PLACE.second);
      logitMargins[i] = results.reduction(entry, PLACE.logitMargin);
    }
    return this.#choice;
  }

  /** Whether the last draw brought the same logits, and nothing was read since. */
  #isDrawn(views: StateViews, { head, vocabulary }: Readout): boolean {
    const { ids, readout, reads } = this.#drawn;
    return reads === this.#parts.engine.results.reads && ids.length === views.count &&
      readout.head === head && readout.vocabulary?.subset === vocabulary?.subset &&
      ids.every((id, i) => id === views.ids[i]);
  }

  /** Brings logits, and the ids of subsets, to the host and draws from their laws. */
  #draw(sampler: Sampler): Awaitable<TokenChoice> {
    const { engine, readouts } = this.#parts;
    const views = this.#views;
    const readout = this.#readout;
    const { vocabulary } = readout;
    const widths = Array.from(
      { length: views.count },
      (_, i) => readouts.width(views.rows[i]!, vocabulary),
    );
    const shares = vocabulary === undefined ? 1 : 2; // logits, then ids
    const collect = (): TokenChoice => {
      this.#collect();
      let at = 0;
      for (let i = 0; i < views.count; i++) {
        this.#drawRow(i, { at, width: widths[i]!, sampler });
        at += shares * widths[i]!;
      }
      return this.#choice;
    };
    if (this.#isDrawn(views, readout)) return collect();
    engine.results.beginRead(shares * widths.reduce((sum, width) => sum + width, 0));
    let cell = 0;
    for (let i = 0; i < views.count; i++) {
      engine.keepLogits(readouts.locate(views, i, readout), widths[i]!, cell);
      cell += widths[i]!;
      if (vocabulary === undefined) continue;
      engine.keepIds(readouts.subsets.range(vocabulary, views.rows[i]!), cell);
      cell += widths[i]!;
    }
    const { reads } = engine.results;
    const arrived = (): TokenChoice => {
      const ids = views.ids.slice(0, views.count);
      Object.assign(this.#drawn, { ids, readout, reads });
      return collect();
    };
    const wait = engine.settle();
    return wait === undefined ? arrived() : wait.then(arrived);
  }

  #drawRow(
    i: number,
    { at, width, sampler }: {
      readonly at: number;
      readonly width: number;
      readonly sampler: Sampler;
    },
  ): void {
    const { engine: { results }, readouts } = this.#parts;
    const views = this.#views;
    const logits = results.cells.subarray(at, at + width);
    if (this.#law.length !== width) this.#law = new Float64Array(width);
    samplingLaw(this.#law, logits, sampler);
    const index = drawFrom(this.#law, sampler.uniform(views.rows[i]!));
    const entry = readouts.entry(views.ids[i]!, this.#readout);
    const isWhole = this.#readout.vocabulary === undefined;
    this.#choice.tokens[i] = isWhole ? index : results.cells[at + width + index]!;
    this.#choice.logProbabilities[i] = logits[index]! -
      results.reduction(entry, PLACE.logSum);
  }

  /** Logits over the whole vocabulary, [rows, vocabSize]. */
  logits(readout: Readout, rows: RowSet): Awaitable<Float32Array> {
    const { engine, readouts, vocabSize } = this.#parts;
    if (readout.vocabulary !== undefined) {
      throw new RangeError("Cannot read logits over a subset: read them over the whole vocabulary");
    }
    const head = readouts.head(readout.head);
    const views = this.#look(rows, readout);
    const { results } = engine;
    const count = rows.length * vocabSize;
    results.beginRead(count);
    for (let from = 0; from < views.count;) {
      const to = readouts.hold(views, from, head);
      for (; from < to; from++) {
        const row = readouts.heldRow(views.ids[from]!, head);
        engine.keepLogits(row, vocabSize, from * vocabSize);
      }
    }
    const wait = engine.settle();
    const collect = (): Float32Array => results.cells.subarray(0, count);
    return wait === undefined ? collect() : wait.then(collect);
  }
}
