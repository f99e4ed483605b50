/**
 * Rows of the open step: where they belong, how high they stand, where their
 * states lie.
 *
 * @module
 */
import type { StatePool } from "./state_pool.ts";

/** Growing columns of row data. */
export class Rows {
  /** Rows in use. */
  count = 0;
  /** Index of each row's state in the engine. */
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
  readonly #pool: StatePool;
  #every: Int32Array = Int32Array.from([0, 1, 2, 3]);
  #nextState = 1;

  /** Rows whose states come from `pool`. */
  constructor(pool: StatePool) {
    this.#pool = pool;
  }

  /** Forgets all rows and gives their states back. A state of −1 was given away. */
  reset(): void {
    for (let row = 0; row < this.count; row++) {
      if (this.states[row]! >= 0) this.#pool.give(this.states[row]!);
    }
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
    this.states[row] = this.#pool.take();
    this.slots[row] = slot;
    this.positions[row] = position;
    this.heights[row] = 0;
    this.lastLayers[row] = -1;
    this.resumed[row] = 0;
    this.stateIds[row] = this.freshState();
    return row;
  }

  /** All rows, a view. */
  all(): Int32Array {
    return this.#every.subarray(0, this.count);
  }

  #grow(): void {
    const grow = <T extends { set(from: T): void }>(to: T, from: T): T => (to.set(from), to);
    const capacity = 2 * this.slots.length;
    this.states = grow(new Int32Array(capacity), this.states);
    this.stateIds = grow(new Float64Array(capacity), this.stateIds);
    this.slots = grow(new Int32Array(capacity), this.slots);
    this.positions = grow(new Int32Array(capacity), this.positions);
    this.heights = grow(new Int32Array(capacity), this.heights);
    this.lastLayers = grow(new Int32Array(capacity), this.lastLayers);
    this.resumed = grow(new Uint8Array(capacity), this.resumed);
    this.#every = Int32Array.from({ length: capacity }, (_, row) => row);
  }
}
