/**
 * Sequences of a session: committed lengths and pending states. Their entries
 * lie in the engine.
 *
 * @module
 */
import type { StepEngine } from "./engine.ts";
import type { StatePool } from "./state_pool.ts";

/** A position left below the top. */
export interface PendingState {
  /** Index of its state in the engine. */
  readonly state: number;
  /** Blocks passed. */
  readonly height: number;
  /** Layer index whose attention ran last, −1 when none. */
  readonly lastLayer: number;
}

/** What is known of one sequence outside the engine. */
export interface Slot {
  /** Committed tokens. */
  length: number;
  /** Pending states by position. */
  readonly pending: Map<number, PendingState>;
}

/** What slots work on. */
export interface SlotParts {
  /** The engine. */
  readonly engine: StepEngine;
  /** Where states come from. */
  readonly pool: StatePool;
}

/** The open slots by handle. */
export class Slots {
  readonly #slots: (Slot | undefined)[];
  readonly #parts: SlotParts;

  /** Up to `count` slots. */
  constructor(count: number, parts: SlotParts) {
    this.#slots = new Array(count).fill(undefined);
    this.#parts = parts;
  }

  /** How many may be open. */
  get capacity(): number {
    return this.#slots.length;
  }

  /** The slot of a handle. */
  get(handle: number): Slot {
    const slot = this.#slots[handle];
    if (slot === undefined) throw new RangeError(`Cannot use slot ${handle}: it is not open`);
    return slot;
  }

  /** Opens an empty slot. */
  open(): number {
    const handle = this.#slots.indexOf(undefined);
    if (handle < 0) {
      throw new RangeError(`Cannot open a slot: all ${this.#slots.length} are in use`);
    }
    this.#parts.engine.openSlot(handle);
    this.#slots[handle] = { length: 0, pending: new Map() };
    return handle;
  }

  /** Opens a copy of a slot. */
  fork(handle: number): number {
    const { engine, pool } = this.#parts;
    const from = this.get(handle);
    const copy = this.open();
    engine.copySlot(copy, handle, from.length);
    const slot = this.get(copy);
    slot.length = from.length;
    const to = new Int32Array(from.pending.size);
    const states = new Int32Array(from.pending.size);
    for (const [position, pending] of from.pending) {
      const state = pool.take();
      to[slot.pending.size] = state;
      states[slot.pending.size] = pending.state;
      slot.pending.set(position, { ...pending, state });
    }
    engine.copyStates(to, states, states.length);
    return copy;
  }

  /** Drops everything of a slot at positions ≥ length. */
  truncate(handle: number, length: number): void {
    const slot = this.get(handle);
    slot.length = Math.min(slot.length, length);
    this.#parts.engine.truncateSlot(handle, length);
    if (slot.pending.size === 0) return;
    for (const position of slot.pending.keys()) {
      if (position >= length) this.settle(slot, position);
    }
  }

  /** Drops the pending state of a position, if there is one. */
  settle(slot: Slot, position: number): void {
    const pending = slot.pending.get(position);
    if (pending === undefined) return;
    this.#parts.pool.give(pending.state);
    slot.pending.delete(position);
  }

  /** Closes a slot. */
  release(handle: number): void {
    this.truncate(handle, 0);
    this.#parts.engine.closeSlot(handle);
    this.#slots[handle] = undefined;
  }
}
