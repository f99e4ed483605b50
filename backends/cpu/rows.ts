/**
 * Rows of the open step: where they belong, how high they stand, their states.
 *
 * @module
 */

/** Growing columns of row data; states are [rows, dModel]. */
export class Rows {
  /** Rows in use. */
  count = 0;
  /** Residual states [capacity, dModel]. */
  hidden: Float32Array;
  /** Identity of each row's state; equal ids are equal states. */
  stateIds: Float64Array;
  /** Slot of each row. */
  slots: Int32Array;
  /** Position of each row in its slot. */
  positions: Int32Array;
  /** Blocks passed. */
  heights: Int32Array;
  /** Layer index whose attention ran last, −1 when none. */
  lastLayers: Int32Array;
  /** 1 for rows that came in with a pending state. */
  resumed: Uint8Array;
  readonly #dModel: number;
  #nextState = 1;

  /** Columns for `capacity` rows, grown when more are added. */
  constructor(dModel: number, capacity: number) {
    this.#dModel = dModel;
    this.hidden = new Float32Array(capacity * dModel);
    this.stateIds = new Float64Array(capacity);
    this.slots = new Int32Array(capacity);
    this.positions = new Int32Array(capacity);
    this.heights = new Int32Array(capacity);
    this.lastLayers = new Int32Array(capacity);
    this.resumed = new Uint8Array(capacity);
  }

  /** Bytes held. */
  get byteLength(): number {
    return this.hidden.byteLength + this.stateIds.byteLength + 16 * this.slots.length;
  }

  /** Forgets all rows. */
  reset(): void {
    this.count = 0;
    this.#nextState = 1;
  }

  /** A state id that no other state of this step has. */
  freshState(): number {
    return this.#nextState++;
  }

  /** Adds a row at height 0 and returns its index. */
  add(slot: number, position: number): number {
    const row = this.count++;
    if (row === this.slots.length) this.#grow();
    this.slots[row] = slot;
    this.positions[row] = position;
    this.heights[row] = 0;
    this.lastLayers[row] = -1;
    this.resumed[row] = 0;
    this.stateIds[row] = this.freshState();
    return row;
  }

  /** The state of a row, a view. */
  state(row: number): Float32Array {
    return this.hidden.subarray(row * this.#dModel, (row + 1) * this.#dModel);
  }

  #grow(): void {
    const grow = <T extends { set(from: T): void }>(to: T, from: T): T => (to.set(from), to);
    const capacity = Math.max(4, 2 * this.slots.length);
    this.hidden = grow(new Float32Array(capacity * this.#dModel), this.hidden);
    this.stateIds = grow(new Float64Array(capacity), this.stateIds);
    this.slots = grow(new Int32Array(capacity), this.slots);
    this.positions = grow(new Int32Array(capacity), this.positions);
    this.heights = grow(new Int32Array(capacity), this.heights);
    this.lastLayers = grow(new Int32Array(capacity), this.lastLayers);
    this.resumed = grow(new Uint8Array(capacity), this.resumed);
  }
}
