/**
 * What the clock can resolve.
 *
 * ρ is the smallest positive step between two readings, κ the mean cost of one
 * reading, both in ms. A timed section shorter than 100·max(ρ, κ) is dominated
 * by the clock, so steps are timed in groups at least that long.
 *
 * @module
 */

/** A monotonic clock: ms since some start. */
export type Now = () => number;

/** Resolution of a clock. */
export interface ClockInfo {
  /** ρ: smallest positive step seen, ms. */
  readonly stepMs: number;
  /** κ: mean cost of one reading, ms. */
  readonly costMs: number;
}

/** How {@linkcode measureClock} looks. */
export interface ClockProbe {
  /** The clock; `performance.now` by default. */
  readonly now?: Now;
  /** Positive steps to see before the smallest is believed. */
  readonly steps?: number;
  /** Most readings made: bounds the probe on a coarse clock. */
  readonly readings?: number;
}

/**
 * Measures ρ and κ by reading the clock in a row. Throws `Error` when the clock
 * never moves, because nothing could be timed with it.
 */
export function measureClock(probe: ClockProbe = {}): ClockInfo {
  const { now = () => performance.now(), steps = 1000, readings = 2_000_000 } = probe;
  const start = now();
  let last = start, smallest = Infinity, seen = 0, count = 0;
  while (seen < steps && count < readings) {
    const reading = now();
    count++;
    if (reading > last) {
      smallest = Math.min(smallest, reading - last);
      seen++;
    }
    last = reading;
  }
  if (seen === 0) {
    throw new Error(
      `Cannot measure the clock: expected it to advance within ${readings} readings: ` +
        `it stayed at ${start} ms: use a runtime with a monotonic clock`,
    );
  }
  return { stepMs: smallest, costMs: (last - start) / count };
}

/**
 * Steps of `stepDurationMs` each that are timed together, so that a group lasts
 * at least 100·max(ρ, κ): 1 where single steps can be timed. Infinity for a
 * step without duration.
 */
export function timingGroupSize(stepDurationMs: number, clock: ClockInfo): number {
  const shortest = 100 * Math.max(clock.stepMs, clock.costMs);
  return Math.max(1, Math.ceil(shortest / stepDurationMs));
}
