/**
 * The decoder block of the Llama family on rows of residual states.
 *
 *     h ← h + W_O · attention(RoPE(W_Q · norm h), K, V)
 *     h ← h + W_down · (silu(W_gate · norm h) ⊙ W_up · norm h)
 *
 * Sums run in f64 and are stored as f32 after each matrix.
 *
 * @module
 */
import type { Architecture, ModelInfo } from "../../harness/contract/model.ts";
import { ENTRY, faultAt } from "../../harness/stepping/mod.ts";
import { attendRow } from "./kernels/attention.ts";
import { matmul } from "./kernels/matmul.ts";
import { rmsNorm } from "./kernels/rms_norm.ts";
import { type RopeTable, ropeTable, rotate } from "./kernels/rope.ts";
import { swiglu } from "./kernels/swiglu.ts";
import type { KvLayer } from "./cache.ts";
import type { BlockWeights, Weights } from "./weights.ts";

/** One row as the blocks see it. */
export interface BlockRow {
  /** Start of its state in the hidden buffer. */
  readonly at: number;
  /** Position in its slot. */
  readonly position: number;
  /** The slot's cache of the block and pass at hand. */
  readonly layer: KvLayer;
}

/** Which pass of which block. */
export interface BlockPass {
  /** Block, 0-based. */
  readonly block: number;
  /** 0 for the first run of a block by a row, 1 for the second, … */
  readonly pass: number;
}

/** An entry that is not there. */
export interface MissingEntry {
  /** The row that would read it. */
  readonly row: BlockRow;
  /** Its position. */
  readonly position: number;
}

/** Blocks of one model, with scratch that grows to the largest batch seen. */
export class Blocks {
  readonly #info: ModelInfo;
  readonly #epsilon: number;
  readonly #weights: Weights;
  readonly #rope: RopeTable;
  readonly #visible: Int32Array;
  readonly #scores: Float64Array;
  readonly #sums: Float64Array;
  #rows = 0;
  #normed = new Float32Array(0);
  #q = new Float32Array(0);
  #kv = new Float32Array(0);
  #mixed = new Float32Array(0);
  #out = new Float32Array(0);
  #gate = new Float32Array(0);
  #up = new Float32Array(0);

  /** `context` bounds positions. */
  constructor(
    info: ModelInfo,
    { architecture, weights, context }: {
      readonly architecture: Architecture;
      readonly weights: Weights;
      readonly context: number;
    },
  ) {
    this.#info = info;
    this.#epsilon = architecture.normEpsilon;
    this.#weights = weights;
    this.#rope = ropeTable(architecture.rope, context);
    this.#visible = new Int32Array(context);
    this.#scores = new Float64Array(context);
    this.#sums = new Float64Array(info.headDim);
  }

  /** Bytes of scratch. */
  get byteLength(): number {
    const arrays = [this.#normed, this.#q, this.#kv, this.#mixed, this.#out, this.#gate, this.#up];
    return arrays.reduce((sum, array) => sum + array.byteLength, 0) +
      this.#rope.cos.byteLength * 2 + this.#scores.byteLength + this.#visible.byteLength;
  }

  #grow(rows: number): void {
    if (rows <= this.#rows) return;
    const { dModel, ffnSize, heads, kvHeads, headDim } = this.#info;
    this.#rows = rows;
    this.#normed = new Float32Array(rows * dModel);
    this.#out = new Float32Array(rows * dModel);
    this.#q = new Float32Array(rows * heads * headDim);
    this.#mixed = new Float32Array(rows * heads * headDim);
    this.#kv = new Float32Array(rows * kvHeads * headDim);
    this.#gate = new Float32Array(rows * ffnSize);
    this.#up = new Float32Array(rows * ffnSize);
  }

  /** Gathers the rows' states, normalized, into scratch. */
  #normalize(hidden: Float32Array, rows: readonly BlockRow[], w: Float32Array): void {
    const d = this.#info.dModel;
    rows.forEach((row, i) => {
      rmsNorm(this.#normed.subarray(i * d, (i + 1) * d), hidden.subarray(row.at, row.at + d), {
        w,
        epsilon: this.#epsilon,
        rows: 1,
      });
    });
  }

  #project(y: Float32Array, x: Float32Array, w: Float32Array, rows: number): void {
    const inputs = x === this.#normed
      ? this.#info.dModel
      : x === this.#mixed
      ? this.#info.heads * this.#info.headDim
      : this.#info.ffnSize;
    matmul(y, x, { w, rows, inputs, outputs: w.length / inputs });
  }

  #add(hidden: Float32Array, rows: readonly BlockRow[]): void {
    const d = this.#info.dModel;
    rows.forEach((row, i) => {
      for (let j = 0; j < d; j++) hidden[row.at + j] = hidden[row.at + j]! + this.#out[i * d + j]!;
    });
  }

  /** Writes keys and values of normalized rows into their caches. */
  #store(rows: readonly BlockRow[], block: BlockWeights): void {
    const { kvHeads, headDim } = this.#info;
    const width = kvHeads * headDim;
    this.#project(this.#kv, this.#normed, block.key, rows.length);
    rows.forEach(({ layer, position }, i) => {
      rotate(this.#kv, this.#rope, { at: i * width, heads: kvHeads, headDim, position });
      layer.keys.set(this.#kv.subarray(i * width, (i + 1) * width), position * width);
    });
    this.#project(this.#kv, this.#normed, block.value, rows.length);
    rows.forEach(({ layer, position }, i) => {
      layer.values.set(this.#kv.subarray(i * width, (i + 1) * width), position * width);
      layer.present[position] = ENTRY.present;
    });
  }

  /** Lists the positions that a row may attend to. */
  #see({ layer, position }: BlockRow): number {
    let count = 0;
    for (let t = 0; t <= position; t++) {
      if (layer.present[t] === ENTRY.present) this.#visible[count++] = t;
    }
    return count;
  }

  /**
   * Runs attention of a block on rows and adds its output to their states. Returns
   * the row that would read a missing entry, with the entry's position; nothing is
   * added then.
   */
  attention(
    hidden: Float32Array,
    rows: readonly BlockRow[],
    at: BlockPass,
  ): MissingEntry | undefined {
    const { heads, kvHeads, headDim } = this.#info;
    const block = this.#weights.blocks[at.block]!;
    this.#grow(rows.length);
    this.#normalize(hidden, rows, block.attentionNorm);
    this.#store(rows, block);
    for (const row of rows) {
      const position = faultAt(row.layer.present, row.position, at.pass);
      if (position >= 0) return { row, position };
    }
    this.#project(this.#q, this.#normed, block.query, rows.length);
    rows.forEach((row, i) => {
      const start = i * heads * headDim;
      rotate(this.#q, this.#rope, { at: start, heads, headDim, position: row.position });
      attendRow(this.#mixed, {
        heads,
        kvHeads,
        headDim,
        q: this.#q,
        at: start,
        keys: row.layer.keys,
        values: row.layer.values,
        visible: this.#visible,
        count: this.#see(row),
        scores: this.#scores,
        sums: this.#sums,
      });
    });
    this.#project(this.#out, this.#mixed, block.attentionOutput, rows.length);
    this.#add(hidden, rows);
    return undefined;
  }

  /** Runs the MLP of block `l` on rows and adds its output to their states. */
  mlp(hidden: Float32Array, rows: readonly BlockRow[], l: number): void {
    const block = this.#weights.blocks[l]!;
    this.#grow(rows.length);
    this.#normalize(hidden, rows, block.mlpNorm);
    this.#project(this.#gate, this.#normed, block.gate, rows.length);
    this.#project(this.#up, this.#normed, block.up, rows.length);
    swiglu(this.#gate, this.#up, { length: rows.length * this.#info.ffnSize });
    this.#project(this.#out, this.#gate, block.down, rows.length);
    this.#add(hidden, rows);
  }

  /** Writes keys and values of block `l` from the rows' states as they stand. */
  projectKv(hidden: Float32Array, rows: readonly BlockRow[], l: number): void {
    const block = this.#weights.blocks[l]!;
    this.#grow(rows.length);
    this.#normalize(hidden, rows, block.attentionNorm);
    this.#store(rows, block);
  }
}
