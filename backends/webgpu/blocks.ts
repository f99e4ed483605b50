/**
 * The decoder block of the Llama family on rows of residual states, as calls.
 *
 *     h ← h + W_O · attention(RoPE(W_Q · norm h), K, V)
 *     h ← h + W_down · (silu(W_gate · norm h) ⊙ W_up · norm h)
 *
 * Reference: backends/cpu/blocks.ts.
 *
 * @module
 */
import type { Checkpoint } from "../../harness/contract/model.ts";
import { ropeRows } from "../../harness/stepping/mod.ts";
import { Call } from "./commands.ts";
import { Room } from "./device_memory.ts";
import type { CacheLayer } from "./kv_cache.ts";
import { padded } from "./matrix.ts";
import { type DeviceParts, Product } from "./product.ts";
import { type BlockWeights, loadFloats, type Weights } from "./weights.ts";

/** What the blocks of a session share. */
export interface BlockParts extends DeviceParts {
  /** The model. */
  readonly checkpoint: Checkpoint;
  /** Its weights. */
  readonly weights: Weights;
  /** Residual states [.., padded dModel]. */
  readonly states: Room;
  /** Longest sequence. */
  readonly context: number;
}

/** Calls of one block that know no cache. */
interface BlockCalls {
  readonly attentionNorm: Call;
  readonly mlpNorm: Call;
  readonly query: Product;
  readonly key: Product;
  readonly value: Product;
  readonly attentionOutput: Product;
  readonly gate: Product;
  readonly up: Product;
  readonly down: Product;
}

/** Calls of one layer of the cache. */
interface LayerCalls {
  readonly store: Call;
  readonly storeAlone: Call;
  readonly attend: Call;
}

/** Rounds up so that a product of four rows at once reads what is there. */
function rowRoom(rows: number): number {
  return Math.ceil(rows / 4) * 4;
}

/** Blocks of one model, with scratch that grows to the largest chunk seen. */
export class Blocks {
  readonly #parts: BlockParts;
  readonly #calls: readonly BlockCalls[];
  readonly #layers: Map<CacheLayer, LayerCalls> = new Map();
  readonly #gateUp: Call;
  readonly #gateGroups: number;
  readonly #strides: {
    readonly d: number;
    readonly ffn: number;
    readonly q: number;
    readonly kv: number;
  };
  readonly #x: Room;
  readonly #q: Room;
  readonly #k: Room;
  readonly #v: Room;
  readonly #mixed: Room;
  readonly #gate: Room;
  readonly #up: Room;
  readonly #turns: GPUBuffer;
  readonly #storeParams: GPUBuffer;
  readonly #attendParams: GPUBuffer;

  /** Makes the calls of every block. */
  constructor(parts: BlockParts) {
    this.#parts = parts;
    const { memory, kernels, checkpoint: { info, architecture } } = parts;
    const { normEpsilon } = architecture;
    const rope = architecture.rope!; // models without are refused
    const { dModel, ffnSize, heads, kvHeads, headDim } = info;
    const strides = {
      d: padded(dModel),
      ffn: padded(ffnSize),
      q: padded(heads * headDim),
      kv: padded(kvHeads * headDim),
    };
    this.#strides = strides;
    const room = (label: string, stride: number): Room =>
      new Room(memory, { label, bytes: 16 * stride });
    this.#x = room("normalized states", strides.d);
    this.#q = room("queries", strides.q);
    this.#k = room("keys", strides.kv);
    this.#v = room("values", strides.kv);
    this.#mixed = room("attention output", strides.q);
    this.#gate = room("gate", strides.ffn);
    this.#up = room("up", strides.ffn);
    const target = { memory, purpose: "scratch" } as const;
    const turns = ropeRows(rope, parts.context) as Float32Array<ArrayBuffer>;
    this.#turns = loadFloats(target, "rotations", turns);
    const pairs = rope.dimensions / 2;
    const isAdjacent = rope.pairing === "adjacent";
    this.#storeParams = memory.uniform(
      "heads",
      Uint32Array.of(
        heads,
        kvHeads,
        headDim,
        pairs,
        isAdjacent ? 2 : 1,
        isAdjacent ? 1 : pairs,
        strides.q,
        strides.kv,
      ),
    );
    const attend = Uint32Array.of(
      heads,
      heads / kvHeads,
      kvHeads * headDim,
      strides.q,
      strides.q,
      0,
      0,
      0,
    );
    new Float32Array(attend.buffer)[5] = 1 / Math.sqrt(headDim);
    this.#attendParams = memory.uniform("attention", attend);
    const norm = Uint32Array.of(dModel, 0, strides.d, strides.d);
    new Float32Array(norm.buffer)[1] = normEpsilon;
    const normParams = memory.uniform("norm", norm);
    const gateParams = memory.uniform("gate", Uint32Array.of(ffnSize, strides.ffn, 0, 0));
    this.#gateUp = new Call(
      kernels.get("swiglu"),
      () => [this.#up.buffer, this.#gate.buffer, gateParams],
    );
    this.#gateGroups = Math.ceil(ffnSize / kernels.lanes);
    this.#calls = parts.weights.blocks.map((block) => this.#callsOf(block, normParams));
  }

  #callsOf(block: BlockWeights, params: GPUBuffer): BlockCalls {
    const { kernels, states } = this.#parts;
    const { d, q, kv, ffn } = this.#strides;
    const norm = (w: GPUBuffer): Call =>
      new Call(
        kernels.get("rmsNorm", { GATHER: 1 }),
        () => [states.buffer, w, this.#x.buffer, params],
      );
    const into = (matrix: BlockWeights["query"], y: Room, stride: number): Product =>
      new Product(this.#parts, matrix, { x: this.#x, y, stride });
    const onto = (matrix: BlockWeights["query"], x: Room): Product =>
      new Product(this.#parts, matrix, { x, y: states, stride: d, add: true });
    return {
      attentionNorm: norm(block.attentionNorm),
      mlpNorm: norm(block.mlpNorm),
      query: into(block.query, this.#q, q),
      key: into(block.key, this.#k, kv),
      value: into(block.value, this.#v, kv),
      attentionOutput: onto(block.attentionOutput, this.#mixed),
      gate: into(block.gate, this.#gate, ffn),
      up: into(block.up, this.#up, ffn),
      down: onto(block.down, this.#gate),
    };
  }

  #layerCalls(layer: CacheLayer): LayerCalls {
    const there = this.#layers.get(layer);
    if (there !== undefined) return there;
    const { kernels, checkpoint: { info } } = this.#parts;
    const store = (query: number): Call =>
      new Call(kernels.get("storeEntries", { QUERY: query }), () => [
        this.#turns,
        this.#k.buffer,
        this.#v.buffer,
        this.#q.buffer,
        layer.buffer,
        this.#storeParams,
      ]);
    const calls = {
      store: store(1),
      storeAlone: store(0),
      attend: new Call(
        kernels.get("attention", { SIZE: info.headDim }),
        () => [this.#q.buffer, layer.buffer, this.#mixed.buffer, this.#attendParams],
      ),
    };
    this.#layers.set(layer, calls);
    return calls;
  }

  /** Makes room for so many rows at once. */
  reserve(rows: number): void {
    const { d, ffn, q, kv } = this.#strides;
    const bytes = 4 * rowRoom(rows);
    this.#x.reserve(bytes * d);
    this.#q.reserve(bytes * q);
    this.#k.reserve(bytes * kv);
    this.#v.reserve(bytes * kv);
    this.#mixed.reserve(bytes * q);
    this.#gate.reserve(bytes * ffn);
    this.#up.reserve(bytes * ffn);
  }

  /** Writes keys and values of the rows of a table into a layer. */
  store(block: number, layer: CacheLayer, { rows, table }: { rows: number; table: number }): void {
    const { commands } = this.#parts;
    const calls = this.#calls[block]!;
    commands.dispatch(calls.attentionNorm, table, rows);
    calls.key.run(rows, table);
    calls.value.run(rows, table);
    commands.dispatch(this.#layerCalls(layer).storeAlone, table, rows);
  }

  /** Runs attention on the rows of a table, their own entries included. */
  attention(
    block: number,
    layer: CacheLayer,
    { rows, table }: { rows: number; table: number },
  ): void {
    const { commands, checkpoint: { info } } = this.#parts;
    const calls = this.#calls[block]!;
    const { store, attend } = this.#layerCalls(layer);
    commands.dispatch(calls.attentionNorm, table, rows);
    calls.query.run(rows, table);
    calls.key.run(rows, table);
    calls.value.run(rows, table);
    commands.dispatch(store, table, rows);
    commands.dispatch(attend, table, info.heads, rows);
    calls.attentionOutput.run(rows, table);
  }

  /** Runs the MLP on the rows of a table. */
  mlp(block: number, { rows, table }: { rows: number; table: number }): void {
    const { commands } = this.#parts;
    const calls = this.#calls[block]!;
    commands.dispatch(calls.mlpNorm, table, rows);
    calls.gate.run(rows, table);
    calls.up.run(rows, table);
    commands.dispatch(this.#gateUp, table, this.#gateGroups, rows);
    calls.down.run(rows, table);
  }
}
