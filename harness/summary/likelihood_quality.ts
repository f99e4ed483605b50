/**
 * Negative log-likelihood of given texts, paired token by token.
 *
 *     value        Σ nll_k / Σ tokens                   nats per token
 *     difference   Δ = Σ (nll_k − nll_0) / Σ tokens
 *     ratio        exp(−Δ), the baseline's perplexity ÷ the arm's; its inverse beside it
 *     p-value      sign-flip test on the documents' sums
 *
 * All clustered by document: tokens of one document are not independent. A
 * baseline without records of its own has the full-depth column of a policy's.
 *
 * @module
 */
import type { LockstepRecord } from "../contract/record.ts";
import type { SuiteQuality } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed, ratioOf } from "./clusters.ts";
import type { QualityRequest } from "./quality.ts";
import type { ArmRecords } from "./run_view.ts";
import { signFlipTest } from "./sign_flip.ts";

/** An arm's likelihood on a suite; `undefined` when none of its targets was scored. */
export function likelihoodQuality(
  arm: ArmRecords,
  { suite, seed, resamples, policies }: QualityRequest,
): SuiteQuality | undefined {
  const isBaseline = arm.arm.role === "baseline";
  const records = [arm, ...isBaseline ? policies : []]
    .map(({ lockstep }) => lockstep.filter((record) => isScored(record, suite.name)))
    .find(({ length }) => length > 0);
  if (records === undefined) return undefined;
  const { values, starts } = clusterBy(records, ({ group }) => group);
  const tokens = values.map(({ policyNll }) => policyNll.length);
  const own = values.map(({ fullNll, policyNll }) => sum(isBaseline ? fullNll : policyNll));
  const differences = values.map(({ fullNll }, i) => own[i]! - sum(fullNll));
  const [value, difference] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [
      { numerators: own, denominators: tokens, scale: "linear" },
      { numerators: differences, denominators: tokens, scale: "linear" },
    ],
  }, { seed: purposeSeed(seed, "likelihood"), resamples });
  const quality: SuiteQuality = {
    suite: suite.name,
    metric: "nll",
    value: estimateOf(value!, { min: 0 }),
  };
  if (isBaseline) return quality;
  const { value: delta, low, high, clusters } = difference!;
  return {
    ...quality,
    difference: estimateOf(difference!),
    perplexityRatio: ratioOf(difference!),
    pValue: signFlipTest(
      starts.slice(1).map((end, c) => sum(differences.slice(starts[c]!, end))),
      purposeSeed(seed, "sign flips"),
    ),
    ratio: { value: Math.exp(-delta), low: Math.exp(-high), high: Math.exp(-low), clusters },
  };
}

function isScored(record: LockstepRecord, suite: string): boolean {
  return record.suite === suite && record.text === "target" && record.policyNll.length > 0;
}
