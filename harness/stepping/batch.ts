/**
 * Rows as an engine is given them.
 *
 * @module
 */
import type { RowSet } from "../contract/signal.ts";
import type { RowBatch } from "./engine.ts";
import type { Rows } from "./rows.ts";

/** Columns gathered from the rows of a step; reused from call to call. */
export class Batch implements RowBatch {
  /** Rows in use. */
  count = 0;
  /** See {@linkcode RowBatch}. */
  states: Int32Array = new Int32Array(4);
  /** See {@linkcode RowBatch}. */
  slots: Int32Array = new Int32Array(4);
  /** See {@linkcode RowBatch}. */
  positions: Int32Array = new Int32Array(4);
  /** See {@linkcode RowBatch}. */
  lastLayers: Int32Array = new Int32Array(4);

  /** Takes the data of some rows. Throws where one is none of the step. */
  gather(columns: Rows, rows: RowSet): this {
    columns.require(rows);
    if (rows.length > this.states.length) this.#reserve(rows.length);
    this.count = rows.length;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      this.states[i] = columns.states[row]!;
      this.slots[i] = columns.slots[row]!;
      this.positions[i] = columns.positions[row]!;
      this.lastLayers[i] = columns.lastLayers[row]!;
    }
    return this;
  }

  #reserve(rows: number): void {
    const capacity = Math.max(rows, 2 * this.states.length);
    this.states = new Int32Array(capacity);
    this.slots = new Int32Array(capacity);
    this.positions = new Int32Array(capacity);
    this.lastLayers = new Int32Array(capacity);
  }
}
