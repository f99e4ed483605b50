/**
 * The Pareto plot: quality against speed.
 *
 * Speed is the measured speed-up per prompt, or, when nothing was timed, full
 * depth's multiply-accumulates ÷ the arm's. Quality is the mean over suites of
 * the ratio to the baseline; suites are independent, so the distances to the
 * ends of their intervals add up in squares:
 *
 *     low = q − √Σ(q_s − low_s)² / suites        high alike
 *
 * What cannot be deployed is drawn as an upper bound and left out of the front.
 *
 * @module
 */
import type { ArmSummary, Estimate, Pareto, ParetoPoint } from "../contract/summary.ts";
import { mean } from "../numerics/moments.ts";

/** The plot; `undefined` with fewer than two points. */
export function paretoOf(arms: readonly ArmSummary[]): Pareto | undefined {
  const timed = arms.some(({ speed }) => speed !== undefined);
  const points = arms.flatMap((arm): Omit<ParetoPoint, "onFront">[] => {
    const speed = timed ? arm.speed?.perPrompt : macRatio(arm);
    const quality = arm.role === "baseline"
      ? baselineQuality(arm)
      : meanRatio(arm.quality.flatMap(({ ratio }) => ratio === undefined ? [] : [ratio]));
    if (speed === undefined || quality === undefined) return [];
    return [{
      label: arm.label,
      speed,
      quality,
      ...(arm.worstQuality === undefined ? {} : { worstQuality: arm.worstQuality }),
      ...(arm.card.deployable === false ? { upperBound: true } : {}),
    }];
  });
  if (points.length < 2) return undefined;
  return {
    speedAxis: timed ? "measured speed-up" : "full-depth MACs ÷ MACs",
    points: points.map((point) => ({
      ...point,
      onFront: point.upperBound === undefined &&
        !points.some((other) => other.upperBound === undefined && dominates(other, point)),
    })),
  };
}

/** Mean of independent ratios; `undefined` of none. */
export function meanRatio(ratios: readonly Estimate[]): Estimate | undefined {
  if (ratios.length === 0) return undefined;
  const value = mean(ratios.map((ratio) => ratio.value));
  const reach = (end: "low" | "high"): number =>
    Math.hypot(...ratios.map((ratio) => ratio.value - ratio[end])) / ratios.length;
  return {
    value,
    low: value - reach("low"),
    high: value + reach("high"),
    clusters: ratios.reduce((total, { clusters }) => total + clusters, 0),
  };
}

function macRatio({ cost }: ArmSummary): Estimate | undefined {
  if (cost === undefined) return undefined;
  const value = 1 / cost.macs; // counted, not sampled: no interval
  return { value, low: value, high: value, clusters: cost.blocksRun.clusters };
}

function baselineQuality({ quality }: ArmSummary): Estimate | undefined {
  if (quality.length === 0) return undefined;
  const clusters = quality.reduce((total, { value }) => total + value.clusters, 0);
  return { value: 1, low: 1, high: 1, clusters };
}

type Place = Pick<ParetoPoint, "speed" | "quality">;

function dominates(a: Place, b: Place): boolean {
  return a.speed.value >= b.speed.value && a.quality.value >= b.quality.value &&
    (a.speed.value > b.speed.value || a.quality.value > b.quality.value);
}
