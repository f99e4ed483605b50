/**
 * Contrasts of arms on the same texts.
 *
 *     R = Σ_i [ mean over A of Σ_t m(a, i, t) − mean over B of the same ] / Σ_i positions_i
 *
 * over the items i that all arms of both groups ran; m is agreement (1 where the
 * greedy token is full depth's), KL, −ln p of the target, or blocks run. Without B
 * it is the mean of A itself. Intervals are clustered by document.
 *
 * @module
 */
import type { LockstepRecord } from "../../contract/record.ts";
import type { Estimate } from "../../contract/summary.ts";
import { sum } from "../../numerics/moments.ts";
import { bootstrapRatios } from "../bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed } from "../clusters.ts";
import type { ArmRecords } from "../run_view.ts";

/** Resamples of a study's intervals: there are many. */
export const STUDY_RESAMPLES = 2000;

/** What is summed over positions. */
export type TextMetric = "agreement" | "kl" | "nll" | "blocksRun";

/** Sum of a metric over a record's positions. */
export function metricSum(record: LockstepRecord, metric: TextMetric): number {
  switch (metric) {
    case "agreement":
      return record.flips.length - sum(record.flips);
    case "kl":
      return sum(record.kl);
    case "nll":
      return sum(record.policyNll);
    case "blocksRun":
      return sum(record.blocksRun);
  }
}

/** What is contrasted. */
export interface ContrastRequest {
  /** First group of arms. */
  readonly a: readonly ArmRecords[];
  /** Second group; none for the mean of the first alone. */
  readonly b?: readonly ArmRecords[];
  /** The metric. */
  readonly metric: TextMetric;
  /** Seed of the run. */
  readonly seed: number;
}

/** The contrast per position; `undefined` when a group or its texts are missing. */
export function contrast({ a, b = [], metric, seed }: ContrastRequest): Estimate | undefined {
  if (a.length === 0) return undefined;
  const byItem = [...a, ...b].map(({ lockstep }) =>
    new Map(lockstep.map((record) => [`${record.suite}/${record.item}`, record]))
  );
  const common = a[0]!.lockstep.filter(({ suite, item, flips }) =>
    flips.length > 0 && byItem.every((records) => records.has(`${suite}/${item}`))
  );
  if (common.length === 0) return undefined;
  const { values, starts } = clusterBy(common, ({ suite, group }) => `${suite}/${group}`);
  const meanOver = (arms: readonly Map<string, LockstepRecord>[], key: string) =>
    arms.length === 0 ? 0 : sum(arms.map((records) => metricSum(records.get(key)!, metric))) /
      arms.length;
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map(({ suite, item }) => {
        const key = `${suite}/${item}`;
        return meanOver(byItem.slice(0, a.length), key) - meanOver(byItem.slice(a.length), key);
      }),
      denominators: values.map(({ flips }) => flips.length),
      scale: "linear",
    }],
  }, { seed: purposeSeed(seed, "contrast", metric), resamples: STUDY_RESAMPLES });
  if (b.length > 0) return estimateOf(interval!);
  return estimateOf(interval!, metric === "agreement" ? { min: 0, max: 1 } : { min: 0 });
}
