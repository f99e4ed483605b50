/**
 * Kernels and memory of the webgpu backend, as the books of a session see them:
 * work is collected and handed over when results are waited for.
 *
 * @module
 */
import type {
  EntryFill,
  OpenOptions,
  Part,
  SessionMemory,
} from "../../harness/contract/backend.ts";
import type { Checkpoint } from "../../harness/contract/model.ts";
import type { StateSignal } from "../../harness/contract/signal.ts";
import {
  type BlockRange,
  type Comparison,
  type EmbeddedRows,
  ENTRY,
  ENTRY_SIZE,
  type Fault,
  type HeadBatch,
  type IdRange,
  PLACE,
  Results,
  type RowBatch,
  type StepEngine,
} from "../../harness/stepping/mod.ts";
import { Blocks } from "./blocks.ts";
import { Call, type Counts, TABLE_ROWS, TABLE_WORDS } from "./commands.ts";
import { Room } from "./device_memory.ts";
import { Heads, REDUCTION_WORDS } from "./heads.ts";
import { type CacheLayer, KvCache } from "./kv_cache.ts";
import { FORMAT, type Matrix, padded } from "./matrix.ts";
import { type DeviceParts, pieceParams } from "./product.ts";
import { RowTables } from "./row_tables.ts";
import type { Weights } from "./weights.ts";

/** Tokens that a step may keep on the device. */
const KEPT = 1024;
/** `token` and `second` where there is none. */
const NONE = 0xffffffff;

/** What an engine is made of. */
export interface WebgpuEngineParts extends DeviceParts {
  /** The model. */
  readonly checkpoint: Checkpoint;
  /** Its weights. */
  readonly weights: Weights;
  /** Own unembeddings of trained heads. */
  readonly unembeddings: readonly (Matrix | undefined)[];
}

/** The engine of one webgpu session. */
export class WebgpuEngine implements StepEngine {
  /** See {@linkcode StepEngine}. */
  readonly name = "webgpu";
  /** See {@linkcode StepEngine}. */
  readonly results: Results = new Results();
  /** See {@linkcode StepEngine}. */
  fault: Fault = { position: 0, entry: "owed" };
  readonly #parts: WebgpuEngineParts;
  readonly #layerCount: number;
  readonly #stride: number;
  readonly #states: Room;
  readonly #blocks: Blocks;
  readonly #heads: Heads;
  readonly #cache: KvCache;
  readonly #tables: RowTables;
  readonly #kept: GPUBuffer;
  readonly #embeds: readonly Call[];
  readonly #copyStates: Call;
  readonly #copies: Map<CacheLayer, Map<CacheLayer, Call>> = new Map();
  /** Cells that hold ids: where from, how many. */
  readonly #idCells: number[] = [];
  #keptBank = 0;
  #keptCount = 0;
  #fetched = 0;

  /** An engine on loaded weights. */
  constructor(parts: WebgpuEngineParts, options: OpenOptions) {
    this.#parts = parts;
    const { memory, kernels, commands, checkpoint, weights } = parts;
    const { info } = checkpoint;
    const context = Math.min(options.context, info.context);
    this.#layerCount = info.layerCount;
    this.#stride = padded(info.dModel);
    this.#states = new Room(memory, { label: "states", bytes: 4 * this.#stride });
    const shared = { ...parts, states: this.#states, context };
    this.#blocks = new Blocks(shared);
    this.#heads = new Heads({ ...shared, parts: options.parts });
    this.#cache = new KvCache(parts, info, { slots: options.slots, context });
    this.#tables = new RowTables(commands);
    this.#kept = memory.create("kept tokens", 2 * 4 * KEPT, "scratch");
    const { embedding } = weights;
    this.#embeds = embedding.pieces.map((piece, index) => {
      const params = pieceParams(parts, embedding, { piece: index, stride: this.#stride });
      return new Call(
        kernels.get("embed", { FORMAT: FORMAT[embedding.format] }),
        () => [piece.weights, piece.scales, this.#kept, this.#states.buffer, params],
      );
    });
    const stateParams = memory.uniform("states", Uint32Array.of(this.#stride, 0, 0, 0));
    this.#copyStates = new Call(
      kernels.get("copyStates"),
      () => [this.#states.buffer, stateParams],
    );
  }

  /** What was done so far. */
  get counts(): Counts {
    return this.#parts.commands.counts;
  }

  /** See {@linkcode StepEngine}. */
  beginStep(): void {
    this.#keptBank = 1 - this.#keptBank;
    this.#keptCount = 0;
    this.#fetched = 0;
  }

  /** See {@linkcode StepEngine}. */
  reserveStates(count: number): void {
    const before = this.#states.reserve(4 * count * this.#stride);
    if (before === undefined) return;
    const to = { buffer: this.#states.buffer, at: 0 };
    this.#parts.commands.copy(to, { buffer: before, at: 0 }, before.size);
  }

  /** Writes tables of two columns and calls `use` for each. */
  #pairs(
    [first, second]: readonly [Int32Array, Int32Array],
    count: number,
    use: (table: number, rows: number) => void,
  ): void {
    const { commands } = this.#parts;
    for (let from = 0; from < count; from += TABLE_ROWS) {
      const rows = Math.min(TABLE_ROWS, count - from);
      const table = commands.table(rows);
      const { words } = commands;
      let at = table / 4;
      words[at] = rows;
      for (let i = from; i < from + rows; i++) {
        at += TABLE_WORDS;
        words[at] = first[i]!;
        words[at + 1] = second[i]!;
      }
      use(table, rows);
    }
  }

  /** See {@linkcode StepEngine}. */
  copyStates(to: Int32Array, from: Int32Array, count: number): void {
    this.#pairs([to, from], count, (table, rows) => {
      this.#parts.commands.dispatch(this.#copyStates, table, rows);
    });
  }

  /** See {@linkcode StepEngine}. */
  embed(states: Int32Array, { tokens, count }: EmbeddedRows): void {
    this.#pairs([states, tokens], count, (table, rows) => {
      for (const call of this.#embeds) this.#parts.commands.dispatch(call, table, rows);
    });
  }

  /** See {@linkcode StepEngine}. */
  openSlot(): void {}

  /** See {@linkcode StepEngine}. */
  copySlot(to: number, from: number, length: number): void {
    this.#cache.copySlot(to, from, length);
  }

  /** See {@linkcode StepEngine}. */
  truncateSlot(slot: number, length: number): void {
    this.#cache.truncate(slot, length);
  }

  /** See {@linkcode StepEngine}. */
  closeSlot(): void {}

  #layer(block: number, pass: number): CacheLayer {
    return this.#cache.layer(pass * this.#layerCount + block);
  }

  #begin(batch: RowBatch): RowTables {
    this.#cache.reserve(batch);
    this.#blocks.reserve(Math.min(batch.count, TABLE_ROWS));
    return this.#tables.write(batch, this.#cache.capacity);
  }

  /** See {@linkcode StepEngine}. */
  run(batch: RowBatch, part: Part, { from, to, pass }: BlockRange): number {
    const tables = this.#begin(batch);
    for (let block = from; block < to; block++) {
      if (part !== "mlp" && !this.#attend(tables, batch, { block, pass })) return block;
      for (let i = 0; part !== "attention" && i < tables.count; i++) {
        this.#blocks.mlp(block, { rows: tables.rows[i]!, table: tables.offsets[i]! });
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
    const layer = this.#layer(block, pass);
    this.#cache.note(layer, batch, ENTRY.present);
    const fault = this.#cache.missing(layer, batch, pass);
    if (fault !== undefined) {
      this.fault = fault;
      this.#cache.note(layer, batch, ENTRY.owed);
      return false;
    }
    const chunk = (i: number) => ({ rows: tables.rows[i]!, table: tables.offsets[i]! });
    // All entries are there before any row attends.
    for (let i = 1; i < tables.count; i++) this.#blocks.store(block, layer, chunk(i));
    for (let i = 0; i < tables.count; i++) this.#blocks.attention(block, layer, chunk(i));
    return true;
  }

  /** See {@linkcode StepEngine}. */
  fill(batch: RowBatch, fill: EntryFill, { from, to, pass }: BlockRange): void {
    if (fill === "copy") return this.#copyEntries(batch, { from, to, pass });
    const { commands, kernels } = this.#parts;
    const tables = this.#begin(batch);
    for (let block = from; block < to; block++) {
      const layer = this.#layer(block, pass);
      for (let i = 0; i < tables.count; i++) {
        const chunk = { rows: tables.rows[i]!, table: tables.offsets[i]! };
        if (fill === "project") this.#blocks.store(block, layer, chunk);
        else {
          commands.dispatch(layer.drop, chunk.table, Math.ceil(chunk.rows / kernels.lanes));
        }
      }
      this.#cache.note(layer, batch, fill === "project" ? ENTRY.present : ENTRY[fill]);
    }
  }

  /** Copies entries, the rows of each source layer together. */
  #copyEntries(batch: RowBatch, { from, to, pass }: BlockRange): void {
    const { commands } = this.#parts;
    this.#cache.reserve(batch);
    const { count, states, slots, positions, lastLayers } = batch;
    const last = lastLayers.subarray(0, count);
    for (const source of new Set(last)) {
      const rows = Array.from(last.keys()).filter((i) => last[i] === source);
      const pick = (column: Int32Array): Int32Array => Int32Array.from(rows, (i) => column[i]!);
      const some = {
        count: rows.length,
        states: pick(states),
        slots: pick(slots),
        positions: pick(positions),
        lastLayers: pick(lastLayers),
      };
      const tables = this.#tables.write(some, this.#cache.capacity);
      const sourceLayer = this.#cache.layer(source);
      for (let block = from; block < to; block++) {
        const layer = this.#layer(block, pass);
        if (layer !== sourceLayer) {
          const call = this.#copyCall(sourceLayer, layer);
          for (let i = 0; i < tables.count; i++) {
            commands.dispatch(call, tables.offsets[i]!, tables.rows[i]!);
          }
        }
        this.#cache.note(layer, some, ENTRY.present);
      }
    }
  }

  #copyCall(source: CacheLayer, to: CacheLayer): Call {
    let calls = this.#copies.get(source);
    if (calls === undefined) this.#copies.set(source, calls = new Map());
    let call = calls.get(to);
    if (call === undefined) calls.set(to, call = this.#cache.copyCall(source, to));
    return call;
  }

  #reserveResults(): void {
    this.#heads.cells.reserve(4 * this.results.cellCount);
    this.#heads.reserveEntries(this.results.entryCount);
  }

  /** See {@linkcode StepEngine}. */
  logits(head: number, batch: HeadBatch): void {
    this.#reserveResults();
    this.#heads.logits(head, batch);
  }

  /** See {@linkcode StepEngine}. */
  subsetLogits(head: number, state: number, range: IdRange & { readonly entry: number }): void {
    this.#reserveResults();
    this.#heads.subsetLogits(head, state, range);
  }

  /** See {@linkcode StepEngine}. */
  setAside(row: number, width: number): void {
    this.#heads.setAside(row, width);
  }

  /** See {@linkcode StepEngine}. */
  compare(
    comparison: Comparison,
    rows: { readonly first: number; readonly second: number; readonly width: number },
    cell: number,
  ): void {
    this.#reserveResults();
    this.#heads.compare(comparison, rows, cell);
  }

  /** See {@linkcode StepEngine}. */
  select(row: number, range: IdRange, within: IdRange | undefined): void {
    this.#heads.select(row, range, within);
  }

  /** See {@linkcode StepEngine}. */
  keepLogits(row: number, width: number, cell: number): void {
    this.#reserveResults();
    this.#heads.keepLogits(row, width, cell);
  }

  /** See {@linkcode StepEngine}. */
  keepIds(range: IdRange, cell: number): void {
    this.#reserveResults();
    this.#heads.keepIds(range, cell);
    this.#idCells.push(cell, range.count);
  }

  /** See {@linkcode StepEngine}. */
  keepToken(entry: number): number {
    if (this.#keptCount === KEPT) {
      throw new RangeError(
        `Cannot keep a token on backend "webgpu": a step may pick ${KEPT}: read them instead`,
      );
    }
    const place = this.#keptBank * KEPT + this.#keptCount++;
    this.#parts.commands.copy(
      { buffer: this.#kept, at: 4 * place },
      { buffer: this.#heads.reductions.buffer, at: 4 * REDUCTION_WORDS * entry },
      4,
    );
    return -1 - place;
  }

  /** See {@linkcode StepEngine}. */
  stateSignals(
    signal: StateSignal,
    states: { readonly a: Int32Array; readonly b: Int32Array; readonly count: number },
    cell: number,
  ): void {
    this.#reserveResults();
    this.#heads.stateSignals(signal, states, cell);
  }

  /** See {@linkcode StepEngine}. */
  probe(
    probe: number,
    group: { readonly states: Int32Array; readonly count: number },
    cell: number,
  ): void {
    this.#reserveResults();
    this.#heads.probe(probe, group, cell);
  }

  /** See {@linkcode StepEngine}. */
  settle(): Promise<void> | undefined {
    const { cellCount, entryCount } = this.results;
    const first = this.#fetched;
    const fresh = entryCount - first;
    if (cellCount === 0 && fresh === 0) return undefined;
    this.#fetched = entryCount;
    const size = 4 * REDUCTION_WORDS;
    return this.#parts.commands.read([
      { buffer: this.#heads.cells.buffer, at: 0, bytes: 4 * cellCount },
      { buffer: this.#heads.reductions.buffer, at: size * first, bytes: size * fresh },
    ], (mapped) => {
      this.#takeCells(mapped);
      for (let i = 0; i < fresh; i++) {
        this.#takeEntry(first + i, new DataView(mapped, 4 * cellCount + size * i, size));
      }
    });
  }

  #takeCells(mapped: ArrayBuffer): void {
    const { cellCount, cells } = this.results;
    cells.set(new Float32Array(mapped, 0, cellCount));
    const ids = new Uint32Array(mapped, 0, cellCount);
    for (let i = 0; i < this.#idCells.length; i += 2) {
      const at = this.#idCells[i]!;
      cells.set(ids.subarray(at, at + this.#idCells[i + 1]!), at);
    }
    this.#idCells.length = 0;
  }

  /** The numbers of an entry from what shaders/reduce_logits.wgsl leaves, in f64. */
  #takeEntry(entry: number, words: DataView): void {
    const id = (at: number): number => {
      const word = words.getUint32(at, true);
      return word === NONE ? -1 : word;
    };
    const float = (at: number): number => words.getFloat32(at, true);
    const [token, second, largest, sum, weighted] = [id(0), id(4), float(8), float(16), float(20)];
    const gap = second < 0 ? Infinity : largest - float(12);
    const { entries } = this.results;
    const at = entry * ENTRY_SIZE;
    entries[at + PLACE.token] = token;
    entries[at + PLACE.second] = second;
    entries[at + PLACE.top1] = 1 / sum;
    entries[at + PLACE.margin] = second < 0 ? 1 : (1 - Math.exp(-gap)) / sum;
    entries[at + PLACE.logitMargin] = gap;
    entries[at + PLACE.entropy] = Math.max(0, Math.log(sum) - weighted / sum);
    entries[at + PLACE.logSum] = largest + Math.log(sum);
  }

  /** See {@linkcode StepEngine}. */
  memory(): SessionMemory {
    const { weights, parts, kv, scratch } = this.#parts.memory.bytes;
    return { weightBytes: weights, partBytes: parts, kvBytes: kv, scratchBytes: scratch };
  }

  /** See {@linkcode StepEngine}. */
  close(): void {
    this.#parts.commands.close();
    this.#parts.memory.close();
  }
}
