/**
 * Running and filling blocks: kernels and the cache's books side by side.
 *
 * @module
 */
import type { EntryFill, Part } from "../../harness/contract/backend.ts";
import { type BlockRange, ENTRY, type Fault, type RowBatch } from "../../harness/stepping/mod.ts";
import type { Blocks } from "./blocks.ts";
import { type Call, TABLE_ROWS } from "./commands.ts";
import type { CacheLayer, KvCache } from "./kv_cache.ts";
import type { DeviceParts } from "./product.ts";
import { RowTables } from "./row_tables.ts";

/** What runs and fills work on. */
export interface EntryParts extends DeviceParts {
  /** Kernels of the blocks. */
  readonly blocks: Blocks;
  /** Entries. */
  readonly cache: KvCache;
  /** Number of blocks. */
  readonly layerCount: number;
}

/** Moves rows through blocks and past them. */
export class Entries {
  /** What the last run stumbled over. */
  fault: Fault = { position: 0, entry: "owed" };
  readonly #parts: EntryParts;
  readonly #tables: RowTables;
  readonly #copies: Map<CacheLayer, Map<CacheLayer, Call>> = new Map();

  /** Entries of one session. */
  constructor(parts: EntryParts) {
    this.#parts = parts;
    this.#tables = new RowTables(parts.commands);
  }

  #layer(block: number, pass: number): CacheLayer {
    return this.#parts.cache.layer(pass * this.#parts.layerCount + block);
  }

  #begin(batch: RowBatch): RowTables {
    const { cache, blocks } = this.#parts;
    cache.reserve(batch);
    blocks.reserve(Math.min(batch.count, TABLE_ROWS));
    return this.#tables.write(batch, cache.capacity);
  }

  /** Writes the table of a batch of one row and makes room for it. */
  tableOf(batch: RowBatch): number {
    return this.#begin(batch).offsets[0]!;
  }

  /** Attention of one block on a table that was written; false on a fault. */
  attendAt(table: number, batch: RowBatch, block: number): boolean {
    if (this.#tables.offsets[0] !== table) throw new RangeError("Cannot use a table: it is gone");
    return this.#attend(this.#tables, batch, { block, pass: 0 });
  }

  /** See `StepEngine.run`. */
  run(batch: RowBatch, part: Part, { from, to, pass }: BlockRange): number {
    const tables = this.#begin(batch);
    for (let block = from; block < to; block++) {
      if (part !== "mlp" && !this.#attend(tables, batch, { block, pass })) return block;
      for (let i = 0; part !== "attention" && i < tables.count; i++) {
        this.#parts.blocks.mlp(block, { rows: tables.rows[i]!, table: tables.offsets[i]! });
      }
    }
    return to;
  }

  /** Attention of one block; false where a row would read a missing entry. */
  #attend(
    tables: RowTables,
    batch: RowBatch,
    { block, pass }: { readonly block: number; readonly pass: number },
  ): boolean {
    const { cache, blocks } = this.#parts;
    const layer = this.#layer(block, pass);
    cache.note(layer, batch, ENTRY.present);
    const fault = cache.missing(layer, batch, pass);
    if (fault !== undefined) {
      this.fault = fault;
      cache.note(layer, batch, ENTRY.owed);
      return false;
    }
    const chunk = (i: number) => ({ rows: tables.rows[i]!, table: tables.offsets[i]! });
    // All entries are there before any row attends.
    for (let i = 1; i < tables.count; i++) blocks.store(block, layer, chunk(i));
    for (let i = 0; i < tables.count; i++) blocks.attention(block, layer, chunk(i));
    return true;
  }

  /** See `StepEngine.fill`. */
  fill(batch: RowBatch, fill: EntryFill, { from, to, pass }: BlockRange): void {
    if (fill === "copy") return this.#copy(batch, { from, to, pass });
    const { commands, kernels, cache, blocks } = this.#parts;
    const tables = this.#begin(batch);
    for (let block = from; block < to; block++) {
      const layer = this.#layer(block, pass);
      for (let i = 0; i < tables.count; i++) {
        const chunk = { rows: tables.rows[i]!, table: tables.offsets[i]! };
        if (fill === "project") blocks.store(block, layer, chunk);
        else {
          commands.dispatch(layer.drop, chunk.table, Math.ceil(chunk.rows / kernels.lanes));
        }
      }
      cache.note(layer, batch, fill === "project" ? ENTRY.present : ENTRY[fill]);
    }
  }

  /** Copies entries, the rows of each source layer together. */
  #copy(batch: RowBatch, { from, to, pass }: BlockRange): void {
    const { commands, cache } = this.#parts;
    cache.reserve(batch);
    const last = batch.lastLayers.subarray(0, batch.count);
    for (const source of new Set(last)) {
      const some = rowsOf(batch, source);
      const tables = this.#tables.write(some, cache.capacity);
      const sourceLayer = cache.layer(source);
      for (let block = from; block < to; block++) {
        const layer = this.#layer(block, pass);
        if (layer !== sourceLayer) {
          const call = this.#copyCall(sourceLayer, layer);
          for (let i = 0; i < tables.count; i++) {
            commands.dispatch(call, tables.offsets[i]!, tables.rows[i]!);
          }
        }
        cache.note(layer, some, ENTRY.present);
      }
    }
  }

  #copyCall(source: CacheLayer, to: CacheLayer): Call {
    let calls = this.#copies.get(source);
    if (calls === undefined) this.#copies.set(source, calls = new Map());
    let call = calls.get(to);
    if (call === undefined) calls.set(to, call = this.#parts.cache.copyCall(source, to));
    return call;
  }
}

/** The rows of a batch that ran attention of one layer last. */
function rowsOf({ count, states, slots, positions, lastLayers }: RowBatch, last: number): RowBatch {
  const rows = Array.from({ length: count }, (_, i) => i).filter((i) => lastLayers[i] === last);
  const pick = (column: Int32Array): Int32Array => Int32Array.from(rows, (i) => column[i]!);
  return {
    count: rows.length,
    states: pick(states),
    slots: pick(slots),
    positions: pick(positions),
    lastLayers: pick(lastLayers),
  };
}
