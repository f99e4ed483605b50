/**
 * Replayed settings as points of a curve, with intervals clustered by prompt.
 *
 *     blocks run    Σ blocks / Σ decode rows           readouts alike
 *     MAC ratio     Σ macs / Σ macs of full depth      decode rows
 *     agreement     Σ agreed / Σ positions             kl and nll alike
 *
 * A point is on the front when no other has both a lower MAC ratio and a higher
 * agreement, one of them strictly.
 *
 * @module
 */
import { curveName } from "../summary/curve_name.ts";
import type { Estimate } from "../contract/summary.ts";
import { bootstrapRatios, type RatioStatistic } from "../summary/bootstrap.ts";
import { type Bounds, clusterBy, estimateOf, purposeSeed } from "../summary/clusters.ts";
import { pricesOf } from "./prices.ts";
import type { ItemTotals } from "./item_sums.ts";
import type { ReplayPoint } from "./replayer.ts";
import type { TraceTable } from "./trace_table.ts";

export { curveName } from "../summary/curve_name.ts";

/** Numbers of one setting. */
export interface CurveNumbers {
  /** Blocks run per decoded token. */
  readonly blocksRun: Estimate;
  /** Readouts per decoded token, checks and final ones. */
  readonly readouts: Estimate;
  /** Multiply-accumulates per decoded token ÷ full depth's. */
  readonly macRatio: Estimate;
  /** Share of positions with full depth's greedy token. */
  readonly agreement: Estimate;
  /** KL(full ‖ policy) per position in nats; absent when not traced. */
  readonly kl?: Estimate;
  /** −ln p of the target per position in nats; absent when not traced. */
  readonly nll?: Estimate;
}

/** A point of a curve. */
export interface CurvePoint extends CurveNumbers {
  /** Canonical label of the setting. */
  readonly label: string;
  /** Name of the curve that it is a point of. */
  readonly curve: string;
  /** Policy. */
  readonly policy: string;
  /** KV fill. */
  readonly fill: string;
  /** Options as parsed. */
  readonly options: unknown;
  /** True for what cannot be deployed. */
  readonly upperBound?: true;
  /** Tag: nothing of it was run. */
  readonly origin: "replayed";
  /** How far it can be believed. */
  readonly basis: ReplayPoint["basis"];
  /** Positions by height of their readout, 0..L. */
  readonly heights: readonly number[];
  /** Whether no other point is better in both MAC ratio and agreement. */
  readonly onFront: boolean;
}

/** How intervals are made. */
export interface CurveOptions {
  /** Seed of the draws. */
  readonly seed: number;
  /** Bootstrap resamples. */
  readonly resamples: number;
}

/** Numbers of per-item sums, clustered by prompt. Items without decode rows count in agreement only. */
export function curveNumbers(
  table: TraceTable,
  totals: readonly ItemTotals[],
  { seed, resamples }: CurveOptions,
): CurveNumbers {
  const full = fullMacs(table);
  const rows = table.items.map((item, i) => ({
    cluster: `${item.suite}/${item.group}`,
    decode: item.to - item.from - 1,
    positions: item.to - item.from,
    full: full[i]!,
    ...totals[i]!,
  }));
  const { values, starts } = clusterBy(rows, ({ cluster }) => cluster);
  const column = (of: (row: typeof rows[number]) => number) => values.map(of);
  const statistic = (
    numerator: (row: typeof rows[number]) => number,
    denominator: (row: typeof rows[number]) => number,
  ): RatioStatistic => ({
    numerators: column(numerator),
    denominators: column(denominator),
    scale: "linear",
  });
  const statistics = [
    statistic((row) => row.blocks, (row) => row.decode),
    statistic((row) => row.readouts, (row) => row.decode),
    statistic((row) => row.macs, (row) => row.full),
    statistic((row) => row.agreed, (row) => row.positions),
    ...(table.kl.length > 0 ? [statistic((row) => row.kl, (row) => row.positions)] : []),
    ...(table.nll.length > 0 ? [statistic((row) => row.nll, (row) => row.positions)] : []),
  ];
  const intervals = bootstrapRatios({ starts, inside: "kept", statistics }, {
    seed: purposeSeed(seed, "replay"),
    resamples,
  });
  const estimate = (i: number, bounds: Bounds = { min: 0 }) => estimateOf(intervals[i]!, bounds);
  return {
    blocksRun: estimate(0, { min: 0, max: table.manifest.model.layerCount }),
    readouts: estimate(1),
    macRatio: estimate(2),
    agreement: estimate(3, { min: 0, max: 1 }),
    ...(table.kl.length > 0 ? { kl: estimate(4) } : {}),
    ...(table.nll.length > 0 ? { nll: estimate(statistics.length - 1) } : {}),
  };
}

/** Full depth's multiply-accumulates of the decode rows of each item. */
export function fullMacs({ items, manifest }: TraceTable): readonly number[] {
  const { block, visible, readout } = pricesOf(manifest.model);
  const { layerCount } = manifest.model;
  return items.map(({ from, to, promptTokens }) => {
    let macs = 0;
    for (let i = 1; i < to - from; i++) {
      macs += layerCount * (block + visible * (promptTokens + i)) + readout;
    }
    return macs;
  });
}

/** Points with their numbers and the front. */
export function curveOf(
  table: TraceTable,
  points: readonly ReplayPoint[],
  options: CurveOptions,
): readonly CurvePoint[] {
  const numbered = points.map(({ setting, origin, basis, heights, items }) => ({
    label: setting.label,
    curve: curveName(setting.label),
    policy: setting.plugin.name,
    ...(setting.plugin.card.deployable === false ? { upperBound: true as const } : {}),
    fill: setting.fill,
    options: setting.options,
    origin,
    basis,
    heights,
    ...curveNumbers(table, items, options),
  }));
  return numbered.map((point) => ({
    ...point,
    onFront: point.upperBound === undefined &&
      !numbered.some((other) => other.upperBound === undefined && dominates(other, point)),
  }));
}

function isAlike(a: CurveNumbers, b: CurveNumbers): boolean {
  return a.macRatio.value === b.macRatio.value && a.agreement.value === b.agreement.value;
}

function dominates(a: CurveNumbers, b: CurveNumbers): boolean {
  const cost = a.macRatio.value - b.macRatio.value;
  const gain = a.agreement.value - b.agreement.value;
  return cost <= 0 && gain >= 0 && (cost < 0 || gain > 0);
}

/**
 * At most `count` points of the front, from the cheapest to the dearest, evenly by
 * rank. Of points that are alike in both numbers the first is taken.
 */
export function frontPoints(points: readonly CurvePoint[], count: number): readonly CurvePoint[] {
  const front = points.filter(({ onFront }) => onFront)
    .sort((a, b) => a.macRatio.value - b.macRatio.value)
    .filter((point, i, sorted) => i === 0 || !isAlike(point, sorted[i - 1]!));
  if (front.length <= count) return front;
  const ranks = Array.from(
    { length: count },
    (_, i) => count === 1 ? 0 : Math.round(i * (front.length - 1) / (count - 1)),
  );
  return [...new Set(ranks)].map((rank) => front[rank]!);
}
