/**
 * Random splits of recorded losses as a table: how often a promised risk was
 * exceeded on the half that took no part, with Wilson's interval.
 *
 * @module
 */
import type { LearnThenTest, LossTable } from "../harness/calibrate/fixed_sequence.ts";
import type { Risk } from "../harness/calibrate/prompt_losses.ts";
import {
  byMeanLoss,
  type ViolationShare,
  violationShare,
} from "../harness/calibrate/violation_share.ts";
import { mean } from "../harness/numerics/moments.ts";
import type { Share } from "../harness/numerics/proportion.ts";
import { listOf } from "./bench_head.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { figure, markdownTable, percent } from "./markdown_table.ts";

/** ε of all cases. */
const EPSILON = 0.05;

/** What a case is of. */
export interface CaseName {
  /** Policy without its threshold. */
  readonly policy: string;
  /** What is lost. */
  readonly risk: Risk;
  /** Where losses come from. */
  readonly basis: string;
}

/** One policy, risk and δ over all splits. */
export interface GuaranteeCase {
  /** What it is of. */
  readonly what: CaseName;
  /** δ. */
  readonly delta: number;
  /** Prompts recorded. */
  readonly prompts: number;
  /** Thresholds of the table. */
  readonly values: readonly number[];
  /** Mean loss of each over all prompts. */
  readonly means: readonly number[];
  /** Learn-then-Test with Hoeffding–Bentkus. */
  readonly tested: ViolationShare;
  /** The naive rule, on the same splits. */
  readonly naive: ViolationShare;
  /** Whether even the lower end of the violations' interval lies above ε. */
  readonly contradicts: boolean;
}

/** Splits a table in halves and counts. */
export function guaranteeCase(
  table: LossTable,
  { what, delta, splits }: {
    readonly what: CaseName;
    readonly delta: number;
    readonly splits: number;
  },
): GuaranteeCase {
  const how: LearnThenTest = {
    delta,
    epsilon: EPSILON,
    bound: "hoeffding_bentkus",
    strictest: "high",
    fallback: 1,
  };
  const plan = { splits, calibrationShare: 0.5, seed: 0 };
  const tested = violationShare(table, { how, plan });
  return {
    what,
    delta,
    prompts: table.losses[0]!.length,
    values: table.values,
    means: table.losses.map((row) => mean(row)),
    tested,
    naive: violationShare(table, { how, plan, rule: byMeanLoss }),
    contradicts: tested.onTest.low > EPSILON,
  };
}

/** The evidence as Markdown. */
export function guaranteeReport(
  cases: readonly GuaranteeCase[],
  { model, suites, limit, splits, machine, notTested }: {
    readonly model: string;
    readonly suites: readonly string[];
    readonly limit: number;
    readonly splits: number;
    readonly machine: Machine;
    /** Cases without losses, with the reason. */
    readonly notTested: readonly string[];
  },
): string {
  const holds = cases.filter(({ tested }) => tested.onTest.value <= EPSILON).length;
  const tables = new Map(cases.map((each) => [nameOf(each), each]));
  return [
    "# CALM's guarantee on fresh data",
    "",
    "Made by `deno task evidence:calm_guarantee`.",
    "",
    listOf([
      `Model ${model}, backend cpu`,
      `Prompts: split calibration of ${suites.join(", ")}, at most ${limit} each`,
      `${splits} random splits in halves: one calibrates, the other is fresh; epsilon ${EPSILON}`,
      ...describeMachine(machine).split("\n"),
    ]),
    `The promised risk was exceeded in at most ${EPSILON} of the splits in ${holds} of ` +
    `${cases.length} cases.`,
    "",
    ...notTested.flatMap((reason) => [`Not tested: ${reason}.`, ""]),
    markdownTable(
      [
        "policy, risk",
        "delta",
        "prompts",
        "exceeded on fresh half",
        "exceeded over all",
        "naive rule",
        "mean fresh loss",
        "mostly taken",
        "nothing passed",
      ],
      cases.map((each) => [
        nameOf(each),
        String(each.delta),
        String(each.prompts),
        shareText(each.tested.onTest),
        shareText(each.tested.onAll),
        shareText(each.naive.onTest),
        figure(each.tested.testLoss),
        takenText(each),
        percent(each.tested.fallbacks / splits),
      ]),
    ),
    "Shares with Wilson's 95 % interval, as of independent splits; splits of one pool are not. A",
    "half scatters around the expected loss, of which the promise speaks; the mean over all prompts",
    "is the nearest to it that can be told. The naive rule takes the lowest threshold whose mean",
    "loss on the calibrating half is at most delta, and promises nothing.",
    "",
    "Mean loss by threshold, over all prompts:",
    "",
    markdownTable(
      ["policy, risk", ...cases[0]!.values.map(String)],
      [...tables].map(([name, { means }]) => [name, ...means.map((loss) => loss.toFixed(3))]),
    ),
  ].join("\n");
}

function nameOf({ what: { policy, risk, basis } }: GuaranteeCase): string {
  return `${policy}, ${risk} (${basis})`;
}

function shareText({ value, low, high }: Share): string {
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

function takenText({ values, tested: { taken } }: GuaranteeCase): string {
  const most = Math.max(...taken);
  return most === 0 ? "" : `${values[taken.indexOf(most)]} (${most})`;
}
