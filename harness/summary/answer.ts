/**
 * The answer in words: the best policy per quality class with its interval, or
 * that none pays and what forbids it.
 *
 * A policy pays when it keeps class A, B or C and is faster than full depth; in
 * a run without timing, when it needs fewer multiply-accumulates. Upper bounds
 * are no candidates.
 *
 * @module
 */
import type { ArmSummary, Noise } from "../contract/summary.ts";
import { bestOf, gain, keeps, PASSING, pays } from "./choices.ts";
import { explain } from "./explain.ts";
import { CLASS_FLOORS } from "./quality.ts";
import { classText, percentText, timesText } from "./words.ts";

const MOST_EXPLANATIONS = 3;

/** What {@linkcode answerOf} reads. */
export interface AnswerInput {
  /** Baseline and policies. */
  readonly arms: readonly ArmSummary[];
  /** Timing noise. */
  readonly noise: Noise | undefined;
  /** L. */
  readonly layerCount: number;
}

/** The first lines of a report. */
export function answerOf({ arms, noise, layerCount }: AnswerInput): readonly string[] {
  const compared = arms.filter(({ role }) => role === "policy");
  if (compared.length === 0) return ["Only full depth ran, so there is nothing to compare."];
  const policies = compared.filter(({ card }) => card.deployable !== false);
  if (policies.length === 0) return ["Only upper bounds ran: no policy that could be deployed."];
  const timed = policies.some(({ speed }) => speed !== undefined);
  const measured = policies.some(({ worstQuality }) => worstQuality !== undefined);
  return [
    ...noisy(noise),
    ...timed ? [] : ["Nothing was timed: costs below count multiply-accumulates."],
    ...measured ? [] : [unmeasured(policies)],
    ...measured ? bestPerClass(policies, { timed, layerCount }) : fastest(policies),
  ];
}

function noisy(noise: Noise | undefined): readonly string[] {
  if (noise?.verdict !== "noisy") return [];
  return [
    `This run's timing is noisy, do not rely on its speed-ups: ${noise.reasons.join("; ")}.`,
  ];
}

function unmeasured(policies: readonly ArmSummary[]): string {
  return policies.some(({ quality }) => quality.length > 0)
    ? "Full depth solves no suite of this run, so no policy has a quality class."
    : "No quality was measured: nothing below says what a speed-up costs.";
}

function bestPerClass(
  policies: readonly ArmSummary[],
  { timed, layerCount }: { readonly timed: boolean; readonly layerCount: number },
): readonly string[] {
  const lines: string[] = [];
  let previous: ArmSummary | undefined;
  for (const name of PASSING) {
    const best = bestOf(policies.filter((arm) => keeps(arm, name) && pays(arm)));
    if (best !== undefined && best !== previous) {
      lines.push(`Best in ${classText(name)}: ${best.label}, ${gainText(best)}.`);
      previous = best;
    }
  }
  if (lines.length > 0) return lines;
  const explained = [...policies]
    .sort((a, b) => standing(a) - standing(b) || gain(b) - gain(a))
    .slice(0, MOST_EXPLANATIONS)
    .map((arm) => explain(arm, layerCount));
  const open = policies.some((arm) => keeps(arm, "C") && arm.speed?.verdict === "inconclusive");
  return [
    `${open ? "No policy is shown to pay" : "No policy pays"}: none is both ${
      timed ? "decidedly faster" : "cheaper"
    } than full depth and at least ${percentText(CLASS_FLOORS.C)} as good.`,
    ...explained,
  ];
}

function fastest(policies: readonly ArmSummary[]): readonly string[] {
  const best = bestOf(policies.filter(pays));
  return [
    best === undefined
      ? "No policy is decidedly faster or cheaper than full depth."
      : `Fastest: ${best.label}, ${gainText(best)}.`,
  ];
}

/** Arms that keep quality come first in explanations. */
function standing(arm: ArmSummary): number {
  return arm.worstQuality === undefined ? 2 : keeps(arm, "C") ? 0 : 1;
}

function gainText({ speed, cost }: ArmSummary): string {
  return speed === undefined
    ? `${cost!.macs.toFixed(2)}× the multiply-accumulates of full depth`
    : `${timesText(speed.perPrompt)} as fast as full depth per prompt, ${
      timesText(speed.workload)
    } over the workload`;
}
