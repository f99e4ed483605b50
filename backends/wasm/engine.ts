/**
 * Kernels and memory of the wasm backend, as the books of a session see them:
 * indices and tables go into linear memory, numbers come out at once.
 *
 * @module
 */
import type { EntryFill, Part, SessionMemory } from "../../harness/contract/backend.ts";
import type { ModelInfo } from "../../harness/contract/model.ts";
import type { Probe } from "../../harness/contract/parts.ts";
import type { StateSignal } from "../../harness/contract/signal.ts";
import {
  ASIDE_ROW,
  type BlockRange,
  type Comparison,
  type EmbeddedRows,
  ENTRY_SIZE,
  type Fault,
  type HeadBatch,
  type IdRange,
  PLACE,
  Results,
  type RowBatch,
  type StepEngine,
  SUBSET_ROW,
} from "../../harness/stepping/mod.ts";
import type { Engine } from "./kernel_module.ts";
import type { MemoryView } from "./memory_view.ts";

/** Codes of wasm/src/export_step.rs. */
const PART: Readonly<Record<Part, number>> = { block: 0, attention: 1, mlp: 2 };
/** Codes of fills, likewise; the last two are the marks of cache.rs. */
const FILL: Readonly<Record<EntryFill, number>> = { project: 0, copy: 1, hole: 2, none: 3 };
/** Codes of state signals. */
const STATE_SIGNAL: Readonly<Record<StateSignal, number>> = {
  cosine: 0,
  relativeNorm: 1,
  featureEntropy: 2,
};
/** Codes of comparisons. */
const COMPARE: Readonly<Record<Comparison, number>> = { kl: 0, cosine: 1, centredCosine: 2 };
/** i32 per row of the engine's table. */
const TABLE = 4;

/** What an engine is made of. */
export interface WasmEngineParts {
  /** Kernels, weights and caches. */
  readonly engine: Engine;
  /** Their memory. */
  readonly view: MemoryView;
  /** Shapes. */
  readonly info: ModelInfo;
  /** Probes of the opened parts. */
  readonly probes: readonly Probe[];
  /** Frees the engine and leaves the workers. */
  readonly end: () => void;
}

/** The engine of one wasm session. */
export class WasmEngine implements StepEngine {
  /** See {@linkcode StepEngine}. */
  readonly name = "wasm";
  /** See {@linkcode StepEngine}. */
  readonly results: Results = new Results();
  readonly #parts: WasmEngineParts;
  readonly #engine: Engine;
  readonly #view: MemoryView;
  #hasSubsets = false;

  /** Over an engine with its weights loaded. */
  constructor(parts: WasmEngineParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
    this.#view = parts.view;
  }

  /** See {@linkcode StepEngine}. */
  get fault(): Fault {
    const isNone = this.#engine.fault_entry() === FILL.none;
    return { position: this.#engine.fault_position(), entry: isNone ? "none" : "owed" };
  }

  /** See {@linkcode StepEngine}. */
  beginStep(): void {
    if (this.#hasSubsets) this.#engine.clear_subsets();
    this.#hasSubsets = false;
  }

  /** See {@linkcode StepEngine}. */
  reserveStates(count: number): void {
    this.#engine.reserve_states(count);
  }

  /** See {@linkcode StepEngine}. */
  copyStates(to: Int32Array, from: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#engine.copy_state(to[i]!, from[i]!);
  }

  /** See {@linkcode StepEngine}. */
  embed(states: Int32Array, { tokens, positions, count }: EmbeddedRows): void {
    for (let i = 0; i < count; i++) this.#engine.embed(states[i]!, tokens[i]!, positions[i]!);
  }

  /** See {@linkcode StepEngine}. */
  openSlot(slot: number): void {
    this.#engine.open_slot(slot);
  }

  /** See {@linkcode StepEngine}. */
  copySlot(to: number, from: number): void {
    this.#engine.copy_slot(to, from);
  }

  /** See {@linkcode StepEngine}. */
  truncateSlot(slot: number, length: number): void {
    this.#engine.truncate_slot(slot, length);
  }

  /** See {@linkcode StepEngine}. */
  closeSlot(slot: number): void {
    this.#engine.close_slot(slot);
  }

  /** Describes rows to the kernels. */
  #tabulate({ count, states, slots, positions, lastLayers }: RowBatch): void {
    let at = this.#engine.table(count) / 4;
    const { i32 } = this.#view;
    for (let i = 0; i < count; i++, at += TABLE) {
      i32[at] = states[i]!;
      i32[at + 1] = slots[i]!;
      i32[at + 2] = positions[i]!;
      i32[at + 3] = lastLayers[i]!;
    }
  }

  #tabulateStates(states: Int32Array, count: number): void {
    const at = this.#engine.table(count) / 4;
    const { i32 } = this.#view;
    for (let i = 0; i < count; i++) i32[at + i] = states[i]!;
  }

  /** See {@linkcode StepEngine}. */
  run(batch: RowBatch, part: Part, { from, to, pass }: BlockRange): number {
    this.#tabulate(batch);
    return this.#engine.run(from, to, PART[part], pass, batch.count);
  }

  /** See {@linkcode StepEngine}. */
  fill(batch: RowBatch, fill: EntryFill, { from, to, pass }: BlockRange): void {
    this.#tabulate(batch);
    this.#engine.fill(from, to, FILL[fill], pass, batch.count);
  }

  /** Takes over the reductions of row `row`. */
  #take(entry: number, row: number): void {
    const from = this.#engine.stats() / 8 + ENTRY_SIZE * row;
    const { f64 } = this.#view;
    const { entries } = this.results;
    for (let i = 0; i < ENTRY_SIZE; i++) entries[entry * ENTRY_SIZE + i] = f64[from + i]!;
  }

  /** See {@linkcode StepEngine}. */
  logits(head: number, { count, states, entries }: HeadBatch): void {
    this.#tabulateStates(states, count);
    this.#engine.logits(head, count);
    for (let i = 0; i < count; i++) this.#take(entries[i]!, i);
  }

  /** See {@linkcode StepEngine}. */
  subsetLogits(
    head: number,
    state: number,
    { first, count, entry }: IdRange & { readonly entry: number },
  ): void {
    this.#engine.subset_logits(head, state, first, count);
    this.#take(entry, 0);
    const { entries } = this.results;
    for (const place of [PLACE.token, PLACE.second]) {
      const index = entries[entry * ENTRY_SIZE + place]!;
      if (index < 0) continue;
      entries[entry * ENTRY_SIZE + place] = this.#engine.subset_id(first + index);
    }
  }

  /** See {@linkcode StepEngine}. */
  setAside(row: number): void {
    this.#engine.hold(row);
  }

  /** See {@linkcode StepEngine}. */
  compare(
    comparison: Comparison,
    { first, second }: { readonly first: number; readonly second: number },
    cell: number,
  ): void {
    if (first !== ASIDE_ROW) this.#engine.hold(first);
    this.results.cells[cell] = this.#engine.compare(COMPARE[comparison], second);
  }

  /** See {@linkcode StepEngine}. */
  select(row: number, { count }: IdRange, within: IdRange | undefined): void {
    this.#hasSubsets = true;
    this.#engine.select(count, row, within?.first ?? 0);
  }

  /** See {@linkcode StepEngine}. */
  keepLogits(row: number, width: number, cell: number): void {
    const engine = this.#engine;
    const at = row === SUBSET_ROW
      ? engine.subset_row()
      : engine.logit_rows() + 4 * engine.logit_stride() * row;
    this.results.cells.set(this.#view.floats(at, width), cell);
  }

  /** See {@linkcode StepEngine}. */
  keepIds({ first, count }: IdRange, cell: number): void {
    for (let i = 0; i < count; i++) {
      this.results.cells[cell + i] = this.#engine.subset_id(first + i);
    }
  }

  /** See {@linkcode StepEngine}. */
  keepToken(entry: number): number {
    return this.results.reduction(entry, PLACE.token);
  }

  /** See {@linkcode StepEngine}. */
  stateSignals(
    signal: StateSignal,
    { a, b, count }: {
      readonly a: Int32Array;
      readonly b: Int32Array;
      readonly count: number;
    },
    cell: number,
  ): void {
    const code = STATE_SIGNAL[signal];
    for (let i = 0; i < count; i++) {
      this.results.cells[cell + i] = this.#engine.state_signal(code, a[i]!, b[i]!);
    }
  }

  /** See {@linkcode StepEngine}. */
  probe(
    probe: number,
    { states, count }: { readonly states: Int32Array; readonly count: number },
    cell: number,
  ): void {
    this.#tabulateStates(states, count);
    const at = this.#engine.probe(probe, count);
    const { outputs } = this.#parts.probes[probe]!;
    this.results.cells.set(this.#view.floats(at, outputs), cell);
  }

  /** See {@linkcode StepEngine}. */
  settle(): undefined {}

  /** See {@linkcode StepEngine}. */
  memory(): SessionMemory {
    return {
      weightBytes: this.#engine.bytes(0),
      partBytes: this.#engine.bytes(1),
      kvBytes: this.#engine.bytes(2),
      scratchBytes: this.#engine.bytes(3),
    };
  }

  /** See {@linkcode StepEngine}. */
  close(): void {
    this.#parts.end();
  }
}
