/**
 * Ending a step: which rows stay, and which of them stay below the top.
 *
 * @module
 */
import type { ModelInfo } from "../../harness/contract/model.ts";
import type { RowSet } from "../../harness/contract/signal.ts";
import type { Rows } from "./rows.ts";
import type { Slot } from "./slot.ts";

/** What rows are committed to. */
export interface CommitParts {
  /** Shapes. */
  readonly info: ModelInfo;
  /** Slot of a handle; throws when it is not open. */
  slot(handle: number): Slot;
}

/** Throws `RangeError` unless the kept rows are, per slot, a prefix of those that entered. */
function requirePrefix(rows: Rows, kept: ReadonlySet<number>): void {
  const ends = new Map<number, number>();
  for (const row of kept) {
    const slot = rows.slots[row]!;
    ends.set(slot, Math.max(ends.get(slot) ?? 0, rows.positions[row]! + 1));
  }
  for (let row = 0; row < rows.count; row++) {
    const slot = rows.slots[row]!;
    if (kept.has(row) || rows.positions[row]! >= (ends.get(slot) ?? 0)) continue;
    throw new RangeError(
      `Cannot commit: expected a prefix of slot ${slot}'s rows: position ${
        rows.positions[row]
      } is left out`,
    );
  }
}

/** Keeps rows: lengths grow, states below the top stay pending, the other rows are forgotten. */
export function commitRows(rows: Rows, keep: RowSet, { info, slot: slotOf }: CommitParts): void {
  const kept = new Set(Array.from(keep));
  requirePrefix(rows, kept);
  for (let row = 0; row < rows.count; row++) {
    const slot = slotOf(rows.slots[row]!);
    const position = rows.positions[row]!;
    if (!kept.has(row)) {
      slot.truncate(position);
      continue;
    }
    if (rows.resumed[row] === 0) slot.length = Math.max(slot.length, position + 1);
    const height = rows.heights[row]!;
    if (height >= info.layerCount) slot.pending.delete(position);
    else {
      slot.pending.set(position, {
        state: rows.state(row).slice(),
        height,
        lastLayer: rows.lastLayers[row]!,
      });
    }
  }
}
