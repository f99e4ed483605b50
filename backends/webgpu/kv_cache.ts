/**
 * Keys and values of all slots on the device, and on the host what is known of
 * each entry. A layer's buffer holds [slots, capacity, entry] numbers; an entry is
 * keys, values and a 1 where it is there.
 *
 * @module
 */
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { ModelInfo } from "../../harness/contract/model.ts";
import { ENTRY, type Fault, faultOf, type RowBatch } from "../../harness/stepping/mod.ts";
import { Call } from "./commands.ts";
import type { DeviceParts } from "./product.ts";

/** Positions per slot at first. */
const FIRST = 64;

/** What is known of a layer's entries in one slot. */
interface Known {
  /** One {@linkcode ENTRY} per position of the context. */
  readonly entries: Uint8Array;
  /** Positions below it are there or holes. */
  solid: number;
}

/** One block's pass. */
export interface CacheLayer {
  /** Entries of all slots. */
  buffer: GPUBuffer;
  /** By slot. */
  readonly known: (Known | undefined)[];
  readonly drop: Call;
  readonly copySlot: Call;
}

/** The caches of one session. Layer index = pass · layerCount + block. */
export class KvCache {
  /** Positions per slot in every buffer. */
  capacity: number;
  /** Numbers per entry. */
  readonly entry: number;
  readonly #parts: DeviceParts;
  readonly #layerCount: number;
  readonly #slots: number;
  readonly #context: number;
  readonly #layers: (CacheLayer | undefined)[] = [];
  readonly #params: GPUBuffer;

  /** Layers are allocated when they are first touched, positions as they are needed. */
  constructor(
    parts: DeviceParts,
    info: ModelInfo,
    { slots, context }: { readonly slots: number; readonly context: number },
  ) {
    this.#parts = parts;
    this.#layerCount = info.layerCount;
    this.#slots = slots;
    this.#context = context;
    this.entry = 2 * info.kvHeads * info.headDim + 1;
    this.capacity = Math.min(FIRST, context);
    const bytes = this.#bytes(slots * context);
    if (bytes > parts.memory.largest) {
      throw new UnsupportedError(
        `Cannot open a model on backend "webgpu": the cache of a block must be <= ${parts.memory.largest} bytes: current value is ${bytes} for ${slots} × ${context} tokens: shorten the context or pass --backend wasm`,
      );
    }
    this.#params = parts.memory.uniform("entry", Uint32Array.of(this.entry, 0, 0, 0));
  }

  #bytes(positions: number): number {
    return 4 * positions * this.entry;
  }

  /** The layer of that index. */
  layer(index: number): CacheLayer {
    const there = this.#layers[index];
    if (there !== undefined) return there;
    const { memory, kernels } = this.#parts;
    const bytes = this.#bytes(this.#slots * this.capacity);
    const call = (shader: "dropEntries" | "copySlot"): Call =>
      new Call(kernels.get(shader), () => [layer.buffer, this.#params]);
    const layer: CacheLayer = {
      buffer: memory.create(`cache of layer ${index}`, bytes, "kv"),
      known: [],
      drop: call("dropEntries"),
      copySlot: call("copySlot"),
    };
    return this.#layers[index] = layer;
  }

  /** A call that copies entries from one layer to another. */
  copyCall(source: CacheLayer, to: CacheLayer): Call {
    const kernel = this.#parts.kernels.get("copyEntries");
    return new Call(kernel, () => [source.buffer, to.buffer, this.#params]);
  }

  #known(layer: CacheLayer, slot: number): Known {
    return layer.known[slot] ??= { entries: new Uint8Array(this.#context), solid: 0 };
  }

  /** Makes room for the positions of rows in all layers. */
  reserve({ count, positions }: RowBatch): void {
    let last = 0;
    for (let i = 0; i < count; i++) last = Math.max(last, positions[i]!);
    if (last < this.capacity) return;
    const before = this.capacity;
    this.capacity = Math.min(this.#context, Math.max(last + 1, 2 * before));
    const { memory, commands } = this.#parts;
    this.#layers.forEach((layer, index) => {
      if (layer === undefined) return;
      const bytes = this.#bytes(this.#slots * this.capacity);
      const buffer = memory.create(`cache of layer ${index}`, bytes, "kv");
      for (let slot = 0; slot < this.#slots; slot++) {
        if (layer.known[slot] === undefined) continue;
        commands.copy(
          { buffer, at: this.#bytes(slot * this.capacity) },
          { buffer: layer.buffer, at: this.#bytes(slot * before) },
          this.#bytes(before),
        );
      }
      memory.replace(layer.buffer, "kv");
      layer.buffer = buffer;
    });
  }

  /** Notes what rows' entries are from now on. */
  note(layer: CacheLayer, { count, slots, positions }: RowBatch, entry: number): void {
    for (let i = 0; i < count; i++) {
      const known = this.#known(layer, slots[i]!);
      const position = positions[i]!;
      known.entries[position] = entry;
      const isSolid = entry === ENTRY.present || entry === ENTRY.hole;
      if (!isSolid) known.solid = Math.min(known.solid, position);
    }
  }

  /** The entry that is missing where rows attend, if one is. */
  missing(
    layer: CacheLayer,
    { count, slots, positions }: RowBatch,
    pass: number,
  ): Fault | undefined {
    for (let i = 0; i < count; i++) {
      const known = this.#known(layer, slots[i]!);
      const { entries } = known;
      const position = positions[i]!;
      let t = known.solid;
      for (; t <= position; t++) {
        const entry = entries[t];
        if (entry === ENTRY.present || entry === ENTRY.hole) continue;
        if (entry === ENTRY.none || pass === 0) return faultOf(entries, t);
      }
      if (pass === 0) known.solid = Math.max(known.solid, t);
    }
    return undefined;
  }

  /** Forgets a slot's entries at positions ≥ length. Later passes see holes there. */
  truncate(slot: number, length: number): void {
    this.#layers.forEach((layer, index) => {
      const known = layer?.known[slot];
      if (layer === undefined || known === undefined) return;
      known.solid = Math.min(known.solid, length);
      let isUsed = false;
      for (let t = length; t < this.#context && !isUsed; t++) {
        isUsed = known.entries[t] !== ENTRY.owed;
      }
      if (!isUsed) return;
      known.entries.fill(ENTRY.owed, length);
      if (index < this.#layerCount || length >= this.capacity) return;
      const at = this.#bytes(slot * this.capacity + length);
      this.#parts.commands.clear(layer.buffer, at, this.#bytes(this.capacity - length));
    });
  }

  /** Makes the first entries of a slot those of another. */
  copySlot(to: number, from: number, length: number): void {
    const { commands } = this.#parts;
    if (length === 0) return;
    for (const layer of this.#layers) {
      const known = layer?.known[from];
      if (layer === undefined || known === undefined) continue;
      const copy = this.#known(layer, to);
      copy.entries.set(known.entries.subarray(0, length));
      copy.solid = Math.min(known.solid, length);
      const table = commands.table(1);
      const { words } = commands;
      words[table / 4] = 1;
      words[table / 4 + 1] = this.capacity;
      words[table / 4 + 4] = to;
      words[table / 4 + 5] = from;
      commands.dispatch(layer.copySlot, table, Math.min(length, this.capacity));
    }
  }
}
