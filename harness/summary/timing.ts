/**
 * Timing of a run: the A/A comparison, which sets the margin, the noise, and the
 * speed of every arm over all suites, by suite, by cell and by step.
 *
 * Policies over all suites are one family of comparisons, policies × suites
 * another. Comparisons share one seed, so those over the same blocks draw the
 * same resamples.
 *
 * @module
 */
import type { Noise, Speed, SuiteSpeed } from "../contract/summary.ts";
import { intervalAt } from "./bootstrap.ts";
import { purposeSeed } from "./clusters.ts";
import { judgeNoise, screenNoise } from "./noise.ts";
import type { SummarySettings } from "./options.ts";
import { firstTokenPercentiles, stepPercentiles } from "./percentiles.ts";
import { type ArmRecords, groupBy, type RunView, suitesOf } from "./run_view.ts";
import { skippedCells, speedCells } from "./speed_cells.ts";
import { decisiveIntervals, judgeFamily, speedOf } from "./speed_family.ts";
import { baselineSpeed, compareAll, pairTimes, type Resampling } from "./speed_up.ts";
import { decideVerdict, type Margins, marginsFrom } from "./verdict.ts";

/** What the timed pass of a run says. */
export interface Timing {
  /** By arm label. */
  readonly speeds: ReadonlyMap<string, Speed>;
  /** Timed blocks without a counterpart of as many steps, by arm label. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** Absent when the baseline was not timed twice. */
  readonly noise: Noise | undefined;
}

/** Sums up the timed records of a run. */
export function timingOf(view: RunView, { resamples, margin }: SummarySettings): Timing {
  const { baseline, sentinel, policies } = view;
  const { seed, looks = 1 } = view.run.manifest;
  const speeds = new Map<string, Speed>();
  const leftOut = new Map<string, number>();
  if (baseline.timed.length === 0) return { speeds, leftOut, noise: undefined };
  const resampling = { seed: purposeSeed(seed, "speed"), resamples };
  const paired = [...sentinel === undefined ? [] : [sentinel], ...policies].flatMap((arm) => {
    const times = pairTimes(baseline.timed, arm.timed);
    leftOut.set(arm.arm.label, times.leftOut);
    return times.baseMs.length === 0 ? [] : [{ arm, times }];
  });
  const comparisons = compareAll(paired.map(({ times }) => times), resampling);
  const all = paired.map(({ arm }, i) => ({ arm, comparison: comparisons[i]! }));
  const itself = all.find(({ arm }) => arm === sentinel)?.comparison;
  const againstItself = itself === undefined ? undefined : intervalAt(itself.perPrompt);
  const margins = marginsFrom(margin, againstItself);
  const details = (arm: ArmRecords) => detailsOf(arm, { view, resampling });
  speeds.set(baseline.arm.label, {
    ...baselineSpeed(baseline.timed, resampling),
    ...details(baseline),
  });

  const compared = all.filter(({ arm }) => arm !== sentinel);
  const request = { margins, looks, seed };
  const judged = judgeFamily(compared.map(({ comparison }) => comparison), request);
  const bySuite = suiteSpeeds(view, { resampling, ...request });
  compared.forEach(({ arm, comparison }, k) => {
    speeds.set(arm.arm.label, {
      ...speedOf(comparison, judged[k]!),
      suites: bySuite.get(arm.arm.label) ?? [],
      ...details(arm),
    });
  });
  const timed = [baseline, ...sentinel === undefined ? [] : [sentinel], ...policies]
    .filter((arm) => arm.timed.length > 0);
  const noise = againstItself === undefined ? undefined : judgeNoise(againstItself, {
    margins,
    screens: timed.map(({ arm, timed }) => screenNoise(arm.label, timed)),
    looks,
    verdict: decideVerdict(decisiveIntervals([itself!], looks)[0]!, margins),
    steady: timed.every((arm) => arm.timed.every(({ warmUp }) => warmUp !== "noisy")),
  });
  return { speeds, leftOut, noise };
}

/** Speeds by arm label, each list by suite; all of them are one family. */
function suiteSpeeds(
  view: RunView,
  { resampling, ...request }: {
    readonly resampling: Resampling;
    readonly margins: Margins;
    readonly looks: number;
    readonly seed: number;
  },
): ReadonlyMap<string, readonly SuiteSpeed[]> {
  const bases = groupBy(view.baseline.timed, ({ suite }) => suite);
  const compared = view.policies.flatMap(({ arm, timed }) => {
    const own = groupBy(timed, ({ suite }) => suite);
    return suitesOf(view).flatMap(({ name }) => {
      const times = pairTimes(bases.get(name) ?? [], own.get(name) ?? []);
      return times.baseMs.length === 0 ? [] : [{ label: arm.label, suite: name, times }];
    });
  });
  const comparisons = compareAll(compared.map(({ times }) => times), resampling);
  const judged = judgeFamily(comparisons, request);
  const speeds = new Map<string, SuiteSpeed[]>();
  compared.forEach(({ label, suite }, k) => {
    const list = speeds.get(label);
    const speed = { suite, ...judged[k]! };
    if (list === undefined) speeds.set(label, [speed]);
    else list.push(speed);
  });
  return speeds;
}

type Details = Pick<
  Speed,
  "cells" | "skippedCells" | "stepPercentiles" | "firstTokenPercentiles"
>;

/** What is said of one arm without comparing. */
function detailsOf(
  { arm, timed }: ArmRecords,
  { view, resampling }: { readonly view: RunView; readonly resampling: Resampling },
): Details {
  const suites = new Set(
    suitesOf(view).filter(({ measure }) => measure === "speed").map(({ name }) => name),
  );
  const baseline = arm.role === "baseline" ? undefined : view.baseline.timed;
  const cells = speedCells(timed, { suites, baseline, ...resampling });
  const skipped = skippedCells(view.run.records, { arm: arm.label, suites });
  // Cells of a speed suite have percentiles of their own.
  const prompts = timed.filter(({ suite }) => !suites.has(suite));
  const steps = stepPercentiles(prompts, resampling);
  const firstTokens = firstTokenPercentiles(prompts, resampling);
  return {
    ...(cells.length === 0 ? {} : { cells }),
    ...(skipped.length === 0 ? {} : { skippedCells: skipped }),
    ...(steps === undefined ? {} : { stepPercentiles: steps }),
    ...(firstTokens === undefined ? {} : { firstTokenPercentiles: firstTokens }),
  };
}
