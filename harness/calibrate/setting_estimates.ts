/**
 * Quality and cost of a setting on the calibration prompts, with intervals.
 *
 *     quality = 1 − Σ loss / prompts
 *     cost    = (Σ MACs / Σ tokens of the policy) / (Σ MACs / Σ tokens of full depth)
 *
 * Decode steps only. Free texts may differ in length, so costs are per token; full
 * depth's mean counts as known, its own scatter is left out of the interval.
 *
 * @module
 */
import type { FreeRecord } from "../contract/record.ts";
import type { Estimate } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "../summary/bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed } from "../summary/clusters.ts";

/** Bootstrap resamples. */
const RESAMPLES = 2000;

/** 1 − the mean of independent losses. */
export function promptQuality(losses: readonly number[], seed: number): Estimate {
  const [interval] = bootstrapRatios({
    starts: [...losses.keys(), losses.length],
    inside: "kept",
    statistics: [{
      numerators: losses.map((loss) => 1 - loss),
      denominators: losses.map(() => 1),
      scale: "linear",
    }],
  }, { seed: purposeSeed(seed, "calibrate"), resamples: RESAMPLES });
  return estimateOf(interval!, { min: 0, max: 1 });
}

/** Generations of full depth and of a setting, on the same prompts. */
export interface FreeRuns {
  /** Full depth. */
  readonly full: readonly Pick<FreeRecord, "decodeLedger">[];
  /** The setting. */
  readonly policy: readonly Pick<FreeRecord, "decodeLedger" | "suite" | "group">[];
}

/** Multiply-accumulates per decoded token ÷ full depth's. */
export function decodeCost({ full, policy }: FreeRuns, seed: number): Estimate {
  const perToken = sum(full.map(({ decodeLedger }) => decodeLedger.macs)) /
    sum(full.map(({ decodeLedger }) => decodeLedger.rows));
  const { values, starts } = clusterBy(policy, ({ suite, group }) => `${suite}/${group}`);
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map(({ decodeLedger }) => decodeLedger.macs),
      denominators: values.map(({ decodeLedger }) => decodeLedger.rows * perToken),
      scale: "linear",
    }],
  }, { seed: purposeSeed(seed, "calibrate"), resamples: RESAMPLES });
  return estimateOf(interval!, { min: 0 });
}
