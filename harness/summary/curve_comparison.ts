/**
 * Curves against each other, at equal cost and at equal quality.
 *
 * Of each curve only the settings count that no other of it beats. Between two
 * neighbours a curve is what mixing them does: each item runs setting i with
 * weight 1 − w and setting i + 1 with weight w. Cost and agreement of a mixture are
 * linear in w, so
 *
 *     equal cost     Σ (agreed_A − agreed_B) / Σ positions    at one cost
 *     equal quality  Σ cost_A / Σ cost_B                      at one agreement
 *
 * Weights are those of all items and stay fixed in resampling. Intervals are
 * clustered, 95 % each, not corrected for the number of comparisons.
 *
 * @module
 */
import type { Estimate } from "../contract/summary.ts";
import { sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed, ratioOf } from "./clusters.ts";
import type { Resampling } from "./speed_up.ts";

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
  /** The cost, as a share of full depth's, or the agreement at which. */
  readonly level: number;
  /** Agreement of A minus B at equal cost; cost of A ÷ B at equal quality. */
  readonly estimate: Estimate;
}

/** A setting: sums per item. */
export interface CurveSetting {
  /** Cost of each item. */
  readonly costs: readonly number[];
  /** Positions of each item that agree with full depth. */
  readonly agreed: readonly number[];
}

/** A curve: settings of one policy. */
export interface NamedCurve {
  /** Its name. */
  readonly name: string;
  /** Its settings, in any order. */
  readonly settings: readonly CurveSetting[];
}

/** The items that all settings ran. */
export interface CurveItems {
  /** Cluster of each item. */
  readonly clusters: readonly string[];
  /** Positions of each item. */
  readonly positions: readonly number[];
  /** Full depth's cost of all of them. */
  readonly fullCost: number;
}

/** A setting or mixture with its totals. */
interface Knot extends CurveSetting {
  readonly cost: number;
  readonly quality: number;
}

/** Compares every pair of curves where their ranges overlap. */
export function compareNamedCurves(
  curves: readonly NamedCurve[],
  { items, ...resampling }: Resampling & { readonly items: CurveItems },
): readonly CurveComparison[] {
  const fronts = curves.map(({ name, settings }) => ({ name, knots: frontOf(settings, items) }));
  const comparisons: CurveComparison[] = [];
  fronts.forEach((a, i) => {
    for (const b of fronts.slice(i + 1)) {
      for (const equal of ["cost", "quality"] as const) {
        for (const level of sharedLevels(a.knots, b.knots, equal)) {
          const pair = { a: mixtureAt(a.knots, equal, level), b: mixtureAt(b.knots, equal, level) };
          const estimate = compare(items, pair, { ...resampling, equal });
          comparisons.push({ a: a.name, b: b.name, equal, level, estimate });
        }
      }
    }
  });
  return comparisons;
}

/** The settings that no other of the curve beats, the cheapest first: both totals rise. */
function frontOf(settings: readonly CurveSetting[], items: CurveItems): readonly Knot[] {
  const positions = sum(items.positions);
  const knots = settings.map((setting): Knot => ({
    ...setting,
    cost: sum(setting.costs) / items.fullCost,
    quality: sum(setting.agreed) / positions,
  })).sort((x, y) => x.cost - y.cost || y.quality - x.quality);
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

function mixtureAt(
  knots: readonly Knot[],
  equal: "cost" | "quality",
  level: number,
): CurveSetting {
  const above = knots.findIndex((knot) => knot[equal] >= level);
  const upper = knots[above]!;
  const lower = knots[above - 1];
  if (lower === undefined || upper[equal] === level) return upper;
  const weight = (level - lower[equal]) / (upper[equal] - lower[equal]);
  const mix = (of: "costs" | "agreed") =>
    lower[of].map((value, i) => (1 - weight) * value + weight * upper[of][i]!);
  return { costs: mix("costs"), agreed: mix("agreed") };
}

function compare(
  { clusters, positions }: CurveItems,
  { a, b }: { readonly a: CurveSetting; readonly b: CurveSetting },
  { equal, seed, resamples }: Resampling & { readonly equal: "cost" | "quality" },
): Estimate {
  const isCost = equal === "cost";
  // Items of one position have no decode rows and so no cost to compare.
  const places = clusters.map((_, i) => i).filter((i) => isCost || b.costs[i]! > 0);
  const { values, starts } = clusterBy(places, (i) => clusters[i]!);
  const [interval] = bootstrapRatios({
    starts,
    inside: "kept",
    statistics: [{
      numerators: values.map((i) => isCost ? a.agreed[i]! - b.agreed[i]! : a.costs[i]!),
      denominators: values.map((i) => isCost ? positions[i]! : b.costs[i]!),
      scale: isCost ? "linear" : "log",
    }],
  }, { seed: purposeSeed(seed, "compare curves", equal), resamples });
  return isCost ? estimateOf(interval!, { min: -1, max: 1 }) : ratioOf(interval!);
}
