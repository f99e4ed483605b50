/**
 * Readouts of one step: which logits the engine holds, which reductions are
 * known, subsets of the vocabulary. Each state × head × subset is reduced once
 * per step, states that wait together by as few calls of a head as possible.
 *
 * @module
 */
import type { Readout, VocabularySubset } from "../contract/signal.ts";
import { grown, type StateViews } from "./columns.ts";
import { HELD_ROWS, type StepEngine, SUBSET_ROW } from "./engine.ts";
import { Subsets } from "./subsets.ts";

/** Bounds of the parts of a key: heads, and subsets of one step. */
const HEADS = 256;
const SUBSETS = 4096;

/** What readouts work on. */
export interface ReadoutParts {
  /** The engine. */
  readonly engine: StepEngine;
  /** Vocabulary size. */
  readonly vocabSize: number;
  /** Names of the trained heads, in the order in which the engine numbers them from 1 on. */
  readonly heads: readonly string[];
}

/** States to be read out by one head, and the head that they wait for. */
class Waiting {
  count = 0;
  states = new Int32Array(4);
  entries = new Int32Array(4);
  keys = new Float64Array(4);
  heads = new Int32Array(4);

  add(head: number, { state, entry, key }: { state: number; entry: number; key: number }): void {
    const at = this.count++;
    if (at === this.states.length) {
      this.states = grown(this.states, 2 * at);
      this.entries = grown(this.entries, 2 * at);
      this.keys = grown(this.keys, 2 * at);
      this.heads = grown(this.heads, 2 * at);
    }
    this.states[at] = state;
    this.entries[at] = entry;
    this.keys[at] = key;
    this.heads[at] = head;
  }
}

/** The model's heads at work. */
export class Readouts {
  /** Subsets of the step. */
  readonly subsets: Subsets = new Subsets();
  readonly #parts: ReadoutParts;
  /** Entry of reductions by key. */
  readonly #entries: Map<number, number> = new Map();
  /** Keys of the logits that the engine holds, −1 where there are none. */
  readonly #held: Float64Array = new Float64Array(HELD_ROWS).fill(-1);
  readonly #waiting: Waiting = new Waiting();
  readonly #chunk: { count: number; readonly states: Int32Array; readonly entries: Int32Array } = {
    count: 0,
    states: new Int32Array(HELD_ROWS),
    entries: new Int32Array(HELD_ROWS),
  };
  readonly #keys: Float64Array = new Float64Array(HELD_ROWS);

  /** Readouts of one engine. */
  constructor(parts: ReadoutParts) {
    this.#parts = parts;
  }

  /** Forgets everything of the last step. */
  reset(): void {
    this.#entries.clear();
    this.#held.fill(-1);
    this.#waiting.count = 0;
    this.subsets.reset();
  }

  /** Says that the engine's rows of logits were used for something else. */
  forgetHeld(): void {
    this.#held.fill(-1);
  }

  /** Number of a head; throws where it was not opened. */
  head(name: string): number {
    if (name === "shared") return 0;
    const index = this.#parts.heads.indexOf(name);
    if (index < 0) {
      throw new RangeError(
        `Cannot read out: expected a head of the opened parts: current value is "${name}"`,
      );
    }
    return index + 1;
  }

  #key(id: number, head: number, subset: number): number {
    return (id * HEADS + head) * SUBSETS + subset;
  }

  /** How many logits a row has over a readout's vocabulary. */
  width(row: number, subset: VocabularySubset | undefined): number {
    return subset === undefined ? this.#parts.vocabSize : this.subsets.range(subset, row).count;
  }

  /** Wants the reductions of states; {@linkcode Readouts.reduce} gives them together. */
  want(views: StateViews, { head: name, vocabulary }: Readout): void {
    const head = this.head(name);
    const { results } = this.#parts.engine;
    for (let i = 0; i < views.count; i++) {
      const key = this.#key(views.ids[i]!, head, vocabulary?.subset ?? 0);
      if (this.#entries.has(key)) continue;
      if (vocabulary !== undefined) {
        this.subsetRow(views, i, { head, vocabulary });
        continue;
      }
      const entry = results.newEntry();
      this.#entries.set(key, entry);
      this.#waiting.add(head, { state: views.states[i]!, entry, key });
    }
  }

  /** Drops what is wanted by a read that failed. */
  abandon(): void {
    const { keys, count } = this.#waiting;
    for (let i = 0; i < count; i++) this.#entries.delete(keys[i]!);
    this.#waiting.count = 0;
  }

  /** Reduces all that is wanted, head by head, {@linkcode HELD_ROWS} states per call. */
  reduce(): void {
    const { count, states, entries, keys, heads } = this.#waiting;
    if (count === 0) return;
    for (let head = 0; head <= this.#parts.heads.length; head++) {
      this.#chunk.count = 0;
      for (let i = 0; i < count; i++) {
        if (heads[i] !== head) continue;
        if (this.#chunk.count === HELD_ROWS) this.#compute(head);
        this.#put(states[i]!, entries[i]!, keys[i]!);
      }
      this.#compute(head);
    }
    this.#waiting.count = 0;
  }

  #put(state: number, entry: number, key: number): void {
    const at = this.#chunk.count++;
    this.#chunk.states[at] = state;
    this.#chunk.entries[at] = entry;
    this.#keys[at] = key;
  }

  /** Reads out the chunk, if there is one, and empties it. */
  #compute(head: number): void {
    const { count } = this.#chunk;
    if (count === 0) return;
    this.#held.fill(-1);
    this.#parts.engine.logits(head, this.#chunk);
    for (let i = 0; i < count; i++) this.#held[i] = this.#keys[i]!;
    this.#chunk.count = 0;
  }

  /** Entry of reductions of a state that was wanted. */
  entry(id: number, { head, vocabulary }: Readout): number {
    return this.#entries.get(this.#key(id, this.head(head), vocabulary?.subset ?? 0))!;
  }

  /**
   * Makes the engine hold the full logits of the states from `from` on, as many
   * as fit, by one call of the head or none; returns one past the last of them.
   */
  hold(views: StateViews, from: number, head: number): number {
    this.#chunk.count = 0;
    let to = from;
    let missing = false;
    for (; to < views.count; to++) {
      const key = this.#key(views.ids[to]!, head, 0);
      let at = 0;
      while (at < this.#chunk.count && this.#keys[at] !== key) at++;
      if (at < this.#chunk.count) continue;
      if (at === HELD_ROWS) break;
      missing ||= !this.#held.includes(key);
      let entry = this.#entries.get(key);
      if (entry === undefined) {
        entry = this.#parts.engine.results.newEntry();
        this.#entries.set(key, entry);
      }
      this.#put(views.states[to]!, entry, key);
    }
    if (missing) this.#compute(head);
    return to;
  }

  /** Row of the full logits of a state that {@linkcode Readouts.hold} has seen last. */
  heldRow(id: number, head: number): number {
    return this.#held.indexOf(this.#key(id, head, 0));
  }

  /** Makes the engine compute the logits of state `i` over its subset. */
  subsetRow(
    views: StateViews,
    i: number,
    { head, vocabulary }: { readonly head: number; readonly vocabulary: VocabularySubset },
  ): number {
    const { first, count } = this.subsets.range(vocabulary, views.rows[i]!);
    const key = this.#key(views.ids[i]!, head, vocabulary.subset);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = this.#parts.engine.results.newEntry();
      this.#entries.set(key, entry);
    }
    this.#parts.engine.subsetLogits(head, views.states[i]!, { first, count, entry });
    return SUBSET_ROW;
  }

  /** Row of the logits of state `i` over a readout's vocabulary. */
  locate(views: StateViews, i: number, readout: Readout): number {
    const head = this.head(readout.head);
    const { vocabulary } = readout;
    if (vocabulary !== undefined) return this.subsetRow(views, i, { head, vocabulary });
    const row = this.heldRow(views.ids[i]!, head);
    if (row >= 0) return row;
    this.hold(views, i, head);
    return this.heldRow(views.ids[i]!, head);
  }

  /** Keeps the k likeliest tokens of each state. */
  select(views: StateViews, readout: Readout, k: number): VocabularySubset {
    const { engine } = this.#parts;
    const subset = this.subsets.open();
    const within = readout.vocabulary;
    for (let i = 0; i < views.count; i++) {
      const row = this.locate(views, i, readout);
      const width = this.width(views.rows[i]!, within);
      const range = this.subsets.add(subset, views.rows[i]!, Math.min(k, width));
      const outer = within && this.subsets.range(within, views.rows[i]!);
      engine.select(row, range, outer);
    }
    return { subset, size: k };
  }
}
