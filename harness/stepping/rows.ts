/**
 * Rows of the open step: where they belong, how high they stand, where their
 * states lie.
 *
 * @module
 */
import type { RowSet } from "../contract/signal.ts";
import { grown } from "./columns.ts";
import type { StatePool } from "./state_pool.ts";

/** Growing columns of row data. */
export class Rows {
  /** Rows in use. */
  count = 0;
  /** Index of each row's state in the engine; −1 once a slot has it. */
  states: Int32Array = new Int32Array(4);
  /** Identity of each row's state within the step; equal ids are equal states. */
  stateIds: Float64Array = new Float64Array(4);
  /** Slot of each row. */
  slots: Int32Array = new Int32Array(4);
  /** Position of each row in its slot. */
  positions: Int32Array = new Int32Array(4);
  /** Blocks passed. */
  heights: Int32Array = new Int32Array(4);
  /** Layer index whose attention ran last, −1 when none. */
  lastLayers: Int32Array = new Int32Array(4);
  /** 1 for rows that came in with a pending state. */
  resumed: Uint8Array = new Uint8Array(4);
  /** Per slot: rows of the step that came in with a token. */
  readonly newRows: Int32Array;
  readonly #pool: StatePool;
  #every: Int32Array = Int32Array.from([0, 1, 2, 3]);
  #all: Int32Array;
  #nextState = 1;

  /** Rows of `slots` slots whose states come from `pool`. */
  constructor(pool: StatePool, slots: number) {
    this.#pool = pool;
    this.newRows = new Int32Array(slots);
    this.#all = this.#every.subarray(0, 0);
  }

  /** Forgets all rows and gives their states back. */
  reset(): void {
    for (let row = 0; row < this.count; row++) {
      if (this.states[row]! >= 0) this.#pool.give(this.states[row]!);
    }
    this.count = 0;
    this.#nextState = 1;
    this.newRows.fill(0);
  }

  /** A state id that no other state of this step has. */
  freshState(): number {
    return this.#nextState++;
  }

  /** Adds a row at height 0 and returns its index. */
  add(slot: number, position: number): number {
    const row = this.count++;
    if (row === this.slots.length) this.#grow();
    this.states[row] = this.#pool.take();
    this.slots[row] = slot;
    this.positions[row] = position;
    this.heights[row] = 0;
    this.lastLayers[row] = -1;
    this.resumed[row] = 0;
    this.stateIds[row] = this.freshState();
    return row;
  }

  /** Forgets the rows from `first` on, which have only just been added. */
  drop(first: number): void {
    for (let row = first; row < this.count; row++) {
      this.#pool.give(this.states[row]!);
      if (this.resumed[row] === 0) this.newRows[this.slots[row]!]!--;
    }
    this.count = first;
  }

  /** All rows, a view of the row numbers. */
  all(): Int32Array {
    if (this.#all.length !== this.count) this.#all = this.#every.subarray(0, this.count);
    return this.#all;
  }

  /** Throws unless these are rows of the step. */
  require(rows: RowSet): void {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (!(row >= 0 && row < this.count)) {
        throw new RangeError(`Cannot use row ${row}: the step has ${this.count} rows`);
      }
    }
  }

  /** Notes that rows stand at least at a height. */
  raise(rows: RowSet, height: number): void {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (this.heights[row]! < height) this.heights[row] = height;
    }
  }

  #grow(): void {
    const capacity = 2 * this.slots.length;
    this.states = grown(this.states, capacity);
    this.stateIds = grown(this.stateIds, capacity);
    this.slots = grown(this.slots, capacity);
    this.positions = grown(this.positions, capacity);
    this.heights = grown(this.heights, capacity);
    this.lastLayers = grown(this.lastLayers, capacity);
    this.resumed = grown(this.resumed, capacity);
    this.#every = Int32Array.from({ length: capacity }, (_, row) => row);
  }
}
