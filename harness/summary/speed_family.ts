/**
 * Verdicts of a family of paired comparisons.
 *
 * With K comparisons and a number of looks at the data, verdicts are drawn from
 * intervals that hold for all K at once (max-T) at level 1 − 5 %/looks; p-values
 * are adjusted by Holm. So a run of equal policies calls any of them faster or
 * slower in at most 5 % of runs, however often it looked. A single comparison
 * looked at once has its own 95 % interval.
 *
 * @module
 */
import type { FamilyComparison, Speed } from "../contract/summary.ts";
import { holmAdjusted } from "../numerics/holm.ts";
import { FEW_CLUSTERS, type Interval, intervalAt } from "./bootstrap.ts";
import { estimateOf, purposeSeed, ratioOf } from "./clusters.ts";
import { minimumDetectable, requiredPrompts } from "./power.ts";
import { signFlipTest } from "./sign_flip.ts";
import { simultaneousIntervals } from "./simultaneous.ts";
import type { TimeComparison } from "./speed_up.ts";
import { decideVerdict, type Margins } from "./verdict.ts";

/** How a family is judged. */
export interface FamilyRequest {
  /** What a difference must exceed. */
  readonly margins: Margins;
  /** Looks at the data that share the error of 5 %. */
  readonly looks: number;
  /** Seed of sign flips. */
  readonly seed: number;
}

/** Level of intervals that verdicts are drawn from, when that many looks share 5 %. */
export function lookLevel(looks: number): number {
  return 1 - 0.05 / looks;
}

/** Intervals of ln S that verdicts are drawn from, in the order of the family. */
export function decisiveIntervals(
  family: readonly TimeComparison[],
  looks: number,
): readonly Interval[] {
  return simultaneousIntervals(family.map(({ perPrompt }) => perPrompt), lookLevel(looks));
}

/** Judges a family, in its order. */
export function judgeFamily(
  family: readonly TimeComparison[],
  { margins, looks, seed }: FamilyRequest,
): readonly FamilyComparison[] {
  const decisive = decisiveIntervals(family, looks);
  const pValues = family.map(({ differences }) =>
    signFlipTest(differences, purposeSeed(seed, "sign flips"))
  );
  const adjusted = holmAdjusted(pValues);
  return family.map(({ perPrompt }, k) => ({
    perPrompt: ratioOf(intervalAt(perPrompt)),
    decisive: ratioOf(decisive[k]!),
    pValue: pValues[k]!,
    adjustedPValue: adjusted[k]!,
    verdict: decideVerdict(decisive[k]!, margins),
    minimumDetectable: minimumDetectable(perPrompt),
    requiredPrompts: requiredPrompts(perPrompt, margins.margin),
    ...(perPrompt.clusters < FEW_CLUSTERS ? { fewPrompts: true as const } : {}),
  }));
}

/** A policy's comparison over all suites, judged, as a report shows it. */
export function speedOf(comparison: TimeComparison, judged: FamilyComparison): Speed {
  return {
    decodeMs: estimateOf(comparison.decodeMs, { min: 0 }),
    workload: ratioOf(intervalAt(comparison.workload)),
    mode: "forced",
    ...judged,
  };
}
