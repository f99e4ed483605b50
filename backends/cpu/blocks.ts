/**
 * The decoder block on rows of residual states.
 *
 *     h ← h + W_O · attention(RoPE(W_Q · norm h), K, V)
 *     h ← h + W_down · (f(W_gate · norm h) ⊙ W_up · norm h)
 *
 * Families differ in data: RMS or layer normalization, f = silu or gelu, an MLP
 * without a gate (f of W_up · norm h), biases after matrices, norms of each query
 * and key head before its rotation, blocks that do not rotate. Sums run in f64 and are stored as f32 after each matrix.
 *
 * @module
 */
import type { Architecture, ModelInfo } from "../../harness/contract/model.ts";
import { ENTRY, faultAt } from "../../harness/stepping/mod.ts";
import { attendRow } from "./kernels/attention.ts";
import { matmul } from "./kernels/matmul.ts";
import { activate, gate } from "./kernels/activate.ts";
import { addBias } from "./kernels/add_bias.ts";
import { layerNorm } from "./kernels/layer_norm.ts";
import { rmsNorm } from "./kernels/rms_norm.ts";
import { type RopeTable, ropeTable, rotate } from "./kernels/rope.ts";
import type { KvLayer } from "./cache.ts";
import type { Weights } from "./weights.ts";

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
  readonly #architecture: Architecture;
  readonly #weights: Weights;
  readonly #rope: RopeTable | undefined;
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
    this.#architecture = architecture;
    this.#weights = weights;
    this.#rope = architecture.rope && ropeTable(architecture.rope, context);
    this.#visible = new Int32Array(context);
    this.#scores = new Float64Array(context);
    this.#sums = new Float64Array(info.headDim);
  }

  /** Bytes of scratch. */
  get byteLength(): number {
    const arrays = [this.#normed, this.#q, this.#kv, this.#mixed, this.#out, this.#gate, this.#up];
    return arrays.reduce((sum, array) => sum + array.byteLength, 0) +
      2 * (this.#rope?.cos.byteLength ?? 0) + this.#scores.byteLength + this.#visible.byteLength;
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
  #normalize(
    hidden: Float32Array,
    rows: readonly BlockRow[],
    { w, bias }: { readonly w: Float32Array; readonly bias: Float32Array | undefined },
  ): void {
    const d = this.#info.dModel;
    const { norm, normEpsilon: epsilon } = this.#architecture;
    rows.forEach((row, i) => {
      const from = hidden.subarray(row.at, row.at + d);
      const to = this.#normed.subarray(i * d, (i + 1) * d);
      if (norm === "layer") layerNorm(to, from, { w, bias, epsilon });
      else rmsNorm(to, from, { w, epsilon, rows: 1 });
    });
  }

  #project(
    y: Float32Array,
    x: Float32Array,
    { w, bias, rows }: {
      readonly w: Float32Array;
      readonly bias: Float32Array | undefined;
      readonly rows: number;
    },
  ): void {
    const inputs = x === this.#normed
      ? this.#info.dModel
      : x === this.#mixed
      ? this.#info.heads * this.#info.headDim
      : this.#info.ffnSize;
    const outputs = w.length / inputs;
    matmul(y, x, { w, rows, inputs, outputs });
    if (bias !== undefined) addBias(y, { bias, rows });
  }

  #add(hidden: Float32Array, rows: readonly BlockRow[]): void {
    const d = this.#info.dModel;
    rows.forEach((row, i) => {
      for (let j = 0; j < d; j++) hidden[row.at + j] = hidden[row.at + j]! + this.#out[i * d + j]!;
    });
  }

  /** Norms each head at `x[at…]` where the family does, then rotates it where the block does. */
  #turn(
    x: Float32Array,
    place: {
      readonly at: number;
      readonly heads: number;
      readonly position: number;
      readonly block: number;
      readonly w: Float32Array | undefined;
    },
  ): void {
    const { headDim } = this.#info;
    const { at, heads, position, block, w } = place;
    const { normEpsilon: epsilon, rope } = this.#architecture;
    if (w !== undefined) {
      const all = x.subarray(at, at + heads * headDim);
      rmsNorm(all, all, { w, epsilon, rows: heads });
    }
    if (this.#rope === undefined || rope?.exceptBlocks?.includes(block)) return;
    rotate(x, this.#rope, { at, heads, headDim, position });
  }

  /** Writes keys and values of normalized rows into their caches. */
  #store(rows: readonly BlockRow[], l: number): void {
    const { kvHeads, headDim } = this.#info;
    const block = this.#weights.blocks[l]!;
    const width = kvHeads * headDim;
    const count = { rows: rows.length };
    this.#project(this.#kv, this.#normed, { w: block.key, bias: block.keyBias, ...count });
    rows.forEach(({ layer, position }, i) => {
      const place = { at: i * width, heads: kvHeads, position, block: l, w: block.keyNorm };
      this.#turn(this.#kv, place);
      layer.keys.set(this.#kv.subarray(i * width, (i + 1) * width), position * width);
    });
    this.#project(this.#kv, this.#normed, { w: block.value, bias: block.valueBias, ...count });
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
    const count = { rows: rows.length };
    this.#normalize(hidden, rows, { w: block.attentionNorm, bias: block.attentionNormBias });
    this.#store(rows, at.block);
    for (const row of rows) {
      const position = faultAt(row.layer.present, row.position, at.pass);
      if (position >= 0) return { row, position };
    }
    this.#project(this.#q, this.#normed, { w: block.query, bias: block.queryBias, ...count });
    rows.forEach((row, i) => {
      const start = i * heads * headDim;
      this.#turn(this.#q, {
        at: start,
        heads,
        position: row.position,
        block: at.block,
        w: block.queryNorm,
      });
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
    const output = { w: block.attentionOutput, bias: block.attentionOutputBias };
    this.#project(this.#out, this.#mixed, { ...output, ...count });
    this.#add(hidden, rows);
    return undefined;
  }

  /** Runs the MLP of block `l` on rows and adds its output to their states. */
  mlp(hidden: Float32Array, rows: readonly BlockRow[], l: number): void {
    const block = this.#weights.blocks[l]!;
    this.#grow(rows.length);
    const { activation } = this.#architecture;
    const count = { rows: rows.length };
    const length = rows.length * this.#info.ffnSize;
    this.#normalize(hidden, rows, { w: block.mlpNorm, bias: block.mlpNormBias });
    this.#project(this.#up, this.#normed, { w: block.up, bias: block.upBias, ...count });
    if (block.gate === undefined) {
      activate(this.#gate, this.#up, { activation, length });
    } else {
      this.#project(this.#gate, this.#normed, { w: block.gate, bias: undefined, ...count });
      gate(this.#gate, this.#up, { activation, length });
    }
    this.#project(this.#out, this.#gate, { w: block.down, bias: block.downBias, ...count });
    this.#add(hidden, rows);
  }

  /** Writes keys and values of block `l` from the rows' states as they stand. */
  projectKv(hidden: Float32Array, rows: readonly BlockRow[], l: number): void {
    const block = this.#weights.blocks[l]!;
    this.#grow(rows.length);
    this.#normalize(hidden, rows, { w: block.attentionNorm, bias: block.attentionNormBias });
    this.#store(rows, l);
  }
}
