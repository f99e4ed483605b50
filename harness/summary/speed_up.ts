/**
 * Speed of an arm against the baseline, paired by block.
 *
 * T_ir is the decode time of block r (one visit) of prompt i; d_ir = ln T_i0r −
 * ln T_ikr, d_i its mean over the blocks of a prompt.
 *
 *     per prompt   S_g = exp( mean of d_i )            geometric, the headline
 *     workload     S_w = Σ_ir T_i0r / Σ_ir T_ikr        what the bill sees
 *     p-value      sign-flip test on the d_i
 *
 * Blocks count when both arms are timed over the same number of steps and rows.
 *
 * @module
 */
import type { TimedRecord } from "../contract/record.ts";
import type { Estimate, Speed } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import {
  bootstrapRatios,
  type Interval,
  type RatioStatistic,
  studentise,
  type Studentised,
} from "./bootstrap.ts";
import { clusterBy, estimateOf } from "./clusters.ts";
import { groupBy } from "./run_view.ts";

/** Times of two arms in the same blocks. */
export interface PairedTimes {
  /** Baseline decode time of each block, ms. */
  readonly baseMs: readonly number[];
  /** Arm decode time of each block, ms. */
  readonly armMs: readonly number[];
  /** Tokens that each block decodes. */
  readonly tokens: readonly number[];
  /** First block of each prompt, then their number. */
  readonly starts: readonly number[];
  /** Blocks of the arm that have no counterpart of as many steps. */
  readonly leftOut: number;
}

/** Pairs the records of an arm with the baseline's. */
export function pairTimes(
  baseline: readonly TimedRecord[],
  arm: readonly TimedRecord[],
): PairedTimes {
  const bases = new Map(baseline.map((record) => [blockKey(record), record]));
  const pairs = arm.flatMap((record) => {
    const base = bases.get(blockKey(record));
    return base !== undefined && base.steps === record.steps && base.rows === record.rows &&
        base.decodeMs > 0 && record.decodeMs > 0
      ? [{ base, record }]
      : [];
  });
  const { values, starts } = clusterBy(pairs, ({ base }) => promptKey(base));
  return {
    baseMs: values.map(({ base }) => base.decodeMs),
    armMs: values.map(({ record }) => record.decodeMs),
    tokens: values.map(({ record }) => record.steps * (record.rows ?? 1)),
    starts,
    leftOut: arm.length - pairs.length,
  };
}

/** A paired comparison and what its resamples gave. */
export interface TimeComparison {
  /** ln S_g. */
  readonly perPrompt: Studentised;
  /** ln S_w. */
  readonly workload: Studentised;
  /** Arm decode time per token, ms, mean over prompts. */
  readonly decodeMs: Interval;
  /** d_i of each prompt. */
  readonly differences: readonly number[];
}

/** How to resample a comparison. */
export interface Resampling {
  /** Seed of the draws. */
  readonly seed: number;
  /** Number of resamples. */
  readonly resamples: number;
}

/** Compares the paired times of one arm. */
export function compareTimes(times: PairedTimes, resampling: Resampling): TimeComparison {
  return compareAll([times], resampling)[0]!;
}

/**
 * Compares the paired times of several arms, in their order. Comparisons over
 * the same blocks share their draws, as families of comparisons need; they are
 * drawn together, which costs little more than one.
 */
export function compareAll(
  all: readonly PairedTimes[],
  resampling: Resampling,
): readonly TimeComparison[] {
  const comparisons = new Map<PairedTimes, TimeComparison>();
  for (const alike of groupBy(all, ({ starts }) => starts.join()).values()) {
    compareAlike(alike, resampling).forEach((comparison, i) =>
      comparisons.set(alike[i]!, comparison)
    );
  }
  return all.map((times) => comparisons.get(times)!);
}

/** Compares arms whose blocks lie in the same clusters. */
function compareAlike(
  alike: readonly PairedTimes[],
  resampling: Resampling,
): readonly TimeComparison[] {
  const { starts, baseMs: firstBase } = alike[0]!;
  const shares = blockShares(starts);
  const logs = alike.map(({ baseMs, armMs }) =>
    baseMs.map((base, k) => Math.log(base / armMs[k]!))
  );
  const students = studentise({
    starts,
    inside: "resampled",
    statistics: alike.flatMap(({ baseMs, armMs }, i): RatioStatistic[] => [
      {
        numerators: logs[i]!.map((d, k) => d * shares[k]!),
        denominators: shares,
        scale: "linear",
      },
      { // the same array for all arms is drawn once
        numerators: equalNumbers(baseMs, firstBase) ? firstBase : baseMs,
        denominators: armMs,
        scale: "log",
      },
    ]),
  }, resampling);
  return alike.map((times, i) => ({
    perPrompt: students[2 * i]!,
    workload: students[2 * i + 1]!,
    decodeMs: timePerToken(times, resampling),
    differences: starts.slice(1).map((end, c) =>
      sum(logs[i]!.slice(starts[c]!, end)) / (end - starts[c]!)
    ),
  }));
}

function equalNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}

/** Arm decode time per token, ms: mean over prompts of the mean over their blocks. */
function timePerToken({ armMs, tokens, starts }: PairedTimes, resampling: Resampling): Interval {
  const shares = blockShares(starts);
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: armMs.map((ms, k) => (ms / tokens[k]!) * shares[k]!),
      denominators: shares,
      scale: "linear",
    }],
  }, resampling);
  return interval!;
}

/** The baseline against itself: ratios of exactly 1, and its own time per token. */
export function baselineSpeed(records: readonly TimedRecord[], resampling: Resampling): Speed {
  const decodeMs = timePerToken(pairTimes(records, records), resampling);
  const { clusters } = decodeMs;
  const one: Estimate = { value: 1, low: 1, high: 1, clusters };
  return {
    decodeMs: estimateOf(decodeMs, { min: 0 }),
    perPrompt: one,
    workload: one,
    pValue: 1,
    verdict: "equivalent",
    minimumDetectable: 0,
    mode: "forced",
  };
}

/** Prompts of a run are told apart by suite and item. */
export function promptKey({ suite, item }: { suite: string; item: string }): string {
  return `${suite}/${item}`;
}

/** Number of distinct prompts among some records. */
export function countPrompts(records: readonly TimedRecord[]): number {
  return groupBy(records, promptKey).size;
}

function blockKey(record: TimedRecord): string {
  return `${promptKey(record)}/${record.repetition}`;
}

/** 1 ÷ blocks of its prompt, for every block. */
function blockShares(starts: readonly number[]): readonly number[] {
  return starts.slice(1).flatMap((end, i) => {
    const blocks = end - starts[i]!;
    return new Array<number>(blocks).fill(1 / blocks);
  });
}
