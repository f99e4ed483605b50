/**
 * Snapshots of residual states, pooled between steps.
 *
 * @module
 */
import type { HiddenMark, RowSet } from "../../harness/contract/signal.ts";
import type { StateView } from "./readouts.ts";
import type { Rows } from "./rows.ts";

interface Snapshot {
  count: number;
  rows: Int32Array;
  states: Float32Array;
  stateIds: Float64Array;
  heights: Int32Array;
  lastLayers: Int32Array;
}

/** The marks of a session's open step. */
export class Marks {
  readonly #rows: Rows;
  readonly #dModel: number;
  readonly #pool: Snapshot[] = [];
  #used = 0;

  /** Marks of these rows. */
  constructor(rows: Rows, dModel: number) {
    this.#rows = rows;
    this.#dModel = dModel;
  }

  /** Makes all marks invalid. */
  reset(): void {
    this.#used = 0;
  }

  #snapshot(mark: HiddenMark): Snapshot {
    if (!(mark.mark >= 0 && mark.mark < this.#used)) {
      throw new RangeError("Cannot use a mark: expected one of the open step");
    }
    return this.#pool[mark.mark]!;
  }

  /** Snapshots rows. */
  take(rows: RowSet): HiddenMark {
    const d = this.#dModel;
    let snapshot = this.#pool[this.#used];
    if (snapshot === undefined || snapshot.rows.length < rows.length) {
      snapshot = {
        count: 0,
        rows: new Int32Array(rows.length),
        states: new Float32Array(rows.length * d),
        stateIds: new Float64Array(rows.length),
        heights: new Int32Array(rows.length),
        lastLayers: new Int32Array(rows.length),
      };
      this.#pool[this.#used] = snapshot;
    }
    snapshot.count = rows.length;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      snapshot.rows[i] = row;
      snapshot.states.set(this.#rows.state(row), i * d);
      snapshot.stateIds[i] = this.#rows.stateIds[row]!;
      snapshot.heights[i] = this.#rows.heights[row]!;
      snapshot.lastLayers[i] = this.#rows.lastLayers[row]!;
    }
    return { mark: this.#used++ };
  }

  /** Puts states and heights back. */
  restore(mark: HiddenMark): void {
    const snapshot = this.#snapshot(mark);
    const d = this.#dModel;
    for (let i = 0; i < snapshot.count; i++) {
      const row = snapshot.rows[i]!;
      this.#rows.state(row).set(snapshot.states.subarray(i * d, (i + 1) * d));
      this.#rows.stateIds[row] = snapshot.stateIds[i]!;
      this.#rows.heights[row] = snapshot.heights[i]!;
      this.#rows.lastLayers[row] = snapshot.lastLayers[i]!;
    }
  }

  /** The state of a row in a mark, or its current state when there is none. */
  view(row: number, mark: HiddenMark | undefined): StateView {
    const d = this.#dModel;
    if (mark === undefined) {
      const id = this.#rows.stateIds[row]!;
      return { id, row, buffer: this.#rows.hidden, at: row * d };
    }
    const snapshot = this.#snapshot(mark);
    const i = snapshot.rows.subarray(0, snapshot.count).indexOf(row);
    if (i < 0) throw new RangeError(`Cannot use a mark: row ${row} is not in it`);
    return { id: snapshot.stateIds[i]!, row, buffer: snapshot.states, at: i * d };
  }
}
