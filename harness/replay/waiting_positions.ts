/**
 * Positions that left early under `recompute`, until a later one takes them to the
 * top: for policies whose state learns what full depth predicts there.
 *
 * They arrive when a row runs at full depth, and when more than
 * {@linkcode MAX_PENDING} wait, in the order of their positions.
 *
 * @module
 */
import { MAX_PENDING } from "../decode/kv_fill/recompute.ts";
import type { PolicyMemory } from "../decode/policy_memory.ts";

/** A position that was read out. */
export interface ReadOutPosition {
  /** Its index in the sequence. */
  readonly position: number;
  /** Full depth's greedy token there. */
  readonly finalToken: number;
  /** Whether it left below the top. */
  readonly leftEarly: boolean;
}

/** The waiting positions of one sequence. */
export class WaitingPositions {
  readonly #memory: PolicyMemory;
  #waiting: ReadOutPosition[] = [];

  /** None waits; `memory` is told of arrivals. */
  constructor(memory: PolicyMemory) {
    this.#memory = memory;
  }

  /** A position was read out: it waits, or takes those that do to the top. */
  readOut(position: ReadOutPosition): void {
    if (position.leftEarly) this.#waiting.push(position);
    if (position.leftEarly && this.#waiting.length <= MAX_PENDING) return;
    for (const { position, finalToken } of this.#waiting) {
      this.#memory.recomputed(position, finalToken);
    }
    this.#waiting = [];
  }
}
