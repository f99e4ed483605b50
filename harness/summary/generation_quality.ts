/**
 * Scores of generated answers, paired by item.
 *
 *     value        mean score; Wilson's interval where all scores are 0 or 1 and
 *                  every item is its own cluster, else bootstrap-t
 *     difference   Σ (score_k − score_0) / items, clustered by source document
 *     ratio        Σ score_k / Σ score_0, the same clusters
 *     churn        items lost and won; exact McNemar for right and wrong answers,
 *                  sign-flip test on the clusters' sums for graded ones
 *     lengthRatio  Σ tokens_k / Σ tokens_0
 *
 * @module
 */
import type { FreeRecord } from "../contract/record.ts";
import type { Estimate, SuiteQuality } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { mcNemarExact, wilsonInterval } from "../numerics/proportion.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, type Clustered, estimateOf, purposeSeed } from "./clusters.ts";
import type { QualityRequest } from "./quality.ts";
import type { ArmRecords } from "./run_view.ts";
import { signFlipTest } from "./sign_flip.ts";

interface Pair {
  readonly group: string;
  readonly base: number;
  readonly score: number;
  readonly baseTokens: number;
  readonly tokens: number;
}

/** An arm's scores on a generation suite; `undefined` when nothing was scored. */
export function generationQuality(
  arm: ArmRecords,
  request: QualityRequest,
): SuiteQuality | undefined {
  const { suite, baseline, seed, resamples } = request;
  const own = scored(arm.free, suite.name);
  if (own.length === 0) return undefined;
  const value = scoreEstimate(own, { seed, resamples });
  const quality: SuiteQuality = { suite: suite.name, metric: "score", value };
  if (arm.arm.role === "baseline") return quality;

  const bases = new Map(scored(baseline.free, suite.name).map((record) => [record.item, record]));
  const pairs = clusterBy(
    own.flatMap((record): Pair[] => {
      const base = bases.get(record.item);
      return base === undefined ? [] : [{
        group: base.group,
        base: base.score,
        score: record.score,
        baseTokens: base.tokens.length,
        tokens: record.tokens.length,
      }];
    }),
    ({ group }) => group,
  );
  return pairs.values.length === 0 ? quality : { ...quality, ...comparePairs(pairs, request) };
}

type Comparison = Pick<
  SuiteQuality,
  "difference" | "churn" | "pValue" | "ratio" | "lengthRatio"
>;

function comparePairs(pairs: Clustered<Pair>, { seed, resamples }: QualityRequest): Comparison {
  const { values, starts } = pairs;
  const bases = values.map(({ base }) => base);
  const scores = values.map(({ score }) => score);
  const lattice = areBinary(bases) && areBinary(scores);
  const differences = scores.map((score, i) => score - bases[i]!);
  const [difference, ratio] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [
      { numerators: differences, denominators: values.map(() => 1), scale: "linear", lattice },
      { numerators: scores, denominators: bases, scale: "linear", lattice },
    ],
  }, { seed: purposeSeed(seed, "difference"), resamples });
  const lost = differences.filter((d) => d < 0).length;
  const won = differences.filter((d) => d > 0).length;
  const baseTokens = sum(values.map((pair) => pair.baseTokens));
  const pValue = lattice ? mcNemarExact(lost, won) : signFlipTest(
    starts.slice(1).map((end, c) => sum(differences.slice(starts[c]!, end))),
    purposeSeed(seed, "sign flips"),
  );
  return {
    difference: estimateOf(difference!, { min: -1, max: 1 }),
    churn: { lost, won, pValue },
    pValue,
    ...(sum(bases) > 0 ? { ratio: estimateOf(ratio!, { min: 0 }) } : {}),
    ...(baseTokens > 0 ? { lengthRatio: sum(values.map((pair) => pair.tokens)) / baseTokens } : {}),
  };
}

type Scored = FreeRecord & { readonly score: number };

function scored(records: readonly FreeRecord[], suite: string): readonly Scored[] {
  return records.filter((record): record is Scored =>
    record.suite === suite && record.score !== undefined
  );
}

function scoreEstimate(
  records: readonly Scored[],
  { seed, resamples }: { readonly seed: number; readonly resamples: number },
): Estimate {
  const { values, starts } = clusterBy(records, ({ group }) => group);
  const scores = values.map(({ score }) => score);
  const clusters = starts.length - 1;
  if (areBinary(scores) && clusters === scores.length) {
    return { ...wilsonInterval(sum(scores), clusters), clusters };
  }
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{ numerators: scores, denominators: scores.map(() => 1), scale: "linear" }],
  }, { seed: purposeSeed(seed, "value"), resamples });
  return estimateOf(interval!, { min: 0, max: 1 });
}

function areBinary(scores: readonly number[]): boolean {
  return scores.every((score) => score === 0 || score === 1);
}
