/**
 * Policies with several settings as curves of a run, compared at equal measured
 * cost and at equal quality.
 *
 *     cost      decode time ÷ full depth's where arms were timed, else blocks run ÷ L
 *     quality   agreement with full depth on the same texts
 *
 * Settings are arms whose labels differ in numbers only. Times of an item are
 * means over its visits; items that not every setting ran are left out.
 *
 * @module
 */
import type { ChartSeries, StudyView } from "../contract/summary.ts";
import { mean, sum } from "../numerics/moments.ts";
import { bootstrapRatios } from "./bootstrap.ts";
import { clusterBy, estimateOf, purposeSeed } from "./clusters.ts";
import { compareNamedCurves, type CurveItems, type NamedCurve } from "./curve_comparison.ts";
import { curveName } from "./curve_name.ts";
import { type ArmRecords, groupBy, type RunView } from "./run_view.ts";
import { promptKey } from "./speed_up.ts";

/** Resamples of the curves' intervals: there are many points. */
const RESAMPLES = 2000;

/** A setting with its label. */
interface Point {
  readonly label: string;
  readonly costs: readonly number[];
  readonly agreed: readonly number[];
}

/** Cost of each item of an arm: ms per step, or blocks per position. */
function costsOf(
  arm: ArmRecords,
  { keys, timed }: { readonly keys: readonly string[]; readonly timed: boolean },
): readonly number[] {
  const byKey = timed ? groupBy(arm.timed, promptKey) : new Map<string, ArmRecords["timed"]>();
  const texts = new Map(arm.lockstep.map((record) => [promptKey(record), record]));
  return keys.map((key) =>
    timed
      ? mean(byKey.get(key)!.map(({ decodeMs, steps }) => decodeMs / steps))
      : sum(texts.get(key)!.blocksRun)
  );
}

/** Sums up the curves of a run; `undefined` when no policy has two settings. */
export function curvesView(view: RunView): StudyView | undefined {
  const groups = [...groupBy(view.policies, ({ arm }) => curveName(arm.label))]
    .filter(([, arms]) => arms.filter(({ lockstep }) => lockstep.length > 0).length > 1);
  if (groups.length === 0) return undefined;
  const arms = [view.baseline, ...groups.flatMap(([, own]) => own)]
    .filter(({ lockstep }) => lockstep.length > 0);
  const has = (timed: boolean) => (key: string) =>
    arms.every((arm) =>
      arm.lockstep.some((record) => promptKey(record) === key) &&
      (!timed || arm.timed.some((record) => promptKey(record) === key))
    );
  const all = view.baseline.lockstep.filter(({ flips }) => flips.length > 0);
  const timed = all.some((record) => has(true)(promptKey(record)));
  const texts = all.filter((record) => has(timed)(promptKey(record)));
  if (texts.length === 0) return undefined;
  const keys = texts.map(promptKey);
  const full = costsOf(view.baseline, { keys, timed });
  const items: CurveItems = {
    clusters: texts.map(({ suite, group }) => `${suite}/${group}`),
    positions: texts.map(({ flips }) => flips.length),
    fullCost: sum(full),
  };
  const pointOf = (arm: ArmRecords): Point => {
    const own = new Map(arm.lockstep.map((record) => [promptKey(record), record]));
    return {
      label: arm.arm.label,
      costs: costsOf(arm, { keys, timed }),
      agreed: keys.map((key) => own.get(key)!.flips.length - sum(own.get(key)!.flips)),
    };
  };
  const curves = groups.map(([name, own]) => ({
    name: own[0]!.arm.card.deployable === false ? `${name} (upper bound)` : name,
    settings: own.filter((arm) => arms.includes(arm)).map(pointOf),
  }));
  const seed = view.run.manifest.seed;
  return viewOf(curves, { items, full, seed, timed });
}

function viewOf(
  curves: readonly (NamedCurve & { readonly settings: readonly Point[] })[],
  { items, full, seed, timed }: {
    readonly items: CurveItems;
    readonly full: readonly number[];
    readonly seed: number;
    readonly timed: boolean;
  },
): StudyView {
  const cost = timed ? "decode time ÷ full depth's" : "blocks run ÷ full depth's";
  const comparisons = compareNamedCurves(curves, { items, seed, resamples: RESAMPLES });
  return {
    study: "curves",
    summary: "Policies with several settings, along their curves",
    lines: [
      `Cost is ${timed ? "measured" : "counted"}: ${cost}. Between two settings a curve is what ` +
      "mixing them by chance does; full depth stands at a cost of 1.",
    ],
    charts: [{
      caption: "Agreement with full depth against cost, setting by setting",
      x: cost,
      y: "agreement, share",
      series: curves.map((curve) => seriesOf(curve, { items, full, seed })),
    }],
    tables: comparisons.length === 0 ? [] : [{
      caption: "Curves at equal cost, and at equal agreement",
      columns: ["A", "B", "held equal", "level", "A against B"],
      rows: comparisons.map(({ a, b, equal, level, estimate }) => [
        a,
        b,
        equal === "cost" ? "cost" : "agreement",
        level.toFixed(3),
        equal === "cost"
          ? { estimate, as: "percent" as const }
          : { estimate, as: "ratio" as const },
      ]),
    }],
  };
}

function seriesOf(
  { name, settings }: { readonly name: string; readonly settings: readonly Point[] },
  { items, full, seed }: {
    readonly items: CurveItems;
    readonly full: readonly number[];
    readonly seed: number;
  },
): ChartSeries {
  const points = settings.map(({ label, costs, agreed }) => {
    const { values, starts } = clusterBy(agreed.keys(), (i) => items.clusters[i]!);
    const [agreement] = bootstrapRatios({
      starts,
      inside: "kept",
      statistics: [{
        numerators: values.map((i) => agreed[i]!),
        denominators: values.map((i) => items.positions[i]!),
        scale: "linear",
      }],
    }, { seed: purposeSeed(seed, "curve", label), resamples: RESAMPLES });
    return {
      x: sum(costs) / sum(full),
      y: estimateOf(agreement!, { min: 0, max: 1 }),
      label,
    };
  });
  return { name, points: points.sort((p, q) => p.x - q.x) };
}
