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
  type Fault,
  type HeadBatch,
  type IdRange,
  Results,
  type RowBatch,
  type RuledRange,
  type RuleTest,
  type StepEngine,
} from "../../harness/stepping/mod.ts";
import { Blocks } from "./blocks.ts";
import { Call, type Counts, TABLE_ROWS, TABLE_WORDS } from "./commands.ts";
import { Room } from "./device_memory.ts";
import { Entries } from "./entries.ts";
import { REDUCTION_WORDS, takeCells, takeEntry } from "./fetch.ts";
import { Heads } from "./heads.ts";
import { KvCache } from "./kv_cache.ts";
import { FORMAT, type Matrix, padded } from "./matrix.ts";
import { type DeviceParts, pieceParams } from "./product.ts";
import { Rules } from "./rules.ts";
import type { Weights } from "./weights.ts";

/** Tokens that a step may keep on the device. */
const KEPT = 1024;

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
  readonly #parts: WebgpuEngineParts;
  readonly #stride: number;
  readonly #states: Room;
  readonly #entries: Entries;
  readonly #heads: Heads;
  readonly #rules: Rules;
  /** One past the last block of rules whose outcome is not known yet. */
  #ruled: number | undefined;
  #ruleHeight = -1;
  readonly #cache: KvCache;
  readonly #kept: GPUBuffer;
  readonly #embeds: readonly Call[];
  readonly #copyStates: Call;
  /** Cells that hold ids: where from, how many. */
  readonly #idCells: number[] = [];
  #keptBank = 0;
  #keptCount = 0;
  #fetched = 0;

  /** An engine on loaded weights. */
  constructor(parts: WebgpuEngineParts, options: OpenOptions) {
    this.#parts = parts;
    const { memory, kernels, checkpoint, weights } = parts;
    const { info } = checkpoint;
    const context = Math.min(options.context, info.context);
    this.#stride = padded(info.dModel);
    this.#cache = new KvCache(parts, info, { slots: options.slots, context });
    this.#states = new Room(memory, { label: "states", bytes: 4 * this.#stride });
    const shared = { ...parts, states: this.#states, context };
    const entries = {
      ...parts,
      blocks: new Blocks(shared),
      cache: this.#cache,
      layerCount: info.layerCount,
    };
    this.#entries = new Entries(entries);
    this.#heads = new Heads({ ...shared, parts: options.parts });
    const { gate } = parts.commands;
    this.#rules = new Rules({ ...entries, heads: this.#heads, gate }, this.#entries);
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

  /** See {@linkcode StepEngine}. */
  get fault(): Fault {
    return this.#entries.fault;
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

  /** See {@linkcode StepEngine}. */
  run(batch: RowBatch, part: Part, range: BlockRange): number {
    return this.#entries.run(batch, part, range);
  }

  /** See {@linkcode StepEngine}. */
  fill(batch: RowBatch, fill: EntryFill, range: BlockRange): void {
    this.#entries.fill(batch, fill, range);
  }

  /** See {@linkcode StepEngine}. */
  runRules(batch: RowBatch, rules: readonly RuleTest[], range: RuledRange): number {
    const entry = this.results.newEntry();
    this.#reserveResults();
    const head = { count: 1, states: batch.states, entries: Int32Array.of(entry) };
    // A submission in between would take the tables away, so there must be room for all.
    this.#parts.commands.makeRoom((2 * rules.length + 2) * this.#parts.commands.tableBytes(1));
    this.#ruled = range.to;
    return this.#rules.run(batch, rules, { ...range, head });
  }

  /** See {@linkcode StepEngine}. */
  get ruleHeight(): number {
    return this.#ruleHeight;
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
    const ruled = this.#ruled;
    if (cellCount === 0 && fresh === 0 && ruled === undefined) return undefined;
    this.#ruled = undefined;
    this.#fetched = entryCount;
    const size = 4 * REDUCTION_WORDS;
    return this.#parts.commands.read([
      { buffer: this.#heads.cells.buffer, at: 0, bytes: 4 * cellCount },
      { buffer: this.#heads.reductions.buffer, at: size * first, bytes: size * fresh },
      { buffer: this.#parts.commands.gate.left, at: 0, bytes: ruled === undefined ? 0 : 8 },
    ], (mapped) => {
      takeCells(this.results, mapped, this.#idCells);
      this.#idCells.length = 0;
      if (ruled !== undefined) {
        const [left, height] = new Uint32Array(mapped, 4 * cellCount + size * fresh, 2);
        this.#ruleHeight = left === 1 ? height! : ruled;
      }
      for (let i = 0; i < fresh; i++) {
        const words = new DataView(mapped, 4 * cellCount + size * i, size);
        takeEntry(this.results, first + i, words);
      }
    });
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
