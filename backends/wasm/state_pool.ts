/**
 * Places for residual states in linear memory: of rows, marks and pending positions.
 *
 * @module
 */
import type { Engine } from "./kernel_module.ts";

/** Hands out indices of states and takes them back. */
export class StatePool {
  readonly #engine: Engine;
  #free: Int32Array = new Int32Array(0);
  #freeCount = 0;
  #capacity = 0;

  /** States of one engine. */
  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A state's index; its contents are whatever was there. */
  take(): number {
    if (this.#freeCount === 0) this.#grow();
    return this.#free[--this.#freeCount]!;
  }

  /** Gives an index back. */
  give(state: number): void {
    this.#free[this.#freeCount++] = state;
  }

  #grow(): void {
    const before = this.#capacity;
    this.#capacity = Math.max(16, 2 * before);
    this.#engine.reserve_states(this.#capacity);
    this.#free = new Int32Array(this.#capacity);
    for (let state = this.#capacity - 1; state >= before; state--) this.give(state);
  }
}
