/**
 * Losses in [0, 1] per calibration prompt.
 *
 *     consistency   1 − (positions with full depth's greedy token) / positions,
 *                   teacher-forced, the first position included
 *     task          max(0, score of full depth − score of the policy), run freely
 *
 * A prompt is a statistical cluster: items of one document are averaged, because
 * bounds count independent losses. Prompts that the model cannot hold are left
 * out for all settings alike; anything else that is missing is an error, since
 * leaving out what a policy fails at would bend the guarantee. So is a suite on
 * which full depth scores nothing: no policy could lose there.
 *
 * @module
 */
import { InputError } from "../contract/errors.ts";
import type { FreeRecord, LockstepRecord, RunRecord } from "../contract/record.ts";
import { mean } from "../numerics/moments.ts";
import type { ItemTotals } from "../replay/item_sums.ts";
import type { TraceTable } from "../replay/trace_table.ts";
import { groupBy } from "../summary/run_view.ts";

/** What is lost. */
export type Risk = "consistency" | "task";

/** All of them. */
export const RISKS: readonly Risk[] = ["consistency", "task"];

/** Losses of one setting. */
export interface PromptLosses {
  /** Cluster of each loss: suite and group. */
  readonly prompts: readonly string[];
  /** The losses, in the same order. */
  readonly losses: readonly number[];
  /** Ids of the items that they come from. */
  readonly items: readonly string[];
  /** Items left out, because the model cannot hold them. */
  readonly leftOut: number;
}

/** Loss of a teacher-forced text. */
export function consistencyLoss({ flips }: Pick<LockstepRecord, "flips">): number {
  return mean(flips);
}

/** Loss of a free generation beside full depth's; NaN where the suite scores none. */
export function taskLoss(
  full: Pick<FreeRecord, "score">,
  policy: Pick<FreeRecord, "score">,
): number {
  return Math.max(0, (full.score ?? NaN) - (policy.score ?? NaN));
}

interface ItemLoss {
  readonly item: string;
  readonly cluster: string;
  readonly loss: number;
}

function perPrompt(items: readonly ItemLoss[], leftOut: number): PromptLosses {
  const clusters = groupBy(items, ({ cluster }) => cluster);
  return {
    prompts: [...clusters.keys()],
    losses: [...clusters.values()].map((members) => mean(members.map(({ loss }) => loss))),
    items: items.map(({ item }) => item),
    leftOut,
  };
}

/** Losses from the sums of a replayed setting, in the order of the table. */
export function replayedLosses(
  { items, untraced }: Pick<TraceTable, "items" | "untraced">,
  totals: readonly Pick<ItemTotals, "agreed">[],
): PromptLosses {
  const failed = untraced.find(({ outcome }) => outcome === "failed");
  if (failed !== undefined) throw incomplete(failed.item, failed.reason);
  return perPrompt(
    items.map(({ item, suite, group, from, to }, i) => ({
      item,
      cluster: `${suite}/${group}`,
      loss: 1 - totals[i]!.agreed / (to - from),
    })),
    untraced.length,
  );
}

/** Losses of the arm `label` from records of the pass that its risk needs. */
export function recordedLosses(
  records: readonly RunRecord[],
  { label, baseline, risk }: {
    readonly label: string;
    readonly baseline: string;
    readonly risk: Risk;
  },
): PromptLosses {
  const pass = risk === "consistency" ? "lockstep" : "free";
  const ofPass = records.filter((record) => record.pass === pass);
  const full = ofPass.filter(({ arm }) => arm === baseline);
  const own = new Map(
    ofPass.filter(({ arm }) => arm === label).map((record) => [keyOf(record), record]),
  );
  const losses: ItemLoss[] = [];
  let leftOut = 0;
  for (const record of full) {
    const policy = own.get(keyOf(record));
    if (record.outcome === "skipped" && policy?.outcome === "skipped") {
      leftOut++;
      continue;
    }
    const loss = lossOf(record, policy);
    if (Number.isNaN(loss)) {
      throw new InputError(
        `Cannot calibrate a task risk on suite "${record.suite}": expected a suite that scores ` +
          'generations: take another suite, or risk "consistency"',
      );
    }
    losses.push({ item: record.item, cluster: `${record.suite}/${record.group}`, loss });
  }
  if (risk === "task") refuseUnsolved(full);
  return perPrompt(losses, leftOut);
}

/** Where full depth never scores, every loss is 0 and a guarantee says nothing. */
function refuseUnsolved(full: readonly RunRecord[]): void {
  for (const [suite, records] of groupBy(full, (record) => record.suite)) {
    const solves = (record: RunRecord) =>
      record.pass === "free" && record.outcome === "ok" && (record.score ?? 0) > 0;
    if (records.some(solves)) continue;
    throw new InputError(
      `Cannot calibrate a task risk on suite "${suite}": expected full depth to score above 0: it ` +
        'scores nothing that could be lost: take another suite, or risk "consistency"',
    );
  }
}

function lossOf(full: RunRecord, policy: RunRecord | undefined): number {
  if (full.outcome === "ok" && policy?.outcome === "ok") {
    if (policy.pass === "lockstep") return consistencyLoss(policy);
    if (full.pass === "free" && policy.pass === "free") return taskLoss(full, policy);
  }
  const wrong = [full, policy].find((record) => record?.outcome !== "ok");
  throw incomplete(
    full.item,
    wrong?.outcome === "failed"
      ? wrong.message
      : wrong?.outcome === "skipped"
      ? wrong.reason
      : "it was not run",
  );
}

function keyOf({ suite, item }: RunRecord): string {
  return `${suite}/${item}`;
}

function incomplete(item: string, why: string): InputError {
  return new InputError(
    `Cannot calibrate: expected a loss of every prompt: item "${
      item.slice(0, 12)
    }" has none: ${why}`,
  );
}
