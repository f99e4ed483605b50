/**
 * Rows entering a step: new tokens at height 0, pending states where they were left.
 *
 * @module
 */
import type { Row } from "../../harness/contract/backend.ts";
import type { TokenRef } from "../../harness/contract/signal.ts";
import type { Engine } from "./kernel_module.ts";
import type { Rows } from "./rows.ts";
import type { Slots } from "./slots.ts";

/** What rows enter. */
export interface Entrance {
  /** The engine. */
  readonly engine: Engine;
  /** Open slots. */
  readonly slots: Slots;
  /** Longest sequence. */
  readonly context: number;
  /** Number of token ids. */
  readonly vocabSize: number;
  /** Tokens picked in this step or the last, by handle. */
  readonly picked: readonly number[];
}

function tokenOf(token: number | TokenRef, { picked, vocabSize }: Entrance): number {
  const id = typeof token === "number" ? token : picked[token.ref];
  if (id === undefined || !Number.isInteger(id) || id < 0 || id >= vocabSize) {
    throw new RangeError(
      `Cannot add a row: token must be >= 0 and < ${vocabSize}: current value is ${id}`,
    );
  }
  return id;
}

function resume(rows: Rows, { slot: handle, position }: Row, { engine, slots }: Entrance): void {
  const pending = slots.get(handle).pending.get(position);
  if (pending === undefined) {
    throw new RangeError(
      `Cannot resume position ${position} of slot ${handle}: no state is pending there`,
    );
  }
  const row = rows.add(handle, position);
  rows.resumed[row] = 1;
  rows.heights[row] = pending.height;
  rows.lastLayers[row] = pending.lastLayer;
  engine.copy_state(rows.states[row]!, pending.state);
}

function nextPosition(rows: Rows, slot: number, { slots }: Entrance): number {
  let next = slots.get(slot).length;
  for (let row = 0; row < rows.count; row++) {
    if (rows.slots[row] === slot && rows.resumed[row] === 0) next++;
  }
  return next;
}

/** Adds a row to the step. */
export function enterRow(rows: Rows, row: Row, entrance: Entrance): void {
  if (row.token === "pending") return resume(rows, row, entrance);
  const { engine, context } = entrance;
  const expected = nextPosition(rows, row.slot, entrance);
  if (row.position !== expected || expected >= context) {
    throw new RangeError(
      expected >= context
        ? `Cannot add a row to slot ${row.slot}: its context of ${context} tokens is full`
        : `Cannot add a row to slot ${row.slot}: expected position ${expected}: current value is ${row.position}`,
    );
  }
  const token = tokenOf(row.token, entrance);
  const index = rows.add(row.slot, row.position);
  engine.embed(rows.states[index]!, token);
}
