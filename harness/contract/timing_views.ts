/**
 * Parts of a summary that look closer at timing: percentiles of steps, speed by
 * suite and by cell. Exported through `summary.ts`.
 *
 * @module
 */
import type { SessionMemory } from "./backend.ts";
import type { Estimate, Verdict } from "./summary.ts";

/** A percentile of latencies by MLPerf's early-stopping rule, ms. */
export interface Percentile {
  /** At or above the percentile with a confidence of 99 %. */
  readonly value: number;
  /** Lower end of the 95 % interval of the plain percentile, prompts resampled; NaN without one. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** Percentiles of some latencies. */
export interface LatencyPercentiles {
  /** Latencies that they rest on. */
  readonly count: number;
  /** Prompts that the latencies come from. */
  readonly prompts: number;
  /** Steps timed together, of which each latency is the mean; 1 where single steps were timed. */
  readonly stepsPerReading: number;
  /** 90th percentile; absent below 64 latencies. */
  readonly p90?: Percentile;
  /** 99th percentile; absent below 662 latencies. */
  readonly p99?: Percentile;
}

/** A comparison that belongs to a family of comparisons. */
export interface FamilyComparison {
  /** Geometric mean over prompts of baseline ÷ arm decode time. */
  readonly perPrompt: Estimate;
  /** Interval that the verdict is drawn from, simultaneous over the family and shared by the looks. */
  readonly decisive: Estimate;
  /** Sign-flip p-value of no difference. */
  readonly pValue: number;
  /** The same, adjusted by Holm for the family. */
  readonly adjustedPValue: number;
  /** Verdict from `decisive`. */
  readonly verdict: Verdict;
  /** Minimum detectable effect, as a ratio − 1. */
  readonly minimumDetectable: number;
  /** Prompts that would show a speed-up of the margin in 80 % of runs; NaN when it cannot be told. */
  readonly requiredPrompts: number;
  /** Fewer than 8 prompts: intervals are rough, nothing is called equivalent. */
  readonly fewPrompts?: true;
}

/** Speed of an arm on one suite. */
export interface SuiteSpeed extends FamilyComparison {
  /** Suite name. */
  readonly suite: string;
}

/** Speed of an arm in one cell of a speed suite: a length of prompt and a number of sequences. */
export interface SpeedCell {
  /** Suite name. */
  readonly suite: string;
  /** Name of the cell. */
  readonly level: string;
  /** Tokens of each prompt. */
  readonly promptTokens: number;
  /** Sequences that each step moves together. */
  readonly rows: number;
  /** Decode steps of a visit. */
  readonly steps: number;
  /** Time of all prompt rows but the last and one readout, all sequences, ms. */
  readonly prefillMs?: Estimate;
  /** Time of the last prompt rows and their readout, all sequences, ms. */
  readonly firstTokenMs?: Estimate;
  /** Time of one decode step, which makes a token of every sequence, ms. */
  readonly stepMs: Estimate;
  /** Percentiles of the steps; absent where steps were not timed apart. */
  readonly stepPercentiles?: LatencyPercentiles;
  /** Tokens decoded per second, all sequences. */
  readonly tokensPerSecond: Estimate;
  /** Decode time of the baseline ÷ the arm's; absent for the baseline. */
  readonly speedUp?: Estimate;
  /** Most bytes held, by kind. */
  readonly memory: SessionMemory;
  /** Most bytes held at once. */
  readonly peakBytes?: number;
}

/** A cell of a speed suite that an arm did not run. */
export interface SkippedCell {
  /** Suite name. */
  readonly suite: string;
  /** Name of the cell. */
  readonly level: string;
  /** Why, one sentence. */
  readonly reason: string;
}
