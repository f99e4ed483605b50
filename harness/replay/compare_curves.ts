/**
 * Two curves at equal cost and at equal quality.
 *
 * Between two neighbours of a curve's own front lie the mixtures that give a prompt
 * setting i with weight 1 − w and setting i + 1 with weight w. Multiply-accumulates
 * and agreement of a mixture are linear in w, so
 *
 *     equal cost     Σ (agreed_A − agreed_B) / Σ positions    at one MAC ratio
 *     equal quality  Σ macs_A / Σ macs_B                      at one agreement
 *
 * Weights are those of the whole trace and stay fixed in resampling. Intervals are
 * clustered by prompt, 95 % each, not corrected for the number of comparisons.
 * Cost is counted, not timed.
 *
 * @module
 */
import type { Estimate } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "../summary/bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed, ratioOf } from "../summary/clusters.ts";
import { curveName, type CurveOptions, fullMacs } from "./curve.ts";
import type { ReplayPoint } from "./replayer.ts";
import type { TraceTable } from "./trace_table.ts";

/** Levels at which two curves are compared. */
const LEVELS = 3;

/** One comparison of two curves. */
export interface CurveComparison {
  /** Name of the first curve. */
  readonly a: string;
  /** Name of the second. */
  readonly b: string;
  /** What is held equal. */
  readonly equal: "cost" | "quality";
  /** The MAC ratio or the agreement at which. */
  readonly level: number;
  /** Agreement of A minus B at equal cost; MACs of A ÷ B at equal quality. */
  readonly estimate: Estimate;
}

/** A setting or mixture: sums per item. */
interface Mixture {
  readonly macs: readonly number[];
  readonly agreed: readonly number[];
}

/** A mixture with its totals. */
interface Knot extends Mixture {
  readonly cost: number;
  readonly quality: number;
}

/** Compares every pair of curves where their ranges overlap. */
export function compareCurves(
  table: TraceTable,
  points: readonly ReplayPoint[],
  options: CurveOptions,
): readonly CurveComparison[] {
  const names = [...new Set(points.map(({ setting }) => curveName(setting.label)))];
  const curves = names.map((name) => ({
    name,
    knots: frontOf(table, points.filter(({ setting }) => curveName(setting.label) === name)),
  }));
  const comparisons: CurveComparison[] = [];
  curves.forEach((a, i) => {
    for (const b of curves.slice(i + 1)) {
      for (const equal of ["cost", "quality"] as const) {
        for (const level of sharedLevels(a.knots, b.knots, equal)) {
          const pair = { a: mixtureAt(a.knots, equal, level), b: mixtureAt(b.knots, equal, level) };
          const estimate = compare(table, pair, { ...options, equal });
          comparisons.push({ a: a.name, b: b.name, equal, level, estimate });
        }
      }
    }
  });
  return comparisons;
}

/** The settings that no other of the curve beats, the cheapest first: both totals rise. */
function frontOf(table: TraceTable, points: readonly ReplayPoint[]): readonly Knot[] {
  const full = sum(fullMacs(table));
  const knots = points.map(({ items }): Knot => {
    const macs = items.map((item) => item.macs);
    const agreed = items.map((item) => item.agreed);
    return { macs, agreed, cost: sum(macs) / full, quality: sum(agreed) / table.size };
  }).sort((x, y) => x.cost - y.cost || y.quality - x.quality);
  const front: Knot[] = [];
  for (const knot of knots) {
    if (front.length === 0 || knot.quality > front.at(-1)!.quality) front.push(knot);
  }
  return front;
}

/** Levels evenly inside the range that both curves reach; one where that is a point. */
function sharedLevels(
  a: readonly Knot[],
  b: readonly Knot[],
  equal: "cost" | "quality",
): readonly number[] {
  const low = Math.max(a[0]![equal], b[0]![equal]);
  const high = Math.min(a.at(-1)![equal], b.at(-1)![equal]);
  if (!(low <= high)) return [];
  if (low === high) return [low];
  return Array.from({ length: LEVELS }, (_, i) => low + (high - low) * (i + 1) / (LEVELS + 1));
}

function mixtureAt(knots: readonly Knot[], equal: "cost" | "quality", level: number): Mixture {
  const above = knots.findIndex((knot) => knot[equal] >= level);
  const upper = knots[above]!;
  const lower = knots[above - 1];
  if (lower === undefined || upper[equal] === level) return upper;
  const weight = (level - lower[equal]) / (upper[equal] - lower[equal]);
  const mix = (of: "macs" | "agreed") =>
    lower[of].map((value, i) => (1 - weight) * value + weight * upper[of][i]!);
  return { macs: mix("macs"), agreed: mix("agreed") };
}

function compare(
  { items }: TraceTable,
  { a, b }: { readonly a: Mixture; readonly b: Mixture },
  { equal, seed, resamples }: CurveOptions & { readonly equal: "cost" | "quality" },
): Estimate {
  // Items of one position have no decode rows and so no cost to compare.
  const places = items.map((item, i) => ({ ...item, i })).filter(({ i }) =>
    equal === "cost" || b.macs[i]! > 0
  );
  const { values, starts } = clusterBy(places, ({ suite, group }) => `${suite}/${group}`);
  const isCost = equal === "cost";
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map(({ i }) => isCost ? a.agreed[i]! - b.agreed[i]! : a.macs[i]!),
      denominators: values.map(({ i, from, to }) => isCost ? to - from : b.macs[i]!),
      scale: isCost ? "linear" : "log",
    }],
  }, { seed: purposeSeed(seed, "compare curves", equal), resamples });
  return isCost ? estimateOf(interval!, { min: -1, max: 1 }) : ratioOf(interval!);
}
