/**
 * How often a calibrated risk bound is violated on prompts that took no part.
 *
 * Recorded losses are split at random again and again: thresholds are fixed on one
 * part, and the risk of the result is the mean loss of the other.
 *
 *     violated: mean test loss > δ          guarantee: in at most ε of the splits
 *
 * The guarantee speaks of the expected loss. A test part scatters around it, so
 * the share counted here may exceed ε a little where the bound is tight; the mean
 * over all prompts is counted beside it. Splits of one pool are not independent:
 * Wilson's interval is that of as many independent ones.
 *
 * @module
 */
import { mean } from "../numerics/moments.ts";
import { type Share, wilsonInterval } from "../numerics/proportion.ts";
import { createRandom } from "../numerics/random.ts";
import { type LearnThenTest, learnThenTest, type LossTable } from "./fixed_sequence.ts";

/** How splits are drawn. */
export interface SplitPlan {
  /** Number of splits. */
  readonly splits: number;
  /** Share of prompts that calibrate; the others test. */
  readonly calibrationShare: number;
  /** Seed of the draws. */
  readonly seed: number;
}

/** What the splits gave. */
export interface ViolationShare {
  /** Share of splits whose test loss is above δ, with Wilson's interval. */
  readonly onTest: Share;
  /** Share of splits whose result has a mean loss above δ over all prompts. */
  readonly onAll: Share;
  /** Splits in which nothing passed and the fallback was taken. */
  readonly fallbacks: number;
  /** Mean test loss over the splits. */
  readonly testLoss: number;
  /** Splits by calibrated value, in the order of the table; fallbacks apart. */
  readonly taken: readonly number[];
}

/** A rule that fixes a value on a table: Learn-then-Test, or one to compare it with. */
export type ValueRule = (table: LossTable, how: LearnThenTest) => number | undefined;

/** Learn-then-Test as a rule: `undefined` is the fallback, without any loss. */
export function byLearnThenTest(table: LossTable, how: LearnThenTest): number | undefined {
  const { value, isFallback } = learnThenTest(table, how);
  return isFallback ? undefined : value;
}

/** The naive rule: the least strict value whose mean loss is at most δ. It promises nothing. */
export function byMeanLoss(
  { values, losses }: LossTable,
  { delta, strictest }: LearnThenTest,
): number | undefined {
  const passing = values.filter((_, i) => mean(losses[i]!) <= delta);
  if (passing.length === 0) return undefined;
  return strictest === "high" ? Math.min(...passing) : Math.max(...passing);
}

/** Counts violations of δ over random splits of recorded losses. */
export function violationShare(
  table: LossTable,
  { how, plan, rule = byLearnThenTest }: {
    readonly how: LearnThenTest;
    readonly plan: SplitPlan;
    readonly rule?: ValueRule;
  },
): ViolationShare {
  const { values, losses } = table;
  const prompts = losses[0]?.length ?? 0;
  const calibrating = Math.round(plan.calibrationShare * prompts);
  if (calibrating < 1 || calibrating >= prompts) {
    throw new RangeError(
      `Cannot split ${prompts} prompts: expected some to calibrate and some to test: ${calibrating} would calibrate`,
    );
  }
  const random = createRandom(plan.seed);
  const order = Uint32Array.from({ length: prompts }, (_, i) => i);
  const means = losses.map((row) => mean(row));
  const taken = values.map(() => 0);
  let onTest = 0, onAll = 0, fallbacks = 0, testLoss = 0;
  for (let split = 0; split < plan.splits; split++) {
    for (let i = prompts - 1; i > 0; i--) {
      const j = random.int(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const part = (from: number, to: number) => (row: ArrayLike<number>): readonly number[] =>
      Array.from(order.subarray(from, to), (prompt) => row[prompt]!);
    const value = rule({ values, losses: losses.map(part(0, calibrating)) }, how);
    if (value === undefined) {
      fallbacks++;
      continue;
    }
    const at = values.indexOf(value);
    taken[at]!++;
    const loss = mean(part(calibrating, prompts)(losses[at]!));
    testLoss += loss / plan.splits;
    if (loss > how.delta) onTest++;
    if (means[at]! > how.delta) onAll++;
  }
  return {
    onTest: wilsonInterval(onTest, plan.splits),
    onAll: wilsonInterval(onAll, plan.splits),
    fallbacks,
    testLoss,
    taken,
  };
}
