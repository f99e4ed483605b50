/**
 * The decoder block on rows of residual states, as calls.
 *
 *     h ← h + W_O · attention(RoPE(W_Q · norm h), K, V)
 *     h ← h + W_down · (f(W_gate · norm h) ⊙ W_up · norm h)
 *
 * Families differ in data; reference: backends/cpu/blocks.ts.
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
  readonly gate: Product | undefined;
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
  /** [dModel], for norms without a bias. */
  readonly #zeros: GPUBuffer;
  /** Parameters of blocks that rotate, and of blocks that do not. */
  readonly #turning: GPUBuffer;
  readonly #still: GPUBuffer;
  readonly #attendParams: GPUBuffer;

  /** Makes the calls of every block. */
  constructor(parts: BlockParts) {
    this.#parts = parts;
    const { memory, kernels, checkpoint: { info, architecture } } = parts;
    const { normEpsilon, rope, activation } = architecture;
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
    const turns = rope === undefined
      ? new Float32Array(1)
      : ropeRows(rope, parts.context) as Float32Array<ArrayBuffer>;
    this.#zeros = loadFloats(target, "no bias", new Float32Array(dModel));
    this.#turns = loadFloats(target, "rotations", turns);
    const storeParams = (pairs: number): GPUBuffer => {
      const isAdjacent = rope?.pairing === "adjacent";
      const [step, apart] = isAdjacent ? [2, 1] : [1, pairs];
      const words = new Uint32Array(12);
      words.set([heads, kvHeads, headDim, pairs, step, apart, strides.q, strides.kv]);
      new Float32Array(words.buffer)[8] = normEpsilon;
      return memory.uniform("heads", words);
    };
    this.#turning = storeParams((rope?.dimensions ?? 0) / 2);
    this.#still = storeParams(0);
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
      kernels.get("activateGate", {
        GATED: info.gated ? 1 : 0,
        GELU: activation === "gelu" ? 1 : 0,
      }),
      () => [this.#up.buffer, this.#gate.buffer, gateParams],
    );
    this.#gateGroups = Math.ceil(ffnSize / kernels.lanes);
    this.#calls = parts.weights.blocks.map((block) => this.#callsOf(block, normParams));
  }

  #callsOf({ matrices, vectors }: BlockWeights, params: GPUBuffer): BlockCalls {
    const { kernels, states, checkpoint: { architecture } } = this.#parts;
    const { d, q, kv, ffn } = this.#strides;
    const LAYER = architecture.norm === "layer" ? 1 : 0;
    const norm = (role: "attentionNorm" | "mlpNorm"): Call => {
      const w = vectors[role]!;
      const bias = vectors[`${role}Bias`] ?? (LAYER === 1 ? this.#zeros : w);
      return new Call(
        kernels.get("norm", { GATHER: 1, LAYER }),
        () => [states.buffer, w, bias, this.#x.buffer, params],
      );
    };
    const into = (
      role: "query" | "key" | "value" | "up" | "gate",
      y: Room,
      stride: number,
    ): Product =>
      new Product(this.#parts, matrices[role]!, {
        x: this.#x,
        y,
        stride,
        bias: role === "gate" ? undefined : vectors[`${role}Bias`],
      });
    const onto = (role: "attentionOutput" | "down", x: Room): Product =>
      new Product(this.#parts, matrices[role]!, {
        x,
        y: states,
        stride: d,
        bias: vectors[`${role}Bias`],
        add: true,
      });
    return {
      attentionNorm: norm("attentionNorm"),
      mlpNorm: norm("mlpNorm"),
      query: into("query", this.#q, q),
      key: into("key", this.#k, kv),
      value: into("value", this.#v, kv),
      attentionOutput: onto("attentionOutput", this.#mixed),
      gate: matrices.gate && into("gate", this.#gate, ffn),
      up: into("up", this.#up, ffn),
      down: onto("down", this.#gate),
    };
  }

  #layerCalls(layer: CacheLayer, block: number): LayerCalls {
    const there = this.#layers.get(layer);
    if (there !== undefined) return there;
    const { kernels, weights, checkpoint: { info, architecture: { rope } } } = this.#parts;
    const { keyNorm, queryNorm } = weights.blocks[block]!.vectors;
    const normed = keyNorm === undefined ? 0 : info.kvHeads + info.heads;
    const params = rope?.exceptBlocks?.includes(block) ? this.#still : this.#turning;
    const store = (query: number): Call =>
      new Call(kernels.get("storeEntries", { QUERY: query, HEADS: normed }), () => [
        this.#turns,
        this.#k.buffer,
        this.#v.buffer,
        keyNorm ?? this.#turns,
        queryNorm ?? this.#turns,
        this.#q.buffer,
        layer.buffer,
        params,
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
    commands.dispatch(this.#layerCalls(layer, block).storeAlone, table, rows);
  }

  /** Runs attention on the rows of a table, their own entries included. */
  attention(
    block: number,
    layer: CacheLayer,
    { rows, table }: { rows: number; table: number },
  ): void {
    const { commands, checkpoint: { info } } = this.#parts;
    const calls = this.#calls[block]!;
    const { store, attend } = this.#layerCalls(layer, block);
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
    calls.gate?.run(rows, table);
    calls.up.run(rows, table);
    commands.dispatch(this.#gateUp, table, this.#gateGroups, rows);
    calls.down.run(rows, table);
  }
}
