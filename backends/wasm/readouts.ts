/**
 * Readouts of one step: which logits the engine holds, their reductions, subsets
 * of the vocabulary. Each state × head × subset is reduced once per step.
 *
 * @module
 */
import type { VocabularySubset } from "../../harness/contract/signal.ts";
import { type ReadoutStats, readoutStats } from "../../harness/signals/mod.ts";
import type { Engine } from "./kernel_module.ts";
import type { StateView } from "./marks.ts";
import type { MemoryView } from "./memory_view.ts";

/** Rows of logits held at once. */
const CHUNK = 16;
/** Numbers per row of reductions. */
const STATS = 7;
/** In place of a row of logits: those over the last subset. */
const SUBSET_ROW = -1;

/** Tokens of one row of a subset: a range of the engine's id list. */
interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** What readouts work on. */
export interface ReadoutParts {
  /** The engine. */
  readonly engine: Engine;
  /** Its memory. */
  readonly view: MemoryView;
  /** Vocabulary size. */
  readonly vocabSize: number;
  /** Names of the trained heads. */
  readonly heads: readonly string[];
}

/** The model's heads at work. */
export class Readouts {
  readonly #parts: ReadoutParts;
  readonly #stats: Map<number, ReadoutStats> = new Map();
  readonly #pool: ReadoutStats[] = [];
  #used = 0;
  readonly #subsets: ReadonlyMap<number, IdRange>[] = [];
  readonly #held: Float64Array = new Float64Array(CHUNK).fill(-1);

  /** Readouts of one engine. */
  constructor(parts: ReadoutParts) {
    this.#parts = parts;
  }

  /** Forgets everything of the last step. */
  reset(): void {
    this.#stats.clear();
    this.#used = 0;
    this.#held.fill(-1);
    if (this.#subsets.length === 0) return;
    this.#subsets.length = 0;
    this.#parts.engine.clear_subsets();
  }

  #headIndex(name: string): number {
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
    return (id * 256 + head) * 4096 + subset;
  }

  /** Computes the full logits of up to {@linkcode CHUNK} states, and their reductions. */
  #compute(states: readonly StateView[], head: number): void {
    const { engine, view } = this.#parts;
    this.#held.fill(-1);
    const table = engine.table(states.length) / 4;
    const { i32 } = view;
    for (let i = 0; i < states.length; i++) i32[table + i] = states[i]!.state;
    engine.logits(head, states.length);
    for (let i = 0; i < states.length; i++) {
      const key = this.#key(states[i]!.id, head, 0);
      this.#held[i] = key;
      this.#keep(key, i);
    }
  }

  /** Takes over the reductions of row `row`. */
  #keep(key: number, row: number): void {
    const { engine, view } = this.#parts;
    const from = view.doubles(engine.stats() + 8 * STATS * row, STATS);
    const stats = this.#pool[this.#used] ??= readoutStats();
    this.#used++;
    stats.token = from[0]!;
    stats.second = from[1]!;
    stats.top1 = from[2]!;
    stats.margin = from[3]!;
    stats.logitMargin = from[4]!;
    stats.entropy = from[5]!;
    stats.logSum = from[6]!;
    this.#stats.set(key, stats);
  }

  /** Row in which the engine holds a state's full logits, computed if need be. */
  #row(state: StateView, head: number): number {
    const at = this.#held.indexOf(this.#key(state.id, head, 0));
    if (at >= 0) return at;
    this.#compute([state], head);
    return 0;
  }

  #subsetRow(state: StateView, head: number, subset: VocabularySubset): number {
    const { first, count } = this.#range(subset, state.row);
    this.#parts.engine.subset_logits(head, state.state, first, count);
    this.#keep(this.#key(state.id, head, subset.subset), 0);
    return SUBSET_ROW;
  }

  /** Makes the engine hold the logits over a readout's vocabulary; says in which row. */
  locate(state: StateView, headName: string, subset: VocabularySubset | undefined): number {
    const head = this.#headIndex(headName);
    return subset === undefined ? this.#row(state, head) : this.#subsetRow(state, head, subset);
  }

  /** How many logits a row has. */
  width(state: StateView, subset: VocabularySubset | undefined): number {
    return subset === undefined ? this.#parts.vocabSize : this.#range(subset, state.row).count;
  }

  /** Logits over the readout's vocabulary, a view valid until the next computation. */
  vector(
    state: StateView,
    head: string,
    subset: VocabularySubset | undefined,
  ): Float32Array {
    const { engine, view } = this.#parts;
    const row = this.locate(state, head, subset);
    const at = row === SUBSET_ROW
      ? engine.subset_row()
      : engine.logit_rows() + 4 * engine.logit_stride() * row;
    return view.floats(at, this.width(state, subset));
  }

  /** Reduces the states that were not yet, together where the vocabulary is whole. */
  reduceAll(
    states: readonly StateView[],
    headName: string,
    subset: VocabularySubset | undefined,
  ): void {
    const head = this.#headIndex(headName);
    const index = subset?.subset ?? 0;
    const missing = states.filter((s) => !this.#stats.has(this.#key(s.id, head, index)));
    if (subset !== undefined) {
      for (const state of missing) this.#subsetRow(state, head, subset);
      return;
    }
    for (let from = 0; from < missing.length; from += CHUNK) {
      this.#compute(missing.slice(from, from + CHUNK), head);
    }
  }

  /** Reductions of a state that {@linkcode reduceAll} has seen. Indices are into the subset. */
  stats(
    state: StateView,
    headName: string,
    subset: VocabularySubset | undefined,
  ): ReadoutStats {
    return this.#stats.get(
      this.#key(state.id, this.#headIndex(headName), subset?.subset ?? 0),
    )!;
  }

  /** Token id of an index into a readout's vocabulary. */
  token(state: StateView, subset: VocabularySubset | undefined, index: number): number {
    return subset === undefined || index < 0
      ? index
      : this.#parts.engine.subset_id(this.#range(subset, state.row).first + index);
  }

  #range(subset: VocabularySubset, row: number): IdRange {
    const range = this.#subsets[subset.subset - 1]?.get(row);
    if (range === undefined) {
      throw new RangeError(
        `Cannot read out over a subset: expected a row that it was selected for: current value is ${row}`,
      );
    }
    return range;
  }

  /** Keeps the k likeliest tokens of each state. */
  select(
    states: readonly StateView[],
    headName: string,
    { k, within }: { readonly k: number; readonly within: VocabularySubset | undefined },
  ): VocabularySubset {
    const ranges = new Map<number, IdRange>();
    for (const state of states) {
      const row = this.locate(state, headName, within);
      const count = Math.min(k, this.width(state, within));
      const outer = within === undefined ? 0 : this.#range(within, state.row).first;
      ranges.set(state.row, { first: this.#parts.engine.select(count, row, outer), count });
    }
    this.#subsets.push(ranges);
    return { subset: this.#subsets.length, size: k };
  }
}
