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
import type { Counts } from "./commands.ts";
import { Comparisons } from "./comparisons.ts";
import { Entries } from "./entries.ts";
import { REDUCTION_WORDS, takeCells, takeEntry } from "./fetch.ts";
import { Heads } from "./heads.ts";
import { KvCache } from "./kv_cache.ts";
import type { Matrix } from "./matrix.ts";
import type { DeviceParts } from "./product.ts";
import { Rules } from "./rules.ts";
import { States } from "./states.ts";
import type { Weights } from "./weights.ts";

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
  readonly #states: States;
  readonly #entries: Entries;
  readonly #heads: Heads;
  readonly #comparisons: Comparisons;
  readonly #rules: Rules;
  /** One past the last block of rules whose outcome is not known yet. */
  #ruled: number | undefined;
  #ruleHeight = -1;
  readonly #cache: KvCache;
  /** Cells that hold ids: where from, how many. */
  readonly #idCells: number[] = [];
  #fetched = 0;

  /** An engine on loaded weights. */
  constructor(parts: WebgpuEngineParts, options: OpenOptions) {
    this.#parts = parts;
    const { checkpoint, weights } = parts;
    const { info } = checkpoint;
    const context = Math.min(options.context, info.context);
    this.#cache = new KvCache(parts, info, { slots: options.slots, context });
    this.#states = new States(parts, weights.embedding, weights.positions);
    const shared = { ...parts, states: this.#states.room, context };
    const entries = {
      ...parts,
      blocks: new Blocks(shared),
      cache: this.#cache,
      layerCount: info.layerCount,
    };
    this.#entries = new Entries(entries);
    this.#heads = new Heads({ ...shared, parts: options.parts });
    this.#comparisons = new Comparisons({ ...shared, heads: this.#heads, dModel: info.dModel });
    const { gate } = parts.commands;
    this.#rules = new Rules({ ...entries, heads: this.#heads, gate }, this.#entries);
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
    this.#states.beginStep();
    this.#fetched = 0;
  }

  /** See {@linkcode StepEngine}. */
  reserveStates(count: number): void {
    this.#states.reserve(count);
  }

  /** See {@linkcode StepEngine}. */
  copyStates(to: Int32Array, from: Int32Array, count: number): void {
    this.#states.copy(to, from, count);
  }

  /** See {@linkcode StepEngine}. */
  embed(states: Int32Array, rows: EmbeddedRows): void {
    this.#states.embed(states, rows);
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
    this.#comparisons.setAside(row, width);
  }

  /** See {@linkcode StepEngine}. */
  compare(
    comparison: Comparison,
    rows: { readonly first: number; readonly second: number; readonly width: number },
    cell: number,
  ): void {
    this.#reserveResults();
    this.#comparisons.compare(comparison, rows, cell);
  }

  /** See {@linkcode StepEngine}. */
  select(row: number, range: IdRange, within: IdRange | undefined): void {
    this.#heads.select(row, range, within);
  }

  /** See {@linkcode StepEngine}. */
  keepLogits(row: number, width: number, cell: number): void {
    this.#reserveResults();
    this.#comparisons.keepLogits(row, width, cell);
  }

  /** See {@linkcode StepEngine}. */
  keepIds(range: IdRange, cell: number): void {
    this.#reserveResults();
    this.#heads.keepIds(range, cell);
    this.#idCells.push(cell, range.count);
  }

  /** See {@linkcode StepEngine}. */
  keepToken(entry: number): number {
    return this.#states.keep(this.#heads.reductions.buffer, 4 * REDUCTION_WORDS * entry);
  }

  /** See {@linkcode StepEngine}. */
  stateSignals(
    signal: StateSignal,
    states: { readonly a: Int32Array; readonly b: Int32Array; readonly count: number },
    cell: number,
  ): void {
    this.#reserveResults();
    this.#comparisons.stateSignals(signal, states, cell);
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
