/**
 * Numbers that an engine leaves for the books: cells, and reductions of readouts.
 *
 * @module
 */
import type { ReadoutSignal } from "../contract/signal.ts";

/** Numbers per entry of reductions. */
export const ENTRY_SIZE = 7;

/** Place of each reduction in an entry: `token` and `second` are ids, −1 for none. */
export const PLACE: Readonly<Record<ReadoutSignal | "second" | "logSum", number>> = {
  token: 0,
  second: 1,
  top1: 2,
  margin: 3,
  logitMargin: 4,
  entropy: 5,
  logSum: 6,
};

/** Growing arrays, used anew by every step (entries) and every read (cells). */
export class Results {
  /** Cells: signals, logits, ids. */
  cells: Float32Array = new Float32Array(64);
  /** Cells in use by the read at hand. */
  cellCount = 0;
  /** Reductions, {@linkcode ENTRY_SIZE} per entry. */
  entries: Float64Array = new Float64Array(64 * ENTRY_SIZE);
  /** Entries in use by the open step. */
  entryCount = 0;

  /** Counts steps and reads: while it stays, so do the cells. */
  reads = 0;

  /** Forgets all entries. */
  beginStep(): void {
    this.reads++;
    this.entryCount = 0;
    this.cellCount = 0;
  }

  /** Starts a read with `count` cells. */
  beginRead(count: number): void {
    this.reads++;
    this.cellCount = count;
    if (count > this.cells.length) {
      this.cells = new Float32Array(Math.max(count, 2 * this.cells.length));
    }
  }

  /** A new entry. */
  newEntry(): number {
    const entry = this.entryCount++;
    if (this.entryCount * ENTRY_SIZE > this.entries.length) {
      const entries = new Float64Array(2 * this.entries.length);
      entries.set(this.entries);
      this.entries = entries;
    }
    return entry;
  }

  /** One reduction of an entry. */
  reduction(entry: number, place: number): number {
    return this.entries[entry * ENTRY_SIZE + place]!;
  }
}
