/**
 * Agreement with full depth on the same text, over all positions of all suites.
 *
 *     agreement   1 − Σ flips / Σ positions       greedy tokens, teacher-forced
 *     kl          Σ KL(full ‖ policy) / Σ positions, nats per token
 *
 * Intervals are clustered by document. Where every position agrees they have no
 * width: that says that no resample differed, not that no text could.
 *
 * @module
 */
import type { LockstepRecord } from "../contract/record.ts";
import type { TextFidelity } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf } from "./clusters.ts";
import { oracleOf, type OracleSampling } from "./oracle_view.ts";

/** Fidelity over some lockstep records; `undefined` when they hold no positions. */
export function fidelityOf(
  records: readonly LockstepRecord[],
  resampling: OracleSampling,
): TextFidelity | undefined {
  const { values, starts } = clusterBy(
    records.filter(({ flips }) => flips.length > 0),
    ({ suite, group }) => `${suite}/${group}`,
  );
  if (values.length === 0) return undefined;
  const positions = values.map(({ flips }) => flips.length);
  const [agreement, kl] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [
      {
        numerators: values.map(({ flips }) => flips.length - sum(flips)),
        denominators: positions,
        scale: "linear",
      },
      { numerators: values.map(({ kl }) => sum(kl)), denominators: positions, scale: "linear" },
    ],
  }, resampling);
  const oracle = oracleOf(records, resampling);
  return {
    agreement: estimateOf(agreement!, { min: 0, max: 1 }),
    kl: estimateOf(kl!, { min: 0 }),
    ...(oracle === undefined ? {} : { oracle }),
  };
}
