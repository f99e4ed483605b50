/**
 * The lockstep pass: policy and full depth on the same text, position by
 * position. Divergences are exact, from full logits in f64, and untimed. The
 * full-depth run also tells the oracle heights, where readouts are cheap or asked for.
 *
 * @module
 */
import { UnsupportedError } from "../contract/errors.ts";
import type { LockstepRecord, RunRecord, TokenSignals } from "../contract/record.ts";
import { itemKey } from "../decode/chance.ts";
import { fullDepthText } from "../decode/full_depth_text.ts";
import { prefixPlanOf, sharedPrefix } from "../decode/shared_prefix.ts";
import { StreamState } from "../decode/stream_state.ts";
import { teacherForced } from "../decode/teacher_forced.ts";
import { klDivergence } from "../numerics/logits.ts";
import { type OracleHeights, oracleHeights } from "../numerics/oracle_height.ts";
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
import { lensOf } from "./lens.ts";
import { oracleRefusal } from "./oracle_cost.ts";
import { SignalLog } from "./signal_log.ts";

/** What is told of each predicted token. */
interface Lists {
  readonly nll: readonly number[];
  readonly tokens: readonly number[];
  readonly margins: readonly number[];
}

/** One arm's predictions of a text. */
interface Predictions extends Lists {
  readonly heights: readonly number[];
  readonly blocksRun: readonly number[];
  readonly order: "batch" | "sequential";
  readonly signals?: TokenSignals;
}

/** Full depth's, with oracle heights or why there are none. */
interface FullPredictions extends Lists {
  readonly oracle: readonly OracleHeights[] | string;
}

async function predict(
  context: PassContext,
  item: PassItem,
  { arm, stream, use }: {
    readonly arm: PassArm;
    readonly stream: StreamState;
    use(index: number, logits: Float32Array): void;
  },
): Promise<Predictions> {
  const { session, seed } = context;
  const predictions = noPredictions(item.target);
  const heights: number[] = [];
  const blocksRun: number[] = [];
  const likelihood = item.suite.measure.kind === "likelihood";
  const bound = bindArm(context, arm, likelihood ? item.target.length : item.maxTokens);
  if (bound.kind === "round") {
    throw new UnsupportedError(
      `Cannot compare policy "${bound.name}" on a given text: every token that it emits is full ` +
        "depth's, so there is nothing to diverge: see the certificate of its own texts",
    );
  }
  const signals = new SignalLog(bound);
  const order = await withSlot(
    session,
    (slot) =>
      stream.sequence((carried) =>
        teacherForced(session, {
          bound,
          watched: true,
          slot,
          prompt: item.prompt,
          target: item.target,
          seed,
          item: itemKey(item.item.id),
          carried,
          predicted: (index, logits, row) => {
            predictions.add(index, logits, row.choice);
            heights.push(row.exitHeight);
            blocksRun.push(row.blocksRun);
            signals.add(row.reading);
            use(index, logits);
          },
        })
      ),
  );
  return { ...predictions, heights, blocksRun, order, ...signals.field() };
}

/** Full depth's predictions, and the oracle heights where they are to be read. */
async function predictFull(
  context: PassContext,
  item: PassItem,
  use: (index: number, logits: Float32Array) => void,
): Promise<FullPredictions> {
  const { session } = context;
  const absent = oracleRefusal(session.model, context.oracleHeights ?? false);
  if (absent !== undefined) {
    const stream = new StreamState();
    const full = await predict(context, item, { arm: context.arms[0]!, stream, use });
    return { ...full, oracle: absent };
  }
  const predictions = noPredictions(item.target);
  const oracle: OracleHeights[] = [];
  const levels = Array.from({ length: session.model.layerCount + 1 }, (_, height) => height);
  await withSlot(session, (slot) =>
    fullDepthText(session, {
      slot,
      prompt: item.prompt,
      target: item.target,
      predicted: ({ index, logits, tokens }) => {
        predictions.add(index, logits);
        oracle.push(oracleHeights(tokens, levels));
        use(index, logits);
      },
    }));
  return { ...predictions, oracle };
}

/** Predictions of the arms that can share the blocks below their departures from full depth. */
async function predictShared(
  context: PassContext,
  item: PassItem,
  { arms, divergence }: {
    readonly arms: readonly PassArm[];
    divergence(index: number, logits: Float32Array): number;
  },
): Promise<ReadonlyMap<PassArm, { readonly policy: Predictions; readonly kl: readonly number[] }>> {
  const { session } = context;
  const { prompt, target } = item;
  const sharing = arms.flatMap((arm) => {
    const plan = prefixPlanOf(bindArm(context, arm, target.length), item);
    if (plan === undefined) return [];
    const kl: number[] = [];
    return [{ arm, plan, kl, predictions: noPredictions(target) }];
  });
  if (sharing.length < 2) return new Map();
  await withSlot(session, (slot) =>
    sharedPrefix(session, {
      slot,
      prompt,
      target,
      plans: sharing.map(({ plan }) => plan),
      predicted: (index, i, logits) => {
        const { predictions, kl } = sharing[index]!;
        predictions.add(i, logits);
        kl.push(divergence(i, logits));
      },
    }));
  return new Map(sharing.map(({ arm, plan: { program }, predictions, kl }) => {
    const policy = {
      ...predictions,
      heights: target.map(() => program.exitHeight),
      blocksRun: target.map(() => program.blocksRun),
      order: "batch" as const,
    };
    return [arm, { policy, kl }];
  }));
}

/** Lists of predictions to be filled, in the order of the target. */
function noPredictions(target: readonly number[]): Lists & {
  add(index: number, logits: Float32Array, choice?: number): void;
} {
  const stats = readoutStats();
  const nll: number[] = [];
  const tokens: number[] = [];
  const margins: number[] = [];
  return {
    nll,
    tokens,
    margins,
    add(index, logits, choice) {
      reduceReadout(stats, logits);
      nll.push(stats.logSum - logits[target[index]!]!);
      tokens.push(choice ?? stats.token);
      margins.push(stats.logitMargin);
    },
  };
}

/**
 * Records of one item under the given arms; full depth runs once for all. `streamOf`
 * gives an arm's stream over the items of the pass.
 */
export async function lockstepPass(
  context: PassContext,
  item: PassItem,
  { arms, streamOf }: {
    readonly arms: readonly PassArm[];
    streamOf(arm: PassArm): StreamState;
  },
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
  let full: FullPredictions;
  try {
    const keep = (index: number, row: Float32Array) => logits.set(row, index * vocabSize);
    full = await predictFull(context, item, keep);
  } catch (error) {
    return arms.map((arm) => troubleRecord(baseOf(arm), "lockstep", error));
  }
  const records: RunRecord[] = [];
  const divergence = (index: number, row: Float32Array) =>
    klDivergence(logits.subarray(index * vocabSize, (index + 1) * vocabSize), row);
  const shared = await predictShared(context, item, { arms, divergence });
  for (const arm of arms) {
    const kl: number[] = [];
    const use = (index: number, row: Float32Array) => kl.push(divergence(index, row));
    try {
      const found = shared.get(arm) ??
        { policy: await predict(context, item, { arm, stream: streamOf(arm), use }), kl };
      const lens = context.lens === true && arm.arm.role === "baseline"
        ? { lens: await lensOf(context, item) }
        : {};
      records.push({ ...baseOf(arm), ...compare(context, item, { full, ...found }), ...lens });
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
    readonly full: FullPredictions;
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
    ...(policy.signals === undefined ? {} : { signals: policy.signals }),
    targetBytes: new TextEncoder().encode(item.target).length,
    order: policy.order,
    ...oracleOf(full, policy),
  };
}

function oracleOf(
  { oracle }: FullPredictions,
  { heights }: Predictions,
): Pick<LockstepRecord, "oracle" | "oracleAbsent"> {
  if (typeof oracle === "string") return { oracleAbsent: oracle };
  return {
    oracle: {
      stable: oracle.map(({ stable }) => stable),
      first: oracle.map(({ first }) => first),
      regret: oracle.map(({ stable }, i) => heights[i]! - stable),
    },
  };
}
