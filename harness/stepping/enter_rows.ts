/**
 * Rows entering a step: new tokens at height 0, pending states where they were left.
 *
 * @module
 */
import type { Row } from "../contract/backend.ts";
import type { TokenRef } from "../contract/signal.ts";
import { grown } from "./columns.ts";
import type { StepEngine } from "./engine.ts";
import type { Rows } from "./rows.ts";
import type { Slots } from "./slots.ts";

/** What rows enter. */
export interface EntranceParts {
  /** The engine. */
  readonly engine: StepEngine;
  /** Open slots. */
  readonly slots: Slots;
  /** Longest sequence. */
  readonly context: number;
  /** Number of token ids. */
  readonly vocabSize: number;
  /** Codes of the tokens picked in this step or the last, by handle. */
  readonly picked: readonly number[];
}

/** Lets rows in, their embeddings written by one call. */
export class Entrance {
  readonly #rows: Rows;
  readonly #parts: EntranceParts;
  #states = new Int32Array(4);
  readonly #entering = { tokens: new Int32Array(4), positions: new Int32Array(4), count: 0 };
  readonly #one: readonly [Int32Array, Int32Array] = [new Int32Array(1), new Int32Array(1)];

  /** Into these rows. */
  constructor(rows: Rows, parts: EntranceParts) {
    this.#rows = rows;
    this.#parts = parts;
  }

  /** Adds rows. Throws `RangeError` when one does not continue its slot. */
  enter(entering: readonly Row[]): void {
    const rows = this.#entering;
    rows.count = 0;
    const first = this.#rows.count;
    try {
      for (const row of entering) {
        if (row.token === "pending") this.#resume(row);
        else this.#begin(row, row.token);
      }
    } catch (error) {
      this.#rows.drop(first);
      throw error;
    }
    if (rows.count > 0) this.#parts.engine.embed(this.#states, rows);
  }

  #begin({ slot, position }: Row, token: number | TokenRef): void {
    const { slots, context } = this.#parts;
    const expected = slots.get(slot).length + this.#rows.newRows[slot]!;
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
    const code = this.#codeOf(token);
    const row = this.#rows.add(slot, position);
    this.#rows.newRows[slot]!++;
    const rows = this.#entering;
    const at = rows.count++;
    if (at === this.#states.length) {
      this.#states = grown(this.#states, 2 * at);
      rows.tokens = grown(rows.tokens, 2 * at);
      rows.positions = grown(rows.positions, 2 * at);
    }
    this.#states[at] = this.#rows.states[row]!;
    rows.tokens[at] = code;
    rows.positions[at] = position;
  }

  #codeOf(token: number | TokenRef): number {
    const { vocabSize, picked } = this.#parts;
    if (typeof token !== "number") {
      const code = picked[token.ref];
      if (code !== undefined) return code;
    } else if (Number.isInteger(token) && token >= 0 && token < vocabSize) return token;
    throw new RangeError(
      `Cannot add a row: token must be >= 0 and < ${vocabSize}: current value is ${
        typeof token === "number" ? token : `a token that was not picked`
      }`,
    );
  }

  #resume({ slot: handle, position }: Row): void {
    const { slots, engine } = this.#parts;
    const pending = slots.get(handle).pending.get(position);
    if (pending === undefined) {
      throw new RangeError(
        `Cannot resume position ${position} of slot ${handle}: no state is pending there`,
      );
    }
    const rows = this.#rows;
    const row = rows.add(handle, position);
    rows.resumed[row] = 1;
    rows.heights[row] = pending.height;
    rows.lastLayers[row] = pending.lastLayer;
    const [to, from] = this.#one;
    to[0] = rows.states[row]!;
    from[0] = pending.state;
    engine.copyStates(to, from, 1);
  }
}
