/**
 * Readouts of one step: logits, their reductions, subsets of the vocabulary.
 * Each state × head × subset is reduced once per step.
 *
 * @module
 */
import type { ModelInfo } from "../../harness/contract/model.ts";
import type { ExitHead } from "../../harness/contract/parts.ts";
import type { VocabularySubset } from "../../harness/contract/signal.ts";
import { topK } from "../../harness/numerics/top_k.ts";
import {
  type ReadoutStats,
  readoutStats,
  reduceReadout,
  runNetwork,
} from "../../harness/signals/mod.ts";
import { matmul } from "./kernels/matmul.ts";
import { rmsNorm } from "./kernels/rms_norm.ts";
import type { Weights } from "./weights.ts";

/** A residual state to be read out. */
export interface StateView {
  /** Identity of the state within the step; equal ids are equal states. */
  readonly id: number;
  /** Row that it belongs to. */
  readonly row: number;
  /** Where it lies. */
  readonly buffer: Float32Array;
  /** Start in the buffer. */
  readonly at: number;
}

/** Rows of logits held at once. */
const CHUNK = 16;

/** Kept tokens per row of a subset. */
interface Subset {
  readonly size: number;
  /** Ascending token ids by row. */
  readonly ids: ReadonlyMap<number, Int32Array>;
}

/** The model's heads at work. */
export class Readouts {
  readonly #info: ModelInfo;
  readonly #weights: Weights;
  readonly #epsilon: number;
  readonly #heads: readonly ExitHead[];
  readonly #stats: Map<number, ReadoutStats> = new Map();
  readonly #pool: ReadoutStats[] = [];
  #used = 0;
  readonly #subsets: Subset[] = [];
  readonly #normed: Float32Array;
  readonly #logits: Float32Array;
  readonly #held: Float64Array = new Float64Array(CHUNK).fill(-1);
  readonly #gathered: Float32Array;

  /** Scratch for {@linkcode CHUNK} rows is allocated here. */
  constructor(
    info: ModelInfo,
    { weights, epsilon, heads }: {
      readonly weights: Weights;
      readonly epsilon: number;
      readonly heads: readonly ExitHead[];
    },
  ) {
    this.#info = info;
    this.#weights = weights;
    this.#epsilon = epsilon;
    this.#heads = heads;
    this.#normed = new Float32Array(CHUNK * info.dModel);
    this.#logits = new Float32Array(CHUNK * info.vocabSize);
    this.#gathered = new Float32Array(info.vocabSize);
  }

  /** Bytes of scratch. */
  get byteLength(): number {
    return this.#normed.byteLength + this.#logits.byteLength + this.#gathered.byteLength;
  }

  /** Forgets everything of the last step. */
  reset(): void {
    this.#stats.clear();
    this.#used = 0;
    this.#subsets.length = 0;
    this.#held.fill(-1);
  }

  #headIndex(name: string): number {
    if (name === "shared") return 0;
    const index = this.#heads.findIndex((head) => head.name === name);
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

  /** Writes the input of the unembedding for one state. */
  #prepare(out: Float32Array, state: StateView, head: number): void {
    const d = this.#info.dModel;
    const x = state.buffer.subarray(state.at, state.at + d);
    if (head === 0) {
      rmsNorm(out, x, { w: this.#weights.outputNorm, epsilon: this.#epsilon, rows: 1 });
    } else out.set(runNetwork(this.#heads[head - 1]!.steps, x));
  }

  #matrix(head: number): Float32Array {
    const own = head === 0 ? "shared" : this.#heads[head - 1]!.unembedding;
    return own === "shared" ? this.#weights.output : own;
  }

  /** Fills the logit buffer with up to {@linkcode CHUNK} states' full logits. */
  #compute(states: readonly StateView[], head: number): void {
    const { dModel, vocabSize } = this.#info;
    this.#held.fill(-1);
    states.forEach((state, i) => {
      this.#prepare(this.#normed.subarray(i * dModel, (i + 1) * dModel), state, head);
      this.#held[i] = this.#key(state.id, head, 0);
    });
    matmul(this.#logits, this.#normed, {
      w: this.#matrix(head),
      rows: states.length,
      inputs: dModel,
      outputs: vocabSize,
    });
  }

  #reduce(key: number, logits: Float32Array): void {
    const stats = this.#pool[this.#used] ??= readoutStats();
    this.#used++;
    reduceReadout(stats, logits);
    this.#stats.set(key, stats);
  }

  /** Full logits of one state, a view valid until the next computation. */
  logits(state: StateView, headName: string): Float32Array {
    const head = this.#headIndex(headName);
    const key = this.#key(state.id, head, 0);
    let at = this.#held.indexOf(key);
    if (at < 0) {
      this.#compute([state], head);
      at = 0;
    }
    const v = this.#info.vocabSize;
    return this.#logits.subarray(at * v, (at + 1) * v);
  }

  /** Logits of one state over a subset, in the order of its ids; a view. */
  subsetLogits(state: StateView, headName: string, subset: VocabularySubset): Float32Array {
    const ids = this.ids(subset, state.row);
    const head = this.#headIndex(headName);
    const d = this.#info.dModel;
    const x = this.#normed.subarray(0, d);
    this.#held[0] = -1;
    this.#prepare(x, state, head);
    const w = this.#matrix(head);
    const out = this.#gathered.subarray(0, ids.length);
    for (let i = 0; i < ids.length; i++) {
      const at = ids[i]! * d;
      let sum = 0;
      for (let j = 0; j < d; j++) sum += x[j]! * w[at + j]!;
      out[i] = sum;
    }
    return out;
  }

  /** Logits over the readout's vocabulary; a view. */
  vector(
    state: StateView,
    head: string,
    subset: VocabularySubset | undefined,
  ): Float32Array {
    return subset === undefined ? this.logits(state, head) : this.subsetLogits(state, head, subset);
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
      for (const s of missing) {
        this.#reduce(this.#key(s.id, head, index), this.subsetLogits(s, headName, subset));
      }
      return;
    }
    const v = this.#info.vocabSize;
    for (let from = 0; from < missing.length; from += CHUNK) {
      const chunk = missing.slice(from, from + CHUNK);
      this.#compute(chunk, head);
      chunk.forEach((s, i) =>
        this.#reduce(this.#key(s.id, head, 0), this.#logits.subarray(i * v, (i + 1) * v))
      );
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
    return subset === undefined || index < 0 ? index : this.ids(subset, state.row)[index]!;
  }

  /** Token ids of a row's subset, ascending. */
  ids(subset: VocabularySubset, row: number): Int32Array {
    const ids = this.#subsets[subset.subset - 1]?.ids.get(row);
    if (ids === undefined) {
      throw new RangeError(
        `Cannot read out over a subset: expected a row that it was selected for: current value is ${row}`,
      );
    }
    return ids;
  }

  /** Keeps the k likeliest tokens of each state. */
  select(
    states: readonly StateView[],
    headName: string,
    { k, within }: { readonly k: number; readonly within: VocabularySubset | undefined },
  ): VocabularySubset {
    const ids = new Map<number, Int32Array>();
    for (const state of states) {
      const logits = this.vector(state, headName, within);
      const kept = new Int32Array(Math.min(k, logits.length));
      topK(kept, logits);
      if (within !== undefined) {
        const outer = this.ids(within, state.row);
        kept.forEach((index, i) => kept[i] = outer[index]!);
      }
      ids.set(state.row, kept);
    }
    this.#subsets.push({ size: k, ids });
    return { subset: this.#subsets.length, size: k };
  }
}
