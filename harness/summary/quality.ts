/**
 * Quality of an arm, paired with the baseline item by item.
 *
 * The non-inferiority class of a suite comes from the lower end of the ratio's
 * 95 % interval: ≥ 0.999 "A", ≥ 0.99 "B", ≥ 0.97 "C", else "fail". A generation
 * whose mean length leaves 90–110 % of the baseline's fails in any case.
 *
 * @module
 */
import type { SuiteUse } from "../contract/record.ts";
import type { ArmSummary, QualityClass, SuiteQuality } from "../contract/summary.ts";
import { holmAdjusted } from "../numerics/holm.ts";
import { FEW_CLUSTERS } from "./bootstrap.ts";
import { generationQuality } from "./generation_quality.ts";
import { likelihoodQuality } from "./likelihood_quality.ts";
import type { ArmRecords } from "./run_view.ts";
import type { Resampling } from "./speed_up.ts";

/** Classes from best to worst. */
export const QUALITY_CLASSES: readonly QualityClass[] = ["A", "B", "C", "fail"];

/** Lower end that each class asks of the ratio. */
export const CLASS_FLOORS: Readonly<Record<Exclude<QualityClass, "fail">, number>> = {
  A: 0.999,
  B: 0.99,
  C: 0.97,
};

/** Ratios of mean output lengths that pass. */
export const LENGTH_RANGE: Readonly<{ min: number; max: number }> = { min: 0.9, max: 1.1 };

/** The class of a ratio's lower end; an end that cannot be told (NaN) fails. */
export function classOf(low: number, lengthRatio = 1): QualityClass {
  if (!(lengthRatio >= LENGTH_RANGE.min && lengthRatio <= LENGTH_RANGE.max)) return "fail";
  if (low >= CLASS_FLOORS.A) return "A";
  if (low >= CLASS_FLOORS.B) return "B";
  return low >= CLASS_FLOORS.C ? "C" : "fail";
}

/** The worst of some classes; `undefined` of none. */
export function worstOf(classes: readonly QualityClass[]): QualityClass | undefined {
  return QUALITY_CLASSES.findLast((name) => classes.includes(name));
}

/** Which suite of which arm is asked for. */
export interface QualityRequest extends Resampling {
  /** The suite. */
  readonly suite: SuiteUse;
  /** Full depth. */
  readonly baseline: ArmRecords;
  /** The policies; their records also hold full depth's likelihoods. */
  readonly policies: readonly ArmRecords[];
}

/** An arm's quality on a suite; `undefined` when it was not measured. */
export function suiteQuality(
  arm: ArmRecords,
  request: QualityRequest,
): SuiteQuality | undefined {
  const { measure } = request.suite;
  if (measure === "speed") return undefined;
  const quality = measure === "generation"
    ? generationQuality(arm, request)
    : likelihoodQuality(arm, request);
  if (quality === undefined) return undefined;
  const { ratio, lengthRatio, value } = quality;
  return {
    ...quality,
    ...(value.clusters < FEW_CLUSTERS ? { fewPrompts: true as const } : {}),
    ...(ratio === undefined ? {} : { quality: classOf(ratio.low, lengthRatio) }),
  };
}

/** Adjusts the p-values of all policies on all suites by Holm, as one family. */
export function adjustQuality(arms: readonly ArmSummary[]): readonly ArmSummary[] {
  const adjusted = holmAdjusted(
    arms.flatMap(({ quality }) => quality.flatMap(({ pValue }) => pValue ?? [])),
  );
  let next = 0;
  return arms.map((arm) => ({
    ...arm,
    quality: arm.quality.map((each) =>
      each.pValue === undefined ? each : { ...each, adjustedPValue: adjusted[next++]! }
    ),
  }));
}
