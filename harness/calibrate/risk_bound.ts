/**
 * Risk bounds by name, and how many prompts each needs to show anything.
 *
 * @module
 */
import { hoeffdingPValue, type LossMean } from "./hoeffding.ts";
import { hoeffdingBentkusPValue } from "./hoeffding_bentkus.ts";

/** A bound on the expected loss. */
export type RiskBound = "hoeffding_bentkus" | "hoeffding";

/** All of them, the sharpest first. */
export const RISK_BOUNDS: readonly RiskBound[] = ["hoeffding_bentkus", "hoeffding"];

/** What must hold with which probability. */
export interface RiskLevel {
  /** δ: largest expected loss, in (0, 1). */
  readonly delta: number;
  /** ε: probability, over the calibration draw, that it is larger all the same, in (0, 1). */
  readonly epsilon: number;
  /** The bound. */
  readonly bound: RiskBound;
}

/** p-value of "the expected loss is above `delta`". */
export function riskPValue(losses: LossMean, { delta, bound }: RiskLevel): number {
  return bound === "hoeffding"
    ? hoeffdingPValue(losses, delta)
    : hoeffdingBentkusPValue(losses, delta);
}

/** Fewest prompts with which a setting without any loss passes. */
export function leastPrompts(level: RiskLevel): number {
  const { delta, epsilon, bound } = level;
  const exact = bound === "hoeffding"
    ? Math.log(1 / epsilon) / (2 * delta * delta)
    : Math.log(epsilon) / Math.log1p(-delta);
  // The logarithms round: take the first count that really passes.
  const start = Math.max(1, Math.floor(exact) - 1);
  for (let count = start;; count++) {
    if (riskPValue({ mean: 0, count }, level) <= epsilon) return count;
  }
}
