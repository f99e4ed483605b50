/**
 * How an arm must look: a row that failed, was skipped or lies below the
 * quality gate differs from the others in every format.
 *
 * @module
 */
import type { ArmSummary, QualityClass, Summary } from "../harness/contract/summary.ts";
import { whole } from "./_format.ts";

/** Outcome of an arm as a whole. */
export type Standing = "sound" | "below" | "troubled" | "empty";

/** `empty`: no record succeeded. `troubled`: some did not. `below`: quality class "fail". */
export function standingOf(arm: ArmSummary): Standing {
  if (arm.counts.ok === 0) return "empty";
  if (arm.counts.failed > 0 || arm.counts.skipped > 0) return "troubled";
  return arm.worstQuality === "fail" ? "below" : "sound";
}

/** Remark beside the name of an arm that cannot be deployed; the methods section defines it. */
export const UPPER_BOUND = "upper bound";

/** Remarks to print beside the arm's name: `upper bound`, `2 failed`, `8 skipped`, `below gate`. */
export function remarksOf(arm: ArmSummary): readonly string[] {
  const { failed, skipped } = arm.counts;
  return [
    ...(arm.card.deployable === false ? [UPPER_BOUND] : []),
    ...(failed > 0 ? [`${whole(failed)} failed`] : []),
    ...(skipped > 0 ? [`${whole(skipped)} skipped`] : []),
    ...(arm.worstQuality === "fail" ? ["below gate"] : []),
  ];
}

/** Whether timed comparisons are to be shown grey. */
export function isNoisy(summary: Summary): boolean {
  return summary.noise?.verdict === "noisy";
}

/** Sign of a quality class; the same shapes mark points of the Pareto plot. */
export const CLASS_SIGN: Readonly<Record<QualityClass, string>> = {
  A: "●",
  B: "◆",
  C: "▲",
  fail: "✕",
};
