/**
 * The end of a step: which rows stay in their slots.
 *
 * @module
 */
import type { RowSet } from "../../harness/contract/signal.ts";
import type { Rows } from "./rows.ts";
import type { Slots } from "./slots.ts";

/**
 * Keeps `kept`, per slot a prefix of the rows that entered; forgets the others
 * with their entries. Kept rows below the top leave their states pending.
 */
export function commitRows(
  rows: Rows,
  kept: RowSet,
  { slots, info }: { readonly slots: Slots; readonly info: { readonly layerCount: number } },
): void {
  const keep = new Set(Array.from(kept));
  const ends = new Map<number, number>();
  for (let row = 0; row < rows.count; row++) {
    if (!keep.has(row)) continue;
    const slot = rows.slots[row]!;
    ends.set(slot, Math.max(ends.get(slot) ?? 0, rows.positions[row]! + 1));
  }
  for (let row = 0; row < rows.count; row++) {
    const slot = rows.slots[row]!;
    if (!keep.has(row) && rows.positions[row]! < (ends.get(slot) ?? 0)) {
      throw new RangeError(
        `Cannot commit: expected a prefix of slot ${slot}'s rows: position ${
          rows.positions[row]
        } is left out`,
      );
    }
  }
  for (let row = 0; row < rows.count; row++) {
    const handle = rows.slots[row]!;
    const slot = slots.get(handle);
    const position = rows.positions[row]!;
    if (!keep.has(row)) {
      slots.truncate(handle, position);
      continue;
    }
    if (rows.resumed[row] === 0) slot.length = Math.max(slot.length, position + 1);
    slots.settle(slot, position);
    const height = rows.heights[row]!;
    if (height >= info.layerCount) continue;
    slot.pending.set(position, {
      state: rows.states[row]!,
      height,
      lastLayer: rows.lastLayers[row]!,
    });
    rows.states[row] = -1; // the slot has it now
  }
}
