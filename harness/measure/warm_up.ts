/**
 * Warm-up to a steady state.
 *
 * Un-timed blocks run until, for every arm, the Theil–Sen slope of ln T over
 * its last 8 blocks has a 95 % interval that contains 0, and at least 3 blocks
 * have run. An interval exists from four blocks on, so four is the least that
 * can be judged. A run that is not steady within its budget is noisy.
 *
 * @module
 */
import { theilSen, type Trend } from "../numerics/theil_sen.ts";

/** What has been seen so far. */
export interface WarmUp {
  /** Decode times of the warm-up blocks, ms: per arm, in the order in which they ran. */
  readonly timesMs: readonly (readonly number[])[];
  /** Time spent warming up, ms. */
  readonly elapsedMs: number;
}

/** When to stop. */
export interface WarmUpLimits {
  /** Time after which warm-up ends in any case, ms. */
  readonly budgetMs: number;
  /** Fewest blocks of each arm; 3 by default. */
  readonly minBlocks?: number;
  /** Most recent blocks that are judged; 8 by default. */
  readonly window?: number;
}

/** Whether another block is needed, the arms are steady, or the budget ran out first. */
export type WarmUpState = "continue" | "steady" | "noisy";

/** Trend of ln T over the last `window` blocks of one arm, per block. */
export function warmUpTrend(timesMs: readonly number[], window = 8): Trend {
  return theilSen(timesMs.slice(-window).map(Math.log));
}

/** The state of a warm-up after a block. */
export function judgeWarmUp(seen: WarmUp, limits: WarmUpLimits): WarmUpState {
  const { budgetMs, minBlocks = 3, window = 8 } = limits;
  const steady = seen.timesMs.every((times) => {
    if (times.length < Math.max(4, minBlocks)) return false;
    const { low, high } = warmUpTrend(times, window);
    return low <= 0 && 0 <= high;
  });
  if (steady) return "steady";
  return seen.elapsedMs >= budgetMs ? "noisy" : "continue";
}
