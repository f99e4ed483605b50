/**
 * A sequence's keys and values per block and pass, and which of them are there.
 *
 * @module
 */
import type { ModelInfo } from "../../harness/contract/model.ts";
import { ENTRY } from "../../harness/stepping/mod.ts";

/** Keys, values and presence of one block's pass, by position. */
export interface KvLayer {
  /** [context, kvHeads · headDim]. */
  readonly keys: Float32Array;
  /** [context, kvHeads · headDim]. */
  readonly values: Float32Array;
  /** One {@linkcode ENTRY} per position. */
  readonly present: Uint8Array;
}

/** The cache of one slot. Layer index = pass · layerCount + block. */
export class Cache {
  readonly #width: number;
  readonly #context: number;
  readonly #layers: (KvLayer | undefined)[] = [];

  /** Layers of `context` positions are allocated when they are first touched. */
  constructor(info: ModelInfo, context: number) {
    this.#width = info.kvHeads * info.headDim;
    this.#context = context;
  }

  /** The layer of that index. */
  layer(index: number): KvLayer {
    return this.#layers[index] ??= {
      keys: new Float32Array(this.#context * this.#width),
      values: new Float32Array(this.#context * this.#width),
      present: new Uint8Array(this.#context),
    };
  }

  /** Drops everything at positions ≥ length. */
  truncate(length: number): void {
    for (const layer of this.#layers) layer?.present.fill(ENTRY.owed, length);
  }

  /** Takes over the first `length` entries of another. */
  copyFrom(other: Cache, length: number): void {
    other.#layers.forEach((from, index) => {
      if (from === undefined) return;
      const to = this.layer(index);
      to.keys.set(from.keys.subarray(0, length * this.#width));
      to.values.set(from.values.subarray(0, length * this.#width));
      to.present.set(from.present.subarray(0, length));
    });
  }

  /** Bytes of the allocated layers. */
  byteLength(): number {
    let bytes = 0;
    for (const layer of this.#layers) {
      if (layer !== undefined) bytes += 2 * layer.keys.byteLength + layer.present.byteLength;
    }
    return bytes;
  }
}
