/**
 * Which comparisons of a run are still open at a look, as its summary would
 * judge them: same pairs, same draws, same intervals, same margins.
 *
 * The A/A pair is open until its interval lies within the user's margin, because
 * a run that does not get there is noisy and decides nothing.
 *
 * @module
 */
import type { Arm, RunRecord, TimedRecord } from "../contract/record.ts";
import { intervalAt } from "./bootstrap.ts";
import { purposeSeed } from "./clusters.ts";
import { groupBy } from "./run_view.ts";
import { decisiveIntervals } from "./speed_family.ts";
import { compareAll, pairTimes } from "./speed_up.ts";
import { decideVerdict, marginsFrom } from "./verdict.ts";

/** What is looked at, and how. */
export interface Look {
  /** Arms of the run. */
  readonly arms: readonly Arm[];
  /** Records so far. */
  readonly records: readonly RunRecord[];
  /** The user's margin, a ratio − 1. */
  readonly margin: number;
  /** Looks that share the error of 5 %. */
  readonly looks: number;
  /** Seed of the run. */
  readonly seed: number;
  /** Bootstrap resamples; 10 000 when absent. */
  readonly resamples?: number;
}

/** Labels of the arms whose verdict is open, the sentinel's among them. */
export function openVerdicts(look: Look): ReadonlySet<string> {
  const { arms, margin, looks, seed, resamples = 10_000 } = look;
  const timed = groupBy(
    look.records.filter((record): record is TimedRecord =>
      record.pass === "timed" && record.outcome === "ok"
    ),
    ({ arm }) => arm,
  );
  const baseline = arms.find(({ role }) => role === "baseline");
  const base = timed.get(baseline?.label ?? "") ?? [];
  const paired = arms
    .filter(({ role, aside }) => role !== "baseline" && aside === undefined)
    .map((arm) => ({ arm, times: pairTimes(base, timed.get(arm.label) ?? []) }))
    .filter(({ times }) => times.baseMs.length > 0);
  const comparisons = compareAll(
    paired.map(({ times }) => times),
    { seed: purposeSeed(seed, "speed"), resamples },
  );
  const all = paired.map(({ arm }, i) => ({ arm, comparison: comparisons[i]! }));
  const itself = all.find(({ arm }) => arm.role === "sentinel");
  const policies = all.filter((each) => each !== itself);
  const margins = marginsFrom(
    margin,
    itself === undefined ? undefined : intervalAt(itself.comparison.perPrompt),
  );
  const open = new Set<string>();
  for (const family of [policies, itself === undefined ? [] : [itself]]) {
    decisiveIntervals(family.map(({ comparison }) => comparison), looks).forEach((interval, k) => {
      if (decideVerdict(interval, margins) === "inconclusive") open.add(family[k]!.arm.label);
    });
  }
  return open;
}
