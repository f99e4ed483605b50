/**
 * Rows entering a step: at the embedding, or where a pending state was left.
 *
 * @module
 */
import type { Row } from "../../harness/contract/backend.ts";
import type { ModelInfo } from "../../harness/contract/model.ts";
import type { RowSet, TokenRef } from "../../harness/contract/signal.ts";
import type { Rows } from "./rows.ts";
import type { Slot } from "./slot.ts";
import type { Weights } from "./weights.ts";

/** What entering rows are looked up in. */
export interface EntryParts {
  /** Shapes. */
  readonly info: ModelInfo;
  /** Weights. */
  readonly weights: Weights;
  /** Longest sequence. */
  readonly context: number;
  /** Slot of a handle; throws when it is not open. */
  slot(handle: number): Slot;
  /** Id of a token given as a number or left by `pick`; NaN when there is none. */
  tokenOf(token: number | TokenRef): number;
}

/** Adds rows and returns their indices. Throws `RangeError` when one does not continue its slot. */
export function enterRows(rows: Rows, entering: readonly Row[], parts: EntryParts): RowSet {
  return entering.map((row) => {
    const slot = parts.slot(row.slot);
    return row.token === "pending" ? resume(rows, row, slot) : embed(rows, row, parts);
  });
}

function embed(rows: Rows, { slot, position, token }: Row, parts: EntryParts): number {
  const { info, weights, context } = parts;
  const expected = nextPosition(rows, slot, parts);
  if (expected >= context) {
    throw new RangeError(
      `Cannot add a row to slot ${slot}: its context of ${context} tokens is full`,
    );
  }
  if (position !== expected) {
    throw new RangeError(
      `Cannot add a row to slot ${slot}: expected position ${expected}: current value is ${position}`,
    );
  }
  const id = parts.tokenOf(token as number | TokenRef);
  if (!Number.isInteger(id) || id < 0 || id >= info.vocabSize) {
    throw new RangeError(
      `Cannot add a row: token must be >= 0 and < ${info.vocabSize}: current value is ${id}`,
    );
  }
  const index = rows.add(slot, position);
  const at = id * info.dModel;
  rows.state(index).set(weights.embedding.subarray(at, at + info.dModel));
  return index;
}

function nextPosition(rows: Rows, slot: number, parts: EntryParts): number {
  let next = parts.slot(slot).length;
  for (let row = 0; row < rows.count; row++) {
    if (rows.slots[row] === slot && rows.resumed[row] === 0) next++;
  }
  return next;
}

function resume(rows: Rows, { slot: handle, position }: Row, slot: Slot): number {
  const pending = slot.pending.get(position);
  if (pending === undefined) {
    throw new RangeError(
      `Cannot resume position ${position} of slot ${handle}: no state is pending there`,
    );
  }
  const row = rows.add(handle, position);
  rows.resumed[row] = 1;
  rows.heights[row] = pending.height;
  rows.lastLayers[row] = pending.lastLayer;
  rows.state(row).set(pending.state);
  return row;
}
