/**
 * The free pass: the policy decodes its own continuation.
 *
 * @module
 */
import type { FreeRecord, RunRecord, StopReason } from "../contract/record.ts";
import { itemKey } from "../decode/chance.ts";
import { generate } from "../decode/generate.ts";
import { type CarriedState, StreamState } from "../decode/stream_state.ts";
import {
  bindArm,
  type PassArm,
  type PassContext,
  type PassItem,
  recordBase,
  troubleRecord,
  withSlot,
} from "./cells.ts";
import { RoundLog } from "./round_log.ts";
import { SignalLog } from "./signal_log.ts";

/** The record of one item under one arm; `stream` is the arm's over the items of the pass. */
export async function freePass(
  context: PassContext,
  item: PassItem,
  { arm, stream = new StreamState() }: {
    readonly arm: PassArm;
    readonly stream?: StreamState | undefined;
  },
): Promise<RunRecord> {
  const base = recordBase(context, item, { arm, pass: "free", repetition: 0 });
  if (item.refusal !== undefined) {
    return { ...base, pass: "free", outcome: "skipped", reason: item.refusal };
  }
  try {
    const outcome = await withSlot(
      context.metered,
      (slot) => stream.sequence((carried) => run(context, { item, arm, slot, carried })),
    );
    return { ...base, ...outcome };
  } catch (error) {
    return troubleRecord(base, "free", error);
  }
}

async function run(
  context: PassContext,
  { item, arm, slot, carried }: {
    readonly item: PassItem;
    readonly arm: PassArm;
    readonly slot: number;
    readonly carried: CarriedState;
  },
): Promise<Omit<FreeRecord, keyof ReturnType<typeof recordBase>>> {
  const { metered, tokenizer, seed } = context;
  const { measure } = item.suite;
  const stop = measure.kind === "generation" ? measure.stop : "";
  const tokens: number[] = [];
  const pieces: string[] = [];
  const heights: number[] = [];
  const blocksRun: number[] = [];
  let text = "";
  let ended: StopReason | undefined;
  metered.ledger.reset();
  let promptLedger = metered.ledger.total();
  const stream = tokenizer.stream();
  const bound = bindArm(context, arm, item.maxTokens);
  const signals = new SignalLog(bound);
  const rounds = new RoundLog(bound, metered.ledger);
  const tokensOf = generate(metered, {
    bound,
    watched: true,
    round: rounds.round,
    part: rounds.part,
    slot,
    prompt: item.prompt,
    eos: tokenizer.eos,
    seed,
    item: itemKey(item.item.id),
    carried,
    promptDone: () => {
      promptLedger = metered.ledger.total();
      metered.ledger.reset();
    },
  });
  while (ended === undefined) {
    const next = await tokensOf.next();
    if (next.done) {
      ended = next.value;
      break;
    }
    const piece = stream.push(next.value.token);
    tokens.push(next.value.token);
    pieces.push(piece);
    heights.push(next.value.exitHeight);
    blocksRun.push(next.value.blocksRun);
    signals.add(next.value.reading);
    text += piece;
    if (stop !== "" && text.includes(stop)) ended = "stop";
  }
  text += stream.end();
  const end = stop === "" ? -1 : text.indexOf(stop);
  const answer = end < 0 ? text : text.slice(0, end);
  const decodeLedger = metered.ledger.total();
  return {
    pass: "free",
    outcome: "ok",
    promptTokens: item.prompt.length,
    tokens,
    text: answer,
    pieces,
    heights,
    blocksRun,
    ...signals.field(),
    ended,
    ...(measure.kind === "generation" ? { score: measure.score(answer, item.item) } : {}),
    promptLedger,
    decodeLedger,
    ...await rounds.field(context, item, { tokens, ended }),
  };
}
