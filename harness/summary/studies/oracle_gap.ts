/**
 * The view of the oracle gap: the exact choice of one depth per sequence under a
 * budget, and the three controls that tell difficulty from luck.
 *
 *     anchor   smallest mean depth at which the choice scores what full depth does
 *     null     the same of normal scores with the depths' means, spread and correlation
 *     clone    gain of choosing among as many equally expensive random skippers
 *     split    score in a second random draw of the depths chosen by a first
 *
 * Source: Glavas et al. 2024, arXiv:2410.20022; the controls are this project's.
 *
 * @module
 */
import type { ChartSeries, Estimate, StudyCell, StudyView } from "../../contract/summary.ts";
import { itemKey } from "../../numerics/item_key.ts";
import { mean } from "../../numerics/moments.ts";
import { quantileOfSorted } from "../../numerics/quantile.ts";
import { purposeSeed } from "../clusters.ts";
import type { ArmRecords, RunView } from "../run_view.ts";
import {
  nullScores,
  oracleAnchor,
  oracleCurve,
  scoreOf,
  sequenceOracle,
} from "../sequence_oracle.ts";
import { armsWith } from "./arms.ts";
import { contrast } from "./contrast.ts";
import { choosingGain, type DepthArm, depthMeans, scoresOf, spreadOf } from "./depth_scores.ts";
import type { ScoredDepths } from "./depth_scores.ts";

/** Draws of the null. */
const NULLS = 40;
/** Most points of the oracle's curve that are drawn. */
const MOST_POINTS = 40;

/** Arms of the study by the way in which they leave blocks out. */
interface GapArms {
  readonly even: readonly DepthArm[];
  readonly exit: readonly DepthArm[];
  readonly random: readonly (readonly DepthArm[])[];
  readonly clones: readonly ArmRecords[];
}

function gapArms(view: RunView): GapArms {
  const { layerCount } = view.run.manifest.model;
  const top: DepthArm = { cost: layerCount, arm: view.baseline };
  const isEven = ({ arm }: ArmRecords) => {
    const order = arm.options.order as readonly number[];
    return order.length > 1 && order[0] === 0 && order.at(-1) === layerCount - 1;
  };
  const even = armsWith(view, "layer_list", { prompt: false }).filter(isEven)
    .map((arm) => ({ cost: (arm.arm.options.order as readonly number[]).length, arm }));
  const exit = armsWith(view, "fixed_exit")
    .map((arm) => ({ cost: Number(arm.arm.options.exit), arm }))
    .filter(({ cost }) => even.some((each) => each.cost === cost));
  const routed = armsWith(view, "random_skip", { route: "sequence" });
  const random = [1, 2].map((draw) =>
    routed.filter(({ arm }) => arm.options.draw === draw && arm.options.blocks !== layerCount - 1)
      .map((arm) => ({ cost: Number(arm.arm.options.blocks), arm }))
  );
  const clones = routed.filter(({ arm }) => arm.options.blocks === layerCount - 1);
  return {
    even: [...even, top],
    exit: [...exit, top],
    random: random.map((arms) => [...arms, top]),
    clones,
  };
}

/** Sums up the oracle gap; `undefined` when no depth was scored. */
export function oracleGapView(view: RunView): StudyView | undefined {
  const arms = gapArms(view);
  const { layerCount } = view.run.manifest.model;
  const tables = [["even", scoresOf(arms.even)], ["exit", scoresOf(arms.exit)]] as const;
  const found = tables.flatMap(([name, table]) => table === undefined ? [] : [{ name, table }]);
  if (found.length === 0) return undefined;
  return {
    study: "oracle_gap",
    summary: "What one depth per sequence, chosen in hindsight, would gain over static depths",
    lines: [
      ...found.flatMap(({ name, table }) => anchorLines(view, { name, table })),
      ...cloneLines(arms),
      ...splitLines(arms),
    ],
    charts: [{
      caption: "Mean score against mean depth: static depths, and the best choice per sequence",
      x: `mean blocks run, of ${layerCount}`,
      y: "mean score",
      series: found.flatMap(({ name, table }) => seriesOf(name, table)),
    }],
    tables: [orderTable(view, arms)],
  };
}

const plain = (value: number, clusters: number): Estimate => ({
  value,
  low: value,
  high: value,
  clusters,
});

function seriesOf(name: string, table: ScoredDepths): readonly ChartSeries[] {
  const count = table.scores.length;
  const curve = oracleCurve(table);
  const every = Math.max(1, Math.ceil(curve.length / MOST_POINTS));
  return [
    {
      name: `${name}, static`,
      points: depthMeans(table).map((score, b) => ({
        x: table.costs[b]!,
        y: plain(score, count),
        label: `${table.costs[b]} blocks`,
      })),
    },
    {
      name: `${name}, oracle (upper bound)`,
      points: curve.filter((_, i) => i % every === 0 || i === curve.length - 1).map((point) => ({
        x: point.capacity / count,
        y: plain(point.value / count, count),
        label: `${(point.capacity / count).toFixed(1)} blocks`,
      })),
    },
  ];
}

function anchorLines(
  view: RunView,
  { name, table }: { readonly name: "even" | "exit"; readonly table: ScoredDepths },
): readonly string[] {
  const { seed, model: { layerCount } } = view.run.manifest;
  const count = table.scores.length;
  const means = depthMeans(table);
  const full = means.at(-1)!;
  if (full === 0) {
    return [`${name}: full depth scores 0 on these items, so there is nothing to keep.`];
  }
  const anchor = oracleAnchor(table);
  const { deviation, correlation } = spreadOf(table);
  const nulls = Array.from({ length: NULLS }, (_, i) => {
    const scores = nullScores({
      means,
      deviation,
      correlation,
      count,
      seed: purposeSeed(seed, "null", name, String(i)),
    });
    return oracleAnchor({ costs: table.costs, scores }).capacity / count;
  }).sort((a, b) => a - b);
  const blocks = (value: number) => `${value.toFixed(1)} of ${layerCount} blocks`;
  const kept = table.costs.find((_, b) => means[b]! >= full)!;
  const chosen = sequenceOracle(table, anchor.capacity)!;
  const choices = chosen.depths.flatMap((b, n) => {
    const item = table.keys[n]!.slice(table.keys[n]!.indexOf("/") + 1);
    return [itemKey(item), table.costs[b]!];
  });
  return [
    `${name}: full depth scores ${full.toFixed(3)} on ${count} sequences; no static depth below ` +
    `${kept} reaches that, the oracle does with ${blocks(anchor.capacity / count)}.`,
    `${name}: scores of two depths correlate with ρ = ${correlation.toFixed(2)}; without any ` +
    `difficulty of their own such sequences would give an oracle at ${blocks(mean(nulls))} ` +
    `[${quantileOfSorted(nulls, 0.025).toFixed(1)}, ${
      quantileOfSorted(nulls, 0.975).toFixed(1)
    }]: ` +
    `only what lies below that is difficulty.`,
    ...count <= 64
      ? [
        `${name}: to run that choice: sequence_oracle(pattern=${name},choices=[${
          choices.join(",")
        }])`,
      ]
      : [],
  ];
}

function cloneLines({ clones }: GapArms): readonly string[] {
  const table = scoresOf(clones.map((arm, i) => ({ cost: i + 1, arm })));
  if (table === undefined) return [];
  return [
    `clone: the best of ${table.costs.length} equally expensive random skippers gains ` +
    `${choosingGain(table).toFixed(3)} over the best single one, by choosing alone.`,
  ];
}

function splitLines({ random }: GapArms): readonly string[] {
  const [first, second] = random.map(scoresOf);
  if (first === undefined || second === undefined) return [];
  const chosen = first.scores.map((row) => row.indexOf(Math.max(...row)));
  const order = new Map(second.keys.map((key, n) => [key, n]));
  if (!first.keys.every((key) => order.has(key)) || first.costs.length !== second.costs.length) {
    return [];
  }
  const again = first.keys.map((key) => second.scores[order.get(key)!]!);
  const kept = scoreOf(chosen, again) / again.length;
  const best = Math.max(...depthMeans({ costs: second.costs, scores: again }));
  return [
    `split: choosing in one draw of random blocks gains ${
      choosingGain(first).toFixed(3)
    } there; in ` +
    `a second draw the same depths score ${kept.toFixed(3)} where the best static one scores ` +
    `${best.toFixed(3)}.`,
  ];
}

/** Agreement at equal blocks by the way in which blocks are left out. */
function orderTable(view: RunView, { even, random, exit }: GapArms): StudyView["tables"][number] {
  const { seed, model: { layerCount } } = view.run.manifest;
  const cell = (arms: readonly DepthArm[], cost: number): StudyCell => {
    const found = arms.find((each) => each.cost === cost);
    const estimate = found === undefined
      ? undefined
      : contrast({ a: [found.arm], metric: "agreement", seed });
    return estimate === undefined ? "—" : { estimate, as: "percent" };
  };
  const costs = even.map(({ cost }) => cost).filter((cost) => cost < layerCount)
    .sort((a, b) => a - b);
  return {
    caption: "Agreement with full depth at equal blocks [%] ↑",
    columns: [`blocks [of ${layerCount}]`, "even spread", "random per sequence", "exit"],
    rows: costs.map((cost) => [
      String(cost),
      cell(even, cost),
      cell(random[0] ?? [], cost),
      cell(exit, cost),
    ]),
  };
}
