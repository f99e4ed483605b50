/**
 * Snapshots of residual states, pooled between steps.
 *
 * @module
 */
import type { HiddenMark, RowSet } from "../contract/signal.ts";
import type { StateViews } from "./columns.ts";
import type { StepEngine } from "./engine.ts";
import type { Rows } from "./rows.ts";
import type { StatePool } from "./state_pool.ts";

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
  readonly engine: Pick<StepEngine, "copyStates">;
  /** Where places for them come from. */
  readonly pool: StatePool;
}

/** The marks of a session's open step. */
export class Marks {
  readonly #rows: Rows;
  readonly #parts: MarkParts;
  readonly #snapshots: Snapshot[] = [];
  #used = 0;
  #current = new Int32Array(4);

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

  /** Where the states of a snapshot's rows lie now. */
  #currentStates({ rows, count }: Snapshot): Int32Array {
    if (count > this.#current.length) this.#current = new Int32Array(2 * count);
    for (let i = 0; i < count; i++) this.#current[i] = this.#rows.states[rows[i]!]!;
    return this.#current;
  }

  /** Snapshots rows. */
  take(rows: RowSet): HiddenMark {
    this.#rows.require(rows);
    let snapshot = this.#snapshots[this.#used];
    if (snapshot === undefined || snapshot.rows.length < rows.length) {
      snapshot = emptySnapshot(rows.length);
      this.#snapshots[this.#used] = snapshot;
    }
    snapshot.count = rows.length;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      snapshot.rows[i] = row;
      snapshot.states[i] = this.#parts.pool.take();
      snapshot.stateIds[i] = this.#rows.stateIds[row]!;
      snapshot.heights[i] = this.#rows.heights[row]!;
      snapshot.lastLayers[i] = this.#rows.lastLayers[row]!;
    }
    const from = this.#currentStates(snapshot);
    this.#parts.engine.copyStates(snapshot.states, from, snapshot.count);
    return { mark: this.#used++ };
  }

  /** Puts states and heights back. */
  restore(mark: HiddenMark): void {
    const snapshot = this.#snapshot(mark);
    const to = this.#currentStates(snapshot);
    this.#parts.engine.copyStates(to, snapshot.states, snapshot.count);
    for (let i = 0; i < snapshot.count; i++) {
      const row = snapshot.rows[i]!;
      this.#rows.stateIds[row] = snapshot.stateIds[i]!;
      this.#rows.heights[row] = snapshot.heights[i]!;
      this.#rows.lastLayers[row] = snapshot.lastLayers[i]!;
    }
  }

  /** Adds the states of rows in a mark, or their current states when there is none. */
  look(views: StateViews, rows: RowSet, mark: HiddenMark | undefined): void {
    for (let i = 0; i < rows.length; i++) this.lookAt(views, rows[i]!, mark);
  }

  /** Adds the state of one row. */
  lookAt(views: StateViews, row: number, mark: HiddenMark | undefined): void {
    if (mark === undefined) {
      if (!(row >= 0 && row < this.#rows.count)) {
        throw new RangeError(`Cannot use row ${row}: the step has ${this.#rows.count} rows`);
      }
      views.add(this.#rows.stateIds[row]!, row, this.#rows.states[row]!);
      return;
    }
    const { rows, count, stateIds, states } = this.#snapshot(mark);
    let i = 0;
    while (i < count && rows[i] !== row) i++;
    if (i === count) throw new RangeError(`Cannot use a mark: row ${row} is not in it`);
    views.add(stateIds[i]!, row, states[i]!);
  }
}
