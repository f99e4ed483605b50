/**
 * A claim as it is put to the test: a number, and the side of a bound on which its
 * whole interval must lie.
 *
 * @module
 */
import type { ClaimResult, Estimate, StudyNotation } from "../../contract/summary.ts";
import type { RunView } from "../run_view.ts";

/** What a test of a claim gives. */
export type ClaimOutcome =
  /** Measured: the claim holds when the whole interval lies above or below the bound. */
  | {
    readonly estimate: Estimate;
    readonly as: StudyNotation;
    readonly above?: number;
    readonly below?: number;
    readonly remark?: string;
  }
  /** Not tested, and why. */
  | { readonly why: string };

/** A claim with its test. */
export interface Claim extends Pick<ClaimResult, "paper" | "claim" | "how" | "criterion"> {
  /** Puts it to the test; `undefined` when the run holds nothing to test it on. */
  test(view: RunView): ClaimOutcome | undefined;
}

/** Why claims about tuned models are not tested on others. */
export const NEEDS_TRAINING = "training required: this model was not tuned for the method";

/** Whether a model was trained to be read out early. */
export function isExitTrained({ run }: RunView): boolean {
  return /(?:^|[^a-z])exit(?:[^a-z]|$)/i.test(run.manifest.model.name.replaceAll("_", " "));
}

/** The verdict of a measured claim. */
export function holds(
  { value, low, high }: Estimate,
  { above = -Infinity, below = Infinity }: { readonly above?: number; readonly below?: number },
): boolean {
  const [least, most] = Number.isNaN(low) ? [value, value] : [low, high];
  return least > above && most < below;
}

/** Puts a claim to the test. */
export function judge(claim: Claim, view: RunView): ClaimResult {
  const { test, ...told } = claim;
  const outcome = test(view);
  if (outcome === undefined) {
    return { ...told, verdict: "not tested", remark: "the run holds no arms to test it on" };
  }
  if ("why" in outcome) return { ...told, verdict: "not tested", remark: outcome.why };
  const { estimate, as, remark, ...bounds } = outcome;
  const held = holds(estimate, bounds);
  const point = { ...estimate, low: estimate.value, high: estimate.value };
  const near = !held && holds(point, bounds)
    ? "the number alone would hold, its interval does not"
    : undefined;
  const said = [remark, near].filter((text) => text !== undefined).join("; ");
  return {
    ...told,
    measured: { estimate, as },
    verdict: held ? "holds" : "does not hold",
    ...(said === "" ? {} : { remark: said }),
  };
}
