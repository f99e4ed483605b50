/**
 * A sequence: its KV entries per block and pass, which of them are there, and
 * the states of positions that were left below the top.
 *
 * @module
 */
import type { ModelInfo } from "../../harness/contract/model.ts";

/** What is known of one entry. */
export const ENTRY = {
  /** Nobody wrote it; reading it is an error. */
  owed: 0,
  /** Keys and values are there. */
  present: 1,
  /** Left out of attention. */
  hole: 2,
  /** Proved not to be read; reading it is an error. */
  none: 3,
} as const;

/** Keys, values and presence of one block's pass, by position. */
export interface KvLayer {
  /** [context, kvHeads · headDim]. */
  readonly keys: Float32Array;
  /** [context, kvHeads · headDim]. */
  readonly values: Float32Array;
  /** One {@linkcode ENTRY} per position. */
  readonly present: Uint8Array;
}

/** A position left below the top. */
export interface PendingState {
  /** Residual state [dModel]. */
  readonly state: Float32Array;
  /** Blocks passed. */
  readonly height: number;
  /** Layer index whose attention ran last, −1 when none. */
  readonly lastLayer: number;
}

/** A sequence of a session. */
export class Slot {
  /** Committed tokens. */
  length = 0;
  /** Pending states by position. */
  readonly pending: Map<number, PendingState> = new Map();
  readonly #info: ModelInfo;
  readonly #context: number;
  readonly #layers: (KvLayer | undefined)[] = [];

  /** Caches of `context` positions are allocated when a block is first touched. */
  constructor(info: ModelInfo, context: number) {
    this.#info = info;
    this.#context = context;
  }

  /** Index of a block's pass among the layers. */
  layerIndex(block: number, pass: number): number {
    return pass * this.#info.layerCount + block;
  }

  /** The layer of that index. */
  layer(index: number): KvLayer {
    const width = this.#info.kvHeads * this.#info.headDim;
    return this.#layers[index] ??= {
      keys: new Float32Array(this.#context * width),
      values: new Float32Array(this.#context * width),
      present: new Uint8Array(this.#context),
    };
  }

  /** Drops everything at positions ≥ length. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
    for (const layer of this.#layers) layer?.present.fill(ENTRY.owed, length);
    for (const position of this.pending.keys()) {
      if (position >= length) this.pending.delete(position);
    }
  }

  /** Overwrites this slot with a copy of another. */
  copyFrom(other: Slot): void {
    const width = this.#info.kvHeads * this.#info.headDim;
    this.truncate(0);
    this.length = other.length;
    other.#layers.forEach((from, index) => {
      if (from === undefined) return;
      const to = this.layer(index);
      to.keys.set(from.keys.subarray(0, other.length * width));
      to.values.set(from.values.subarray(0, other.length * width));
      to.present.set(from.present.subarray(0, other.length));
    });
    for (const [position, pending] of other.pending) {
      this.pending.set(position, { ...pending, state: pending.state.slice() });
    }
  }

  /** Bytes of the allocated layers and pending states. */
  byteLength(): number {
    let bytes = this.pending.size * this.#info.dModel * 4;
    for (const layer of this.#layers) {
      if (layer !== undefined) bytes += 2 * layer.keys.byteLength + layer.present.byteLength;
    }
    return bytes;
  }
}
