/**
 * Choosing a point of a curve: the cheapest that is good enough, or the best that
 * is cheap enough.
 *
 *     target quality q:  least cost with    low(quality) ≥ q
 *     target speed s:    most quality with  1 / high(cost) ≥ s      cost ÷ full depth's
 *
 * The end of the 95 % interval must reach the target, not the estimate alone. That
 * interval is of one point: the choice among many is made on the same prompts, so
 * it promises nothing; learnThenTest() does.
 *
 * @module
 */
import type { Estimate } from "../contract/summary.ts";

/** A setting on a curve. */
export interface SelectablePoint {
  /** Value of the calibrated option. */
  readonly value: number;
  /** Quality in [0, 1], 1 is full depth's. */
  readonly quality: Estimate;
  /** Multiply-accumulates per decoded token ÷ full depth's. */
  readonly cost: Estimate;
}

/** What must be reached. */
export interface CurveTarget {
  /** Which of the two. */
  readonly kind: "target_quality" | "target_speed";
  /** Least quality in [0, 1], or least ratio of full depth's cost to the policy's. */
  readonly target: number;
}

/** Whether a point surely reaches the target. An interval without ends never does. */
export function reachesTarget(point: SelectablePoint, { kind, target }: CurveTarget): boolean {
  return kind === "target_quality" ? point.quality.low >= target : point.cost.high * target <= 1;
}

/** The point that is taken; `undefined` when none reaches the target. Ties go to the first. */
export function selectOnCurve<P extends SelectablePoint>(
  points: readonly P[],
  target: CurveTarget,
): P | undefined {
  const isBetter = (a: P, b: P) =>
    target.kind === "target_quality"
      ? a.cost.value < b.cost.value ||
        a.cost.value === b.cost.value && a.quality.value > b.quality.value
      : a.quality.value > b.quality.value ||
        a.quality.value === b.quality.value && a.cost.value < b.cost.value;
  let best: P | undefined;
  for (const point of points) {
    if (reachesTarget(point, target) && (best === undefined || isBetter(point, best))) best = point;
  }
  return best;
}
