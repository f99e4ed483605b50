/**
 * Oracle heights and regret over the positions of lockstep records.
 *
 *     height    Σ stable / Σ positions          first    Σ first / Σ positions
 *     regret    Σ (height read out − stable) / Σ positions     [blocks]
 *
 * The first position of a text is left out, as it is from exit heights: the
 * prompt's last row predicts it. Intervals are clustered by document. Records
 * without oracle heights do not count.
 *
 * @module
 */
import type { LockstepRecord, OraclePositions } from "../contract/record.ts";
import type { OracleView } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf } from "./clusters.ts";
import type { Resampling } from "./speed_up.ts";

/** How to resample, and what heights cannot exceed. */
export interface OracleSampling extends Resampling {
  /** L; no bound when absent. */
  readonly layerCount?: number;
}

/** Means over some lockstep records; `undefined` when they hold no oracle heights. */
export function oracleOf(
  records: readonly LockstepRecord[],
  { layerCount, ...resampling }: OracleSampling,
): OracleView | undefined {
  const seen = records.flatMap(({ suite, group, oracle }) =>
    oracle === undefined || oracle.stable.length < 2
      ? []
      : [{ cluster: `${suite}/${group}`, oracle }]
  );
  const { values, starts } = clusterBy(seen, ({ cluster }) => cluster);
  if (values.length === 0) return undefined;
  const denominators = values.map(({ oracle }) => oracle.stable.length - 1);
  const mean = (of: keyof OraclePositions) => ({
    numerators: values.map(({ oracle }) => sum(oracle[of].slice(1))),
    denominators,
    scale: "linear" as const,
  });
  const [height, first, regret] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [mean("stable"), mean("first"), mean("regret")],
  }, resampling);
  return {
    height: estimateOf(height!, { min: 0, max: layerCount ?? Infinity }),
    first: estimateOf(first!, { min: 0, max: layerCount ?? Infinity }),
    regret: estimateOf(regret!, { min: -(layerCount ?? Infinity), max: layerCount ?? Infinity }),
  };
}
