/**
 * The end of a step: which rows stay in their slots, and which of them stay
 * below the top.
 *
 * @module
 */
import type { RowSet } from "../contract/signal.ts";
import type { Rows } from "./rows.ts";
import type { Slots } from "./slots.ts";

/** Commits the rows of one step after another. */
export class Committer {
  readonly #rows: Rows;
  readonly #slots: Slots;
  readonly #layerCount: number;
  #kept = new Uint8Array(4);
  /** Per slot: one past the last position kept. */
  readonly #ends: Int32Array;

  /** Of these rows into these slots. */
  constructor(
    rows: Rows,
    { slots, layerCount }: { readonly slots: Slots; readonly layerCount: number },
  ) {
    this.#rows = rows;
    this.#slots = slots;
    this.#layerCount = layerCount;
    this.#ends = new Int32Array(slots.capacity);
  }

  /** Throws `RangeError` unless the kept rows are, per slot, a prefix of those that entered. */
  #requirePrefix(keep: RowSet): void {
    const { count, slots, positions } = this.#rows;
    if (count > this.#kept.length) this.#kept = new Uint8Array(2 * count);
    this.#kept.fill(0, 0, count);
    this.#ends.fill(0);
    for (let i = 0; i < keep.length; i++) {
      const row = keep[i]!;
      const slot = slots[row]!;
      this.#kept[row] = 1;
      if (this.#ends[slot]! <= positions[row]!) this.#ends[slot] = positions[row]! + 1;
    }
    for (let row = 0; row < count; row++) {
      if (this.#kept[row] === 1 || positions[row]! >= this.#ends[slots[row]!]!) continue;
      throw new RangeError(
        `Cannot commit: expected a prefix of slot ${slots[row]}'s rows: position ${
          positions[row]
        } is left out`,
      );
    }
  }

  /**
   * Keeps rows: lengths grow, states below the top stay pending, the other rows
   * are forgotten with their entries.
   */
  commit(keep: RowSet): void {
    const { count, slots, positions, heights, states } = this.#rows;
    this.#rows.require(keep);
    this.#requirePrefix(keep);
    for (let row = 0; row < count; row++) {
      const handle = slots[row]!;
      const slot = this.#slots.get(handle);
      const position = positions[row]!;
      if (this.#kept[row] === 0) {
        this.#slots.truncate(handle, position);
        continue;
      }
      if (this.#rows.resumed[row] === 0) slot.length = Math.max(slot.length, position + 1);
      this.#slots.settle(slot, position);
      if (heights[row]! >= this.#layerCount) continue;
      slot.pending.set(position, {
        state: states[row]!,
        height: heights[row]!,
        lastLayer: this.#rows.lastLayers[row]!,
      });
      states[row] = -1; // the slot has it now
    }
  }
}
