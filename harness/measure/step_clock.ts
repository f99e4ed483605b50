/**
 * Readings of the clock within a timed section, one per step or per group of
 * steps where the clock cannot resolve one. Allocates before, never while timing.
 *
 * @module
 */
import { type ClockInfo, type Now, timingGroupSize } from "./clock.ts";

/** Largest group of steps: groups must leave something to take percentiles of. */
const MOST_STEPS = 64;

/** What is timed. */
export interface SteppedSection {
  /** Steps of the section. */
  readonly steps: number;
  /** Steps per reading, at least 1. */
  readonly group: number;
  /** The clock. */
  readonly now: Now;
}

/** Times a section as a whole and its steps. */
export class StepClock {
  readonly #now: Now;
  readonly #group: number;
  readonly #steps: number;
  readonly #marks: Float64Array;
  #count = 0;

  /** Ready to start. */
  constructor({ steps, group, now }: SteppedSection) {
    this.#now = now;
    this.#group = group;
    this.#steps = steps;
    this.#marks = new Float64Array(Math.ceil(steps / group) + 1);
  }

  /** Starts the section. */
  start(): void {
    this.#count = 0;
    this.#marks[this.#count++] = this.#now();
  }

  /** Told after each step, 0-based; reads the clock at the end of a group. */
  readonly lap = (step: number): void => {
    if ((step + 1) % this.#group === 0 || step + 1 === this.#steps) {
      this.#marks[this.#count++] = this.#now();
    }
  };

  /** Time of the section up to its last reading, ms. */
  get totalMs(): number {
    return this.#count < 2 ? 0 : this.#marks[this.#count - 1]! - this.#marks[0]!;
  }

  /** Time of each group of steps, ms, to a millionth. */
  readings(): readonly number[] {
    return Array.from(
      { length: Math.max(0, this.#count - 1) },
      (_, i) => Math.round((this.#marks[i + 1]! - this.#marks[i]!) * 1e6) / 1e6,
    );
  }
}

/**
 * Steps per reading for steps of about `stepMs`. Powers of two, of the clock's
 * resolution too, so that small differences between prompts and between looks
 * at the clock do not change it.
 */
export function stepGroup(stepMs: number, { stepMs: finest, costMs }: ClockInfo): number {
  const resolution = 2 ** Math.round(Math.log2(Math.max(finest, costMs)));
  const least = timingGroupSize(stepMs, { stepMs: resolution, costMs: 0 });
  return least <= MOST_STEPS ? 2 ** Math.ceil(Math.log2(least)) : MOST_STEPS;
}
