/**
 * Tables on the device: of numbers, and of the rows of a batch, chunk by chunk.
 *
 * @module
 */
import type { RowBatch } from "../../harness/stepping/mod.ts";
import { type Commands, TABLE_ROWS, TABLE_WORDS } from "./commands.ts";

/** A table with these header words and columns; returns its offset. */
export function writeTable(
  commands: Commands,
  header: readonly number[],
  columns: readonly ArrayLike<number>[],
  count: number,
): number {
  const table = commands.table(count);
  const { words } = commands;
  let at = table / 4;
  for (let i = 0; i < TABLE_WORDS; i++) words[at + i] = header[i] ?? 0;
  for (let row = 0; row < count; row++) {
    at += TABLE_WORDS;
    for (let i = 0; i < TABLE_WORDS; i++) words[at + i] = columns[i]?.[row] ?? 0;
  }
  return table;
}

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
