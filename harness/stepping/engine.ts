/**
 * What a backend writes to become a session: kernels and memory.
 *
 * The folder keeps the books (rows, marks, slots, which readouts are known) and
 * asks the engine for work in indices: states, slots, rows of logits, cells of
 * results. An engine may put work off until {@linkcode StepEngine.settle}; what
 * is asked for later sees what was asked for before.
 *
 * @module
 */
import type { EntryFill, Part, SessionMemory, Span } from "../contract/backend.ts";
import type { ReadoutSignal, StateSignal } from "../contract/signal.ts";
import type { Results } from "./results.ts";

/** Rows of logits held at once, and states read out by one call of a head. */
export const HELD_ROWS = 16;
/** In place of a row of logits: those over the last subset. */
export const SUBSET_ROW = -1;
/** In place of a row of logits: those set aside by {@linkcode StepEngine.setAside}. */
export const ASIDE_ROW = -2;

/** Rows on their way through blocks, column by column; valid during the call. */
export interface RowBatch {
  /** Rows in use. */
  readonly count: number;
  /** Index of each row's state. */
  readonly states: Int32Array;
  /** Slot of each row. */
  readonly slots: Int32Array;
  /** Position of each row in its slot. */
  readonly positions: Int32Array;
  /** Layer whose attention each row ran last (pass · layerCount + block), −1 when none. */
  readonly lastLayers: Int32Array;
}

/** Which blocks, and which of their caches: layer = pass · layerCount + block. */
export interface BlockRange extends Span {
  /** 0 for the first run of a block by a row, 1 for the second, … */
  readonly pass: number;
}

/** States read out together by one head; logits row i becomes that of state i. */
export interface HeadBatch {
  /** States in use, at most {@linkcode HELD_ROWS}. */
  readonly count: number;
  /** Indices of states. */
  readonly states: Int32Array;
  /** Where the reductions of each go in {@linkcode Results}. */
  readonly entries: Int32Array;
}

/** Tokens of one row of a subset: a range of the engine's list of ids. */
export interface IdRange {
  /** Place of the first id. */
  readonly first: number;
  /** Number of ids, ascending. */
  readonly count: number;
}

/** What two vectors of logits are compared by. */
export type Comparison = "kl" | "cosine" | "centredCosine";

/** An entry that a row would have read and that is not there. */
export interface Fault {
  /** Position of the entry. */
  readonly position: number;
  /** `"none"`: filled so; `"owed"`: never written. */
  readonly entry: "none" | "owed";
}

/** Rows that enter; the first `count` numbers of each list. */
export interface EmbeddedRows {
  /** An id, or a code of {@linkcode StepEngine.keepToken}. */
  readonly tokens: Int32Array;
  /** Index in the sequence, for learned positions. */
  readonly positions: Int32Array;
  /** Rows. */
  readonly count: number;
}

/** A rule on the reductions of the row's own readout. */
export interface RuleTest {
  /** Height at which it is tested. */
  readonly height: number;
  /** Head that reads the row out. */
  readonly head: number;
  /** What is compared. */
  readonly signal: ReadoutSignal;
  /** How. */
  readonly is: ">=" | ">" | "<=" | "<";
  /** With what. */
  readonly value: number;
}

/** Blocks run under rules, and what fills the entries of those that are left out. */
export interface RuledRange extends Span {
  /** Fills that need no look back. */
  readonly fill: "project" | "hole";
}

/** Kernels and memory of one opened model. Indices and sizes come checked. */
export interface StepEngine {
  /** Name of the backend, for messages. */
  readonly name: string;
  /** Where it leaves numbers; filled at once, or by {@linkcode StepEngine.settle}. */
  readonly results: Results;
  /** What the last {@linkcode StepEngine.run} stumbled over. */
  readonly fault: Fault;

  /** A new step begins: ids of subsets are forgotten. */
  beginStep(): void;
  /** Makes room for states 0 to `count` − 1; those there stay. */
  reserveStates(count: number): void;
  /** Copies `count` states: `to[i]` becomes `from[i]`; no state is in both lists. */
  copyStates(to: Int32Array, from: Int32Array, count: number): void;
  /** Writes the embeddings of `rows.count` rows to their states. */
  embed(states: Int32Array, rows: EmbeddedRows): void;

  /** Opens an empty sequence. */
  openSlot(slot: number): void;
  /** Makes the first `length` entries of an open, empty sequence those of another. */
  copySlot(to: number, from: number, length: number): void;
  /** Drops entries at positions ≥ `length`. */
  truncateSlot(slot: number, length: number): void;
  /** Frees a sequence. */
  closeSlot(slot: number): void;

  /** Runs blocks on at least one row; returns the first block that met a {@linkcode Fault}, else `to`. */
  run(batch: RowBatch, part: Part, range: BlockRange): number;
  /** Supplies entries of skipped blocks; with `copy` every row has run one. */
  fill(batch: RowBatch, fill: EntryFill, range: BlockRange): void;
  /**
   * Runs blocks on one row until a rule holds, fills the others; returns as `run`
   * does. Where the row left comes with the next {@linkcode StepEngine.settle}. Absent
   * where the device has no control flow of its own.
   */
  runRules?(batch: RowBatch, rules: readonly RuleTest[], range: RuledRange): number;
  /** Height at which the row of the last {@linkcode StepEngine.runRules} left, `to` when it did not. */
  readonly ruleHeight?: number;

  /** Logits over the vocabulary and their reductions; head 0 is the model's own. */
  logits(head: number, batch: HeadBatch): void;
  /** Logits of one state over the ids of a range, and their reductions, as {@linkcode SUBSET_ROW}. */
  subsetLogits(head: number, state: number, range: IdRange & { readonly entry: number }): void;
  /** Sets a row of `width` logits aside as {@linkcode ASIDE_ROW}. */
  setAside(row: number, width: number): void;
  /** Compares two rows of `width` logits into a cell. */
  compare(comparison: Comparison, rows: {
    readonly first: number;
    readonly second: number;
    readonly width: number;
  }, cell: number): void;
  /**
   * Adds to the list of ids the likeliest `range.count` tokens of a row of logits,
   * at `range.first`, the end of the list. A subset's row lies over the ids `within`.
   */
  select(row: number, range: IdRange, within: IdRange | undefined): void;
  /** Puts `width` logits of a row into cells. */
  keepLogits(row: number, width: number, cell: number): void;
  /** Token ids of a range, into cells. */
  keepIds(range: IdRange, cell: number): void;
  /**
   * Keeps the likeliest token of an entry of reductions where `embed` finds it,
   * until the next step ends, and returns its code: an id, or a negative number
   * where it stays on the device.
   */
  keepToken(entry: number): number;

  /** A signal of states `a[i]` and `b[i]` into cell `cell` + i. */
  stateSignals(signal: StateSignal, states: {
    readonly a: Int32Array;
    readonly b: Int32Array;
    readonly count: number;
  }, cell: number): void;
  /** A probe on the mean of `count` states, its outputs into cells from `cell` on. */
  probe(
    probe: number,
    group: { readonly states: Int32Array; readonly count: number },
    cell: number,
  ): void;

  /**
   * Waits until results are there: `undefined` where they are at once. Results up
   * to `results.cellCount` and `results.entryCount` are wanted.
   */
  settle(): Promise<void> | undefined;
  /** Bytes held now. */
  memory(): SessionMemory;
  /** Frees everything. */
  close(): void;
}
