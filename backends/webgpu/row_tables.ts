/**
 * Rows of a batch as tables on the device, chunk by chunk.
 *
 * @module
 */
import type { RowBatch } from "../../harness/stepping/mod.ts";
import { type Commands, TABLE_ROWS, TABLE_WORDS } from "./commands.ts";

/** Tables of one batch; valid until the next submission. */
export class RowTables {
  /** Chunks of the batch. */
  count = 0;
  /** Rows of each. */
  readonly rows: number[] = [];
  /** Byte offset of each. */
  readonly offsets: number[] = [];
  readonly #commands: Commands;

  /** In the arena of these commands. */
  constructor(commands: Commands) {
    this.#commands = commands;
  }

  /** Writes the rows of a batch. */
  write({ count, states, slots, positions, lastLayers }: RowBatch, capacity: number): this {
    const commands = this.#commands;
    const chunks = Math.ceil(count / TABLE_ROWS);
    commands.makeRoom(chunks * commands.tableBytes(Math.min(count, TABLE_ROWS)));
    this.count = 0;
    for (let from = 0; from < count; from += TABLE_ROWS) {
      const rows = Math.min(TABLE_ROWS, count - from);
      const offset = commands.table(rows);
      const { words } = commands;
      let at = offset / 4;
      words[at] = rows;
      words[at + 1] = capacity;
      for (let i = from; i < from + rows; i++) {
        at += TABLE_WORDS;
        words[at] = states[i]!;
        words[at + 1] = slots[i]!;
        words[at + 2] = positions[i]!;
        words[at + 3] = lastLayers[i]!;
      }
      this.rows[this.count] = rows;
      this.offsets[this.count++] = offset;
    }
    return this;
  }
}
