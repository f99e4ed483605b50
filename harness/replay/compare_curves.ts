/**
 * Replayed curves against each other, at equal multiply-accumulates and at equal
 * agreement; see `curve_comparison.ts` for what is compared and how. Cost is
 * counted, not timed.
 *
 * @module
 */
import { sum } from "../numerics/moments.ts";
import { compareNamedCurves, type CurveComparison } from "../summary/curve_comparison.ts";
import { curveName, type CurveOptions, fullMacs } from "./curve.ts";
import type { ReplayPoint } from "./replayer.ts";
import type { TraceTable } from "./trace_table.ts";

export type { CurveComparison } from "../summary/curve_comparison.ts";

/** Compares every pair of curves where their ranges overlap. */
export function compareCurves(
  table: TraceTable,
  points: readonly ReplayPoint[],
  options: CurveOptions,
): readonly CurveComparison[] {
  const names = [...new Set(points.map(({ setting }) => curveName(setting.label)))];
  const curves = names.map((name) => ({
    name,
    settings: points.filter(({ setting }) => curveName(setting.label) === name)
      .map(({ items }) => ({
        costs: items.map((item) => item.macs),
        agreed: items.map((item) => item.agreed),
      })),
  }));
  return compareNamedCurves(curves, {
    ...options,
    items: {
      clusters: table.items.map(({ suite, group }) => `${suite}/${group}`),
      positions: table.items.map(({ from, to }) => to - from),
      fullCost: sum(fullMacs(table)),
    },
  });
}
