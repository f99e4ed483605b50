/**
 * Heads at work: logits, their reductions, subsets of the vocabulary, probes.
 *
 * @module
 */
import type { Architecture, ModelInfo } from "../../harness/contract/model.ts";
import type { TrainedParts } from "../../harness/contract/parts.ts";
import type { StateSignal } from "../../harness/contract/signal.ts";
import { klDivergence } from "../../harness/numerics/logits.ts";
import { topK } from "../../harness/numerics/top_k.ts";
import {
  logitCosine,
  type ReadoutStats,
  readoutStats,
  reduceReadout,
  runNetwork,
  stateSignal,
} from "../../harness/signals/mod.ts";
import {
  ASIDE_ROW,
  type Comparison,
  ENTRY_SIZE,
  type HeadBatch,
  HELD_ROWS,
  type IdRange,
  PLACE,
  type Results,
  SUBSET_ROW,
} from "../../harness/stepping/mod.ts";
import { layerNorm } from "./kernels/layer_norm.ts";
import { matmul } from "./kernels/matmul.ts";
import { rmsNorm } from "./kernels/rms_norm.ts";
import type { Weights } from "./weights.ts";

/** What heads work with. */
export interface ReadoutParts {
  /** Shapes. */
  readonly info: ModelInfo;
  /** What the blocks compute. */
  readonly architecture: Architecture;
  /** Weights. */
  readonly weights: Weights;
  /** Trained parts. */
  readonly parts: TrainedParts | undefined;
  /** Where numbers go. */
  readonly results: Results;
  /** Residual state of an index, a view. */
  state(index: number): Float32Array;
}

/** Writes reductions of logits into an entry, indices replaced by `ids` where given. */
function putEntry(
  entries: Float64Array,
  entry: number,
  { stats, ids }: { readonly stats: ReadoutStats; readonly ids: Int32Array | undefined },
): void {
  const at = entry * ENTRY_SIZE;
  const idOf = (index: number): number => ids === undefined || index < 0 ? index : ids[index]!;
  entries[at + PLACE.token] = idOf(stats.token);
  entries[at + PLACE.second] = idOf(stats.second);
  entries[at + PLACE.top1] = stats.top1;
  entries[at + PLACE.margin] = stats.margin;
  entries[at + PLACE.logitMargin] = stats.logitMargin;
  entries[at + PLACE.entropy] = stats.entropy;
  entries[at + PLACE.logSum] = stats.logSum;
}

/** The model's heads and probes, with rows of logits. */
export class Readouts {
  readonly #parts: ReadoutParts;
  readonly #stats: ReadoutStats = readoutStats();
  /** Inputs of the unembedding, [rows, dModel]. */
  readonly #inputs: Float32Array;
  /** [rows, vocabSize]. */
  readonly #logits: Float32Array;
  readonly #subset: Float32Array;
  readonly #aside: Float32Array;
  #subsetWidth = 0;
  /** Ids of all subsets of the step, one after the other. */
  #ids = new Int32Array(64);

  /** Scratch for the rows held is allocated here. */
  constructor(parts: ReadoutParts) {
    this.#parts = parts;
    const { dModel, vocabSize } = parts.info;
    this.#inputs = new Float32Array(HELD_ROWS * dModel);
    this.#logits = new Float32Array(HELD_ROWS * vocabSize);
    this.#subset = new Float32Array(vocabSize);
    this.#aside = new Float32Array(vocabSize);
  }

  /** Bytes of scratch. */
  get byteLength(): number {
    return this.#inputs.byteLength + this.#logits.byteLength + this.#subset.byteLength +
      this.#aside.byteLength + this.#ids.byteLength;
  }

  /** Writes the input of the unembedding for one state. */
  #prepare(out: Float32Array, state: number, head: number): void {
    const { weights, architecture, parts } = this.#parts;
    const x = this.#parts.state(state);
    if (head === 0) {
      const { outputNorm: w, outputNormBias: bias } = weights;
      const { norm, normEpsilon: epsilon } = architecture;
      if (norm === "layer") layerNorm(out, x, { w, bias, epsilon });
      else rmsNorm(out, x, { w, epsilon, rows: 1 });
    } else out.set(runNetwork(parts!.heads[head - 1]!.steps, x));
  }

  #matrix(head: number): Float32Array {
    const { weights, parts } = this.#parts;
    const own = head === 0 ? "shared" : parts!.heads[head - 1]!.unembedding;
    return own === "shared" ? weights.output : own;
  }

  /** See `StepEngine.logits`. */
  logits(head: number, { count, states, entries }: HeadBatch): void {
    const { dModel, vocabSize } = this.#parts.info;
    for (let i = 0; i < count; i++) {
      this.#prepare(this.#inputs.subarray(i * dModel, (i + 1) * dModel), states[i]!, head);
    }
    matmul(this.#logits, this.#inputs, {
      w: this.#matrix(head),
      rows: count,
      inputs: dModel,
      outputs: vocabSize,
    });
    for (let i = 0; i < count; i++) {
      reduceReadout(this.#stats, this.#row(i, vocabSize));
      const reductions = { stats: this.#stats, ids: undefined };
      putEntry(this.#parts.results.entries, entries[i]!, reductions);
    }
  }

  /** See `StepEngine.subsetLogits`. */
  subsetLogits(
    head: number,
    state: number,
    { first, count, entry }: IdRange & { readonly entry: number },
  ): void {
    const { dModel } = this.#parts.info;
    const x = this.#inputs.subarray(0, dModel);
    const w = this.#matrix(head);
    const ids = this.#ids.subarray(first, first + count);
    this.#prepare(x, state, head);
    for (let i = 0; i < count; i++) {
      const at = ids[i]! * dModel;
      let sum = 0;
      for (let j = 0; j < dModel; j++) sum += x[j]! * w[at + j]!;
      this.#subset[i] = sum;
    }
    this.#subsetWidth = count;
    reduceReadout(this.#stats, this.#row(SUBSET_ROW, count));
    putEntry(this.#parts.results.entries, entry, { stats: this.#stats, ids });
  }

  #row(row: number, width: number): Float32Array {
    if (row === SUBSET_ROW) return this.#subset.subarray(0, this.#subsetWidth);
    if (row === ASIDE_ROW) return this.#aside.subarray(0, width);
    const at = row * this.#parts.info.vocabSize;
    return this.#logits.subarray(at, at + width);
  }

  /** See `StepEngine.setAside`. */
  setAside(row: number, width: number): void {
    this.#aside.set(this.#row(row, width));
  }

  /** A comparison of two rows. */
  compare(
    comparison: Comparison,
    { first, second, width }: {
      readonly first: number;
      readonly second: number;
      readonly width: number;
    },
  ): number {
    const [a, b] = [this.#row(first, width), this.#row(second, width)];
    return comparison === "kl"
      ? klDivergence(a, b)
      : logitCosine(a, b, { centred: comparison === "centredCosine" });
  }

  /** See `StepEngine.select`. */
  select(row: number, { first, count }: IdRange, within: IdRange | undefined): void {
    while (first + count > this.#ids.length) {
      const ids = new Int32Array(2 * this.#ids.length);
      ids.set(this.#ids);
      this.#ids = ids;
    }
    const kept = this.#ids.subarray(first, first + count);
    topK(kept, this.#row(row, within?.count ?? this.#parts.info.vocabSize));
    if (within === undefined) return;
    for (let i = 0; i < count; i++) kept[i] = this.#ids[within.first + kept[i]!]!;
  }

  /** Puts logits of a row into cells. */
  keepLogits(row: number, width: number, cell: number): void {
    this.#parts.results.cells.set(this.#row(row, width), cell);
  }

  /** Puts token ids of a range into cells. */
  keepIds({ first, count }: IdRange, cell: number): void {
    this.#parts.results.cells.set(this.#ids.subarray(first, first + count), cell);
  }

  /** A signal of two states. */
  stateSignal(signal: StateSignal, a: number, b: number): number {
    return stateSignal(signal, { a: this.#parts.state(a), b: this.#parts.state(b) });
  }

  /** Outputs of a probe on the mean of some states. */
  probe(
    probe: number,
    { states, count }: { readonly states: Int32Array; readonly count: number },
  ): Float32Array {
    const mean = new Float32Array(this.#parts.info.dModel);
    for (let g = 0; g < count; g++) {
      const state = this.#parts.state(states[g]!);
      for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + state[i]! / count;
    }
    return runNetwork(this.#parts.parts!.probes[probe]!.steps, mean);
  }
}
