/**
 * Tables of replayed settings. Numbers come computed; this file only writes them.
 *
 * @module
 */
import type { Estimate } from "../harness/contract/summary.ts";
import type { CurveComparison } from "../harness/replay/compare_curves.ts";
import type { CurveNumbers, CurvePoint } from "../harness/replay/curve.ts";
import type { RealRun } from "../harness/replay/real_run.ts";
import { alignedTable, numberText } from "./summary_table.ts";

/** Rows printed; beyond, only the front is. */
const MOST_ROWS = 60;

/** A point beside its real run. */
export interface CheckedPoint {
  /** As replayed. */
  readonly point: CurvePoint;
  /** As run. */
  readonly real: RealRun;
}

/** One row per setting; `♦` marks the front. */
export function replayTable(points: readonly CurvePoint[], layerCount: number): string {
  const isShort = points.length <= MOST_ROWS;
  const shown = isShort ? points : points.filter(({ onFront }) => onFront);
  const table = alignedTable(
    ["policy, replayed", ...headings(layerCount, points), "exact [%]", "front"],
    shown.map((point) => [
      label(point),
      ...cells(point, points),
      numberText(100 * point.basis.exact / point.basis.positions),
      point.onFront ? "♦" : "",
    ]),
  );
  return isShort
    ? table
    : `${table}The front's ${shown.length} of ${points.length} settings; --json writes all\n`;
}

/** Two rows per checked point: replayed, then run. */
export function checkTable(checked: readonly CheckedPoint[], layerCount: number): string {
  const all = checked.map(({ point }) => point);
  return alignedTable(
    ["policy", "", ...headings(layerCount, all), "same exits [%]"],
    checked.flatMap(({ point, real }) => [
      [label(point), "replayed", ...cells(point, all), ""],
      ["", "run", ...cells(real.numbers, all), numberText(100 * real.sameExits)],
    ]),
  );
}

/** Pairs of curves, one row per level at which they are compared. */
export function comparisonTable(comparisons: readonly CurveComparison[]): string {
  return alignedTable(
    ["A, replayed", "B", "at equal", "", "agreement A - B [points] ↑", "MACs A / B [×] ↓"],
    comparisons.map(({ a, b, equal, level, estimate }) => [
      a,
      b,
      equal === "cost" ? "MACs [×]" : "agreement [%]",
      numberText(equal === "cost" ? level : 100 * level),
      equal === "cost" ? estimateText(estimate, 100) : "",
      equal === "quality" ? estimateText(estimate) : "",
    ]),
  );
}

function label({ label, fill, upperBound }: CurvePoint): string {
  const named = label.includes("fill=") ? label : `${label} · ${fill}`;
  return upperBound === true ? `${named} (upper bound)` : named;
}

function headings(layerCount: number, points: readonly CurvePoint[]): readonly string[] {
  return [
    `blocks run [of ${layerCount}] ↓`,
    "readouts [/token] ↓",
    "MACs [×] ↓",
    "agreement [%] ↑",
    ...(points.some(({ kl }) => kl !== undefined) ? ["KL [nats] ↓"] : []),
    ...(points.some(({ nll }) => nll !== undefined) ? ["nll [nats] ↓"] : []),
  ];
}

function cells(numbers: CurveNumbers, points: readonly CurvePoint[]): readonly string[] {
  return [
    estimateText(numbers.blocksRun),
    numberText(numbers.readouts.value),
    estimateText(numbers.macRatio),
    estimateText(numbers.agreement, 100),
    ...(points.some(({ kl }) => kl !== undefined) ? [estimateText(numbers.kl)] : []),
    ...(points.some(({ nll }) => nll !== undefined) ? [estimateText(numbers.nll)] : []),
  ];
}

function estimateText(estimate: Estimate | undefined, scale: number = 1): string {
  if (estimate === undefined) return numberText(undefined);
  const { value, low, high } = estimate;
  if (Number.isNaN(low) || low === high) return numberText(scale * value);
  return `${numberText(scale * value)} [${numberText(scale * low)}, ${numberText(scale * high)}]`;
}
