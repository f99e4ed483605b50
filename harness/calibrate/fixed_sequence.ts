/**
 * Learn-then-Test with a fixed sequence: settings are tested from the strictest
 * on, and the first that fails ends the test.
 *
 *     null of setting j: E[loss_j] > δ      rejected iff p_j ≤ ε
 *     result: the last setting rejected before the first that is not
 *
 * Then P(E[loss of the result] ≤ δ) ≥ 1 − ε over the draw of the prompts, because
 * a wrong result needs the first true null of the sequence to be rejected. The
 * order must not depend on the losses; a setting after a failure is never taken,
 * however low its loss. If the first fails, the result is the fallback: a setting
 * known to have no loss.
 *
 * Source: Angelopoulos et al. 2021, arXiv:2110.01052; Schuster et al. 2022.
 *
 * @module
 */
import { mean } from "../numerics/moments.ts";
import { type RiskLevel, riskPValue } from "./risk_bound.ts";

/** Losses of settings on the same prompts. */
export interface LossTable {
  /** Value of the calibrated option, one per setting, all different. */
  readonly values: readonly number[];
  /** Losses in [0, 1], [settings][prompts]. */
  readonly losses: readonly ArrayLike<number>[];
}

/** Which values leave least often. */
export type Strictest = "high" | "low";

/** How settings are tested. */
export interface LearnThenTest extends RiskLevel {
  /** Which end of the values is tested first. */
  readonly strictest: Strictest;
  /** Value that is known to have no loss. */
  readonly fallback: number;
}

/** One setting of the sequence. */
export interface TestedSetting {
  /** Value of the option. */
  readonly value: number;
  /** Mean loss. */
  readonly loss: number;
  /** p-value of an expected loss above δ. */
  readonly pValue: number;
  /** `not_tested` after the first failure. */
  readonly verdict: "passed" | "failed" | "not_tested";
}

/** What a test gave. */
export interface TestResult {
  /** Value that is taken. */
  readonly value: number;
  /** Whether it is the fallback, because nothing passed. */
  readonly isFallback: boolean;
  /** All settings, in the order of the test. */
  readonly tested: readonly TestedSetting[];
}

/**
 * Tests settings from the strictest on. Throws `RangeError` unless there is a loss
 * in [0, 1] per setting and prompt.
 *
 * @example
 * ```ts
 * import { learnThenTest } from "@depthbench/depthbench";
 * import { assertEquals } from "@std/assert";
 *
 * const losses = [new Array(40).fill(0), new Array(40).fill(0.5)];
 * const { value, tested } = learnThenTest({ values: [0.9, 0.5], losses }, {
 *   delta: 0.1, epsilon: 0.05, bound: "hoeffding_bentkus", strictest: "high", fallback: 1,
 * });
 * assertEquals([value, tested[1]?.verdict], [0.9, "failed"]);
 * ```
 */
export function learnThenTest(table: LossTable, how: LearnThenTest): TestResult {
  checkTable(table);
  const sign = how.strictest === "high" ? -1 : 1;
  const sequence = table.values
    .map((value, i) => ({ value, losses: table.losses[i]! }))
    .sort((a, b) => sign * (a.value - b.value));
  let isOpen = true;
  let value = how.fallback;
  let isFallback = true;
  const tested = sequence.map((setting): TestedSetting => {
    const loss = mean(setting.losses);
    const pValue = riskPValue({ mean: loss, count: setting.losses.length }, how);
    if (!isOpen) return { value: setting.value, loss, pValue, verdict: "not_tested" };
    isOpen = pValue <= how.epsilon;
    if (!isOpen) return { value: setting.value, loss, pValue, verdict: "failed" };
    value = setting.value;
    isFallback = false;
    return { value, loss, pValue, verdict: "passed" };
  });
  return { value, isFallback, tested };
}

function checkTable({ values, losses }: LossTable): void {
  const count = losses[0]?.length ?? 0;
  if (
    count > 0 && losses.length === values.length && new Set(values).size === values.length &&
    losses.every((row) => row.length === count)
  ) {
    const wrong = losses.flatMap((row) => Array.from(row)).find((loss) =>
      !(loss >= 0 && loss <= 1)
    );
    if (wrong === undefined) return;
    throw new RangeError(
      `Cannot calibrate: expected losses from 0 to 1: current value is ${wrong}`,
    );
  }
  throw new RangeError(
    "Cannot calibrate: expected different settings with one loss per prompt each: " +
      `${values.length} settings came with ${losses.map((row) => row.length).join(", ")} losses`,
  );
}
