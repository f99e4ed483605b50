/**
 * The lockstep pass: policy and full depth on the same text, position by
 * position. Divergences are exact, from full logits in f64, and untimed.
 *
 * @module
 */
import type { LockstepRecord, RunRecord } from "../contract/record.ts";
import { itemKey } from "../decode/chance.ts";
import { teacherForced } from "../decode/teacher_forced.ts";
import { klDivergence } from "../numerics/logits.ts";
import { readoutStats, reduceReadout } from "../signals/readout.ts";
import {
  bindArm,
  type PassArm,
  type PassContext,
  type PassItem,
  recordBase,
  troubleRecord,
  withSlot,
} from "./cells.ts";

/** One arm's predictions of a text. */
interface Predictions {
  readonly nll: number[];
  readonly tokens: number[];
  readonly margins: number[];
  readonly heights: number[];
  readonly blocksRun: number[];
  readonly order: "batch" | "sequential";
}

async function predict(
  context: PassContext,
  item: PassItem,
  { arm, use }: {
    readonly arm: PassArm;
    use(index: number, logits: Float32Array): void;
  },
): Promise<Predictions> {
  const { session, seed } = context;
  const stats = readoutStats();
  const nll: number[] = [];
  const tokens: number[] = [];
  const margins: number[] = [];
  const heights: number[] = [];
  const blocksRun: number[] = [];
  const likelihood = item.suite.measure.kind === "likelihood";
  const order = await withSlot(session, (slot) =>
    teacherForced(session, {
      bound: bindArm(context, arm, likelihood ? item.target.length : item.maxTokens),
      slot,
      prompt: item.prompt,
      target: item.target,
      seed,
      item: itemKey(item.item.id),
      predicted: (index, logits, row) => {
        reduceReadout(stats, logits);
        nll.push(stats.logSum - logits[item.target[index]!]!);
        tokens.push(stats.token);
        margins.push(stats.logitMargin);
        heights.push(row.exitHeight);
        blocksRun.push(row.blocksRun);
        use(index, logits);
      },
    }));
  return { nll, tokens, margins, heights, blocksRun, order };
}

/** Records of one item under the given arms; full depth runs once for all. */
export async function lockstepPass(
  context: PassContext,
  item: PassItem,
  arms: readonly PassArm[],
): Promise<readonly RunRecord[]> {
  const baseOf = (arm: PassArm) =>
    recordBase(context, item, { arm, pass: "lockstep", repetition: 0 });
  const { refusal } = item;
  if (refusal !== undefined) {
    return arms.map((arm) => ({
      ...baseOf(arm),
      pass: "lockstep",
      outcome: "skipped",
      reason: refusal,
    }));
  }
  const { vocabSize } = context.session.model;
  const logits = new Float32Array(item.target.length * vocabSize);
  const baseline = context.arms[0]!;
  let full: Predictions;
  try {
    full = await predict(context, item, {
      arm: baseline,
      use: (index, row) => logits.set(row, index * vocabSize),
    });
  } catch (error) {
    return arms.map((arm) => troubleRecord(baseOf(arm), "lockstep", error));
  }
  const records: RunRecord[] = [];
  for (const arm of arms) {
    const kl: number[] = [];
    const measure = (index: number, row: Float32Array) =>
      kl.push(klDivergence(logits.subarray(index * vocabSize, (index + 1) * vocabSize), row));
    try {
      const policy = await predict(context, item, { arm, use: measure });
      records.push({ ...baseOf(arm), ...compare(context, item, { full, policy, kl }) });
    } catch (error) {
      records.push(troubleRecord(baseOf(arm), "lockstep", error));
    }
  }
  return records;
}

function compare(
  { tokenizer }: PassContext,
  { item, target }: PassItem,
  { full, policy, kl }: {
    readonly full: Predictions;
    readonly policy: Predictions;
    readonly kl: readonly number[];
  },
): Omit<LockstepRecord, keyof ReturnType<typeof recordBase>> {
  const stream = tokenizer.stream();
  return {
    pass: "lockstep",
    outcome: "ok",
    tokens: target,
    pieces: target.map((token) => stream.push(token)),
    text: "target",
    fullNll: full.nll,
    policyNll: policy.nll,
    kl,
    flips: full.tokens.map((token, i) => token === policy.tokens[i] ? 0 : 1),
    fullMargins: full.margins,
    heights: policy.heights,
    blocksRun: policy.blocksRun,
    targetBytes: new TextEncoder().encode(item.target).length,
    order: policy.order,
  };
}
