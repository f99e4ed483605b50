/**
 * Places for residual states in an engine: of rows, marks and pending positions.
 *
 * @module
 */
import type { StepEngine } from "./engine.ts";

/** Places at first. */
const FIRST = 16;

/** Hands out indices of states and takes them back. */
export class StatePool {
  readonly #engine: Pick<StepEngine, "reserveStates">;
  #free: Int32Array = new Int32Array(0);
  #freeCount = 0;
  #capacity = 0;

  /** States of one engine. */
  constructor(engine: Pick<StepEngine, "reserveStates">) {
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
    this.#capacity = Math.max(FIRST, 2 * before);
    this.#engine.reserveStates(this.#capacity);
    this.#free = new Int32Array(this.#capacity);
    for (let state = this.#capacity - 1; state >= before; state--) this.give(state);
  }
}
