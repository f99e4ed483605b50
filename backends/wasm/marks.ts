/**
 * Snapshots of residual states, pooled between steps.
 *
 * @module
 */
import type { HiddenMark, RowSet } from "../../harness/contract/signal.ts";
import type { Engine } from "./kernel_module.ts";
import type { Rows } from "./rows.ts";
import type { StatePool } from "./state_pool.ts";

/** A residual state to be read. */
export interface StateView {
  /** Identity of the state within the step; equal ids are equal states. */
  readonly id: number;
  /** Row that it belongs to. */
  readonly row: number;
  /** Index of the state in the engine. */
  readonly state: number;
}

interface Snapshot {
  count: number;
  rows: Int32Array;
  states: Int32Array;
  stateIds: Float64Array;
  heights: Int32Array;
  lastLayers: Int32Array;
}

function emptySnapshot(rows: number): Snapshot {
  return {
    count: 0,
    rows: new Int32Array(rows),
    states: new Int32Array(rows),
    stateIds: new Float64Array(rows),
    heights: new Int32Array(rows),
    lastLayers: new Int32Array(rows),
  };
}

/** What marks are made of. */
export interface MarkParts {
  /** Where states are copied. */
  readonly engine: Engine;
  /** Where places for them come from. */
  readonly pool: StatePool;
}

/** The marks of a session's open step. */
export class Marks {
  readonly #rows: Rows;
  readonly #parts: MarkParts;
  readonly #snapshots: Snapshot[] = [];
  #used = 0;

  /** Marks of these rows. */
  constructor(rows: Rows, parts: MarkParts) {
    this.#rows = rows;
    this.#parts = parts;
  }

  /** Makes all marks invalid. */
  reset(): void {
    for (let mark = 0; mark < this.#used; mark++) {
      const { count, states } = this.#snapshots[mark]!;
      for (let i = 0; i < count; i++) this.#parts.pool.give(states[i]!);
    }
    this.#used = 0;
  }

  #snapshot(mark: HiddenMark): Snapshot {
    if (!(mark.mark >= 0 && mark.mark < this.#used)) {
      throw new RangeError("Cannot use a mark: expected one of the open step");
    }
    return this.#snapshots[mark.mark]!;
  }

  /** Snapshots rows. */
  take(rows: RowSet): HiddenMark {
    let snapshot = this.#snapshots[this.#used];
    if (snapshot === undefined || snapshot.rows.length < rows.length) {
      snapshot = emptySnapshot(rows.length);
      this.#snapshots[this.#used] = snapshot;
    }
    snapshot.count = rows.length;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const state = this.#parts.pool.take();
      this.#parts.engine.copy_state(state, this.#rows.states[row]!);
      snapshot.rows[i] = row;
      snapshot.states[i] = state;
      snapshot.stateIds[i] = this.#rows.stateIds[row]!;
      snapshot.heights[i] = this.#rows.heights[row]!;
      snapshot.lastLayers[i] = this.#rows.lastLayers[row]!;
    }
    return { mark: this.#used++ };
  }

  /** Puts states and heights back. */
  restore(mark: HiddenMark): void {
    const snapshot = this.#snapshot(mark);
    for (let i = 0; i < snapshot.count; i++) {
      const row = snapshot.rows[i]!;
      this.#parts.engine.copy_state(this.#rows.states[row]!, snapshot.states[i]!);
      this.#rows.stateIds[row] = snapshot.stateIds[i]!;
      this.#rows.heights[row] = snapshot.heights[i]!;
      this.#rows.lastLayers[row] = snapshot.lastLayers[i]!;
    }
  }

  /** The state of a row in a mark, or its current state when there is none. */
  view(row: number, mark: HiddenMark | undefined): StateView {
    if (mark === undefined) {
      if (!(row >= 0 && row < this.#rows.count)) {
        throw new RangeError(`Cannot use row ${row}: the step has ${this.#rows.count} rows`);
      }
      return { id: this.#rows.stateIds[row]!, row, state: this.#rows.states[row]! };
    }
    const snapshot = this.#snapshot(mark);
    const i = snapshot.rows.subarray(0, snapshot.count).indexOf(row);
    if (i < 0) throw new RangeError(`Cannot use a mark: row ${row} is not in it`);
    return { id: snapshot.stateIds[i]!, row, state: snapshot.states[i]! };
  }
}
