/**
 * How full depth's −ln p changes along a text.
 *
 *     per text    Kendall's τ of −ln p with the position: (rising − falling pairs) / pairs
 *     R           mean of τ over texts, clustered by document
 *
 * Below 0 later tokens are easier. The first ten positions are left out: they
 * behave differently. Source: the premise of Del Corro et al. 2023 and of Fan et
 * al. 2025, as their cards falsify it.
 *
 * @module
 */
import type { LockstepRecord } from "../../contract/record.ts";
import type { Estimate } from "../../contract/summary.ts";
import { bootstrapRatios } from "../bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed } from "../clusters.ts";
import { STUDY_RESAMPLES } from "./contrast.ts";

/** Positions left out at the beginning of a text. */
const SKIPPED = 10;

/** Kendall's τ_a of a list with its index; NaN below two values. */
export function kendallWithIndex(values: readonly number[]): number {
  const count = values.length;
  let balance = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) balance += Math.sign(values[j]! - values[i]!);
  }
  return balance / (count * (count - 1) / 2);
}

/** Mean rank correlation over texts of at least twenty positions; `undefined` without any. */
export function positionSlope(
  records: readonly LockstepRecord[],
  seed: number,
): Estimate | undefined {
  const long = records.filter(({ fullNll }) => fullNll.length >= 2 * SKIPPED);
  if (long.length === 0) return undefined;
  const { values, starts } = clusterBy(long, ({ suite, group }) => `${suite}/${group}`);
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map(({ fullNll }) => kendallWithIndex(fullNll.slice(SKIPPED))),
      denominators: values.map(() => 1),
      scale: "linear",
    }],
  }, { seed: purposeSeed(seed, "position slope"), resamples: STUDY_RESAMPLES });
  return estimateOf(interval!);
}
