/**
 * Generation under a depth policy, token by token.
 *
 * The prompt and the first token are full depth unless the policy acts on the
 * prompt. Each later token climbs under the policy, is read out where it left,
 * and is committed. Round policies draft several tokens at once: `speculate/`.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Sampler } from "../contract/backend.ts";
import { InputError } from "../contract/errors.ts";
import type { StopReason } from "../contract/record.ts";
import type { DraftRound } from "../contract/round_record.ts";
import { SHARED_READOUT } from "../contract/signal.ts";
import { Ascent } from "./ascent.ts";
import { type BoundPolicy, goesInOrder } from "./bound_policy.ts";
import type { ChanceKeys } from "./chance.ts";
import { type Climber, climber, type Reading } from "./climber.ts";
import { guarded } from "./guarded.ts";
import { keepPending, takeObserved } from "./kv_fill/keep_pending.ts";
import { Companions } from "./kv_fill/recompute.ts";
import { prefill } from "./prefill.ts";
import type { RoundPart } from "./speculate/rounds.ts";
import { speculate } from "./speculate/speculate.ts";
import type { CarriedState } from "./stream_state.ts";

/** What is generated. */
export interface GenerateRequest extends ChanceKeys {
  /** The bound policy. */
  readonly bound: BoundPolicy;
  /** An empty slot; the caller releases it. */
  readonly slot: number;
  /** Prompt tokens, at least one. */
  readonly prompt: readonly number[];
  /** Ids that end the generation; they are not emitted. */
  readonly eos: readonly number[];
  /** How tokens are drawn; greedy when absent. */
  readonly sampler?: Sampler | undefined;
  /** Told when the prompt is done, before the first decode step. */
  readonly promptDone?: (() => void) | undefined;
  /** What the sequence before has left to a state of life "stream"; it starts anew when absent. */
  readonly carried?: CarriedState | undefined;
  /** Whether tokens come with what the policy read of them. */
  readonly watched?: boolean | undefined;
  /** Told of each round of a round policy when it is over. */
  readonly round?: ((round: DraftRound) => void) | undefined;
  /** Told when a part of a round begins. */
  readonly part?: ((part: RoundPart) => void) | undefined;
}

/** One emitted token. */
export interface GeneratedToken {
  /** The token. */
  readonly token: number;
  /** Height at which it was read out. */
  readonly exitHeight: number;
  /** Blocks that ran for it. */
  readonly blocksRun: number;
  /** What the policy last read of it, when watched; absent for the first token and for plans. */
  readonly reading?: Reading;
}

/**
 * Yields tokens; returns why it ended. The consumer may stop early (a stop
 * text) by leaving the loop. Throws `InputError` when the prompt is longer than
 * the context.
 */
export async function* generate(
  session: DecoderSession,
  request: GenerateRequest,
): AsyncGenerator<GeneratedToken, StopReason, void> {
  const { bound, slot, prompt, eos, sampler } = request;
  if (bound.kind === "round") return yield* speculate(session, { ...request, bound });
  const { limits, model } = bound.point;
  const room = Math.min(limits.context, model.context);
  if (prompt.length > room) {
    throw new InputError(
      `Cannot run a prompt of ${prompt.length} tokens: expected at most ${room}, the context: shorten the text or choose a model with a longer one`,
    );
  }
  const companions = bound.fill === "recompute"
    ? new Companions(slot, model.layerCount)
    : undefined;
  const oneByOne = goesInOrder(bound) || companions !== undefined;
  const ascent = new Ascent(bound, { ...request, companions });
  const first = await prefill(session, ascent, {
    slot,
    tokens: prompt,
    decided: bound.actsOnPrompt,
    oneByOne,
    sampler,
    companions,
  });
  request.promptDone?.();
  if (first.last.stopped) return "policy";
  let { token } = first;
  const row = climber();
  row.watched = request.watched ?? false;
  Object.assign(row, { exitHeight: first.last.exitHeight, blocksRun: first.last.blocksRun });
  for (let emitted = 0;;) {
    if (eos.includes(token)) return "eos";
    ascent.emitted(token, token, row);
    const { exitHeight, blocksRun, reading } = row;
    yield { token, exitHeight, blocksRun, ...(reading === undefined ? {} : { reading }) };
    emitted++;
    if (emitted >= limits.maxTokens) return "limit";
    const position = session.length(slot);
    if (position >= room) return "context";
    const step = session.begin([{ slot, position, token, phase: "decode" }]);
    Object.assign(row, { row: 0, position, emitted });
    const next = await guarded(step, () => decodeRow(step, { ascent, row, sampler, companions }));
    if (next === undefined) {
      step.commit([]);
      return "policy";
    }
    token = next;
    step.commit();
    companions?.committed();
  }
}

/** What one decode step needs. */
export interface DecodeRow {
  /** Moves the row. */
  readonly ascent: Ascent;
  /** The one row of the step. */
  readonly row: Climber;
  /** How its token is drawn; greedy when absent. */
  readonly sampler?: Sampler | undefined;
  /** Positions left below the top, when the fill is `recompute`. */
  readonly companions: Companions | undefined;
}

/** Runs the one row of an open step and reads its token; `undefined` when the policy stops. */
export async function decodeRow(
  step: DecoderStep,
  { ascent, row, sampler, companions }: DecodeRow,
): Promise<number | undefined> {
  await ascent.climbAlone(step, row);
  if (row.stopped) return undefined;
  // Rows that came to the top with this one are read in the same call of the head, if it is theirs.
  const { head, vocabulary } = row;
  const isShared = head === SHARED_READOUT.head && vocabulary === undefined;
  const arrived = companions !== undefined && sampler === undefined && isShared
    ? takeObserved({ ascent, companions })
    : [];
  const rows = [row.row, ...arrived.map((each) => each.row)];
  const pending = step.readToken(isShared ? SHARED_READOUT : { head, vocabulary }, rows, sampler);
  const { tokens } = "then" in pending ? await pending : pending;
  const token = tokens[0]!;
  ascent.landed(step, row);
  arrived.forEach(({ position }, i) => ascent.recomputed(position, tokens[i + 1]!));
  if (companions !== undefined) await keepPending(step, row, { ascent, companions });
  return token;
}
