/**
 * Growing columns of numbers.
 *
 * @module
 */

/** A longer copy of a column. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(
  column: T,
  length: number,
): T {
  const longer = new (column.constructor as new (length: number) => T)(length);
  longer.set(column);
  return longer;
}

/** The states of some rows, looked up once and read many times. */
export class StateViews {
  /** States in use. */
  count = 0;
  /** Identity of each state within the step; equal ids are equal states. */
  ids: Float64Array = new Float64Array(4);
  /** Row that each belongs to. */
  rows: Int32Array = new Int32Array(4);
  /** Index of each in the engine. */
  states: Int32Array = new Int32Array(4);

  /** Adds a state. */
  add(id: number, row: number, state: number): void {
    const at = this.count++;
    if (at === this.rows.length) {
      this.ids = grown(this.ids, 2 * at);
      this.rows = grown(this.rows, 2 * at);
      this.states = grown(this.states, 2 * at);
    }
    this.ids[at] = id;
    this.rows[at] = row;
    this.states[at] = state;
  }
}
