/**
 * Generation under a round policy: the same tokens as full depth, several a round.
 *
 * @module
 */
import type { DecoderSession, Sampler } from "../../contract/backend.ts";
import { InputError } from "../../contract/errors.ts";
import type { StopReason } from "../../contract/record.ts";
import type { DraftRound } from "../../contract/round_record.ts";
import type { BoundRounds } from "../bound_rounds.ts";
import { chance, type ChanceKeys } from "../chance.ts";
import type { CarriedState } from "../stream_state.ts";
import { runPrompt, runPromptHead } from "./prompt_round.ts";
import { type RoundPart, Rounds } from "./rounds.ts";

/** What is generated. */
export interface SpeculateRequest extends ChanceKeys {
  /** The bound policy. */
  readonly bound: BoundRounds;
  /** An empty slot; the caller releases it. */
  readonly slot: number;
  /** Prompt tokens, at least one. */
  readonly prompt: readonly number[];
  /** Ids that end the generation; they are not emitted. */
  readonly eos: readonly number[];
  /** Edits of the laws that tokens are drawn from; chance is hashed from seed and item. */
  readonly sampler?: Sampler | undefined;
  /** Told when the prompt is done. */
  readonly promptDone?: (() => void) | undefined;
  /** What the sequence before has left to a state of life "stream". */
  readonly carried?: CarriedState | undefined;
  /** Told when a part of a round begins. */
  readonly part?: ((part: RoundPart) => void) | undefined;
  /** Told of each round when it is over. */
  readonly round?: ((round: DraftRound) => void) | undefined;
}

/** A token as generation yields it: full depth's, whatever drafted it. */
export interface SpeculatedToken {
  /** The token. */
  readonly token: number;
  /** The top. */
  readonly exitHeight: number;
  /** Blocks run in its round, summed over rows, shared among the tokens that it emitted. */
  readonly blocksRun: number;
}

/**
 * Yields tokens; returns why it ended. A consumer that leaves early (a stop text)
 * finds the cache cut to what it has seen.
 */
export async function* speculate(
  session: DecoderSession,
  request: SpeculateRequest,
): AsyncGenerator<SpeculatedToken, StopReason, void> {
  const { bound, slot, prompt, eos, sampler } = request;
  const { limits, model } = bound.point;
  const { layerCount } = model;
  const context = Math.min(limits.context, model.context);
  if (prompt.length > context) {
    throw new InputError(
      `Cannot run a prompt of ${prompt.length} tokens: expected at most ${context}, the context: shorten the text or choose a model with a longer one`,
    );
  }
  const start = { bound, slot, tokens: prompt };
  const first = bound.actsOnPrompt ? undefined : await runPrompt(session, {
    ...start,
    sampler: sampler === undefined
      ? undefined
      : { ...sampler, uniform: () => chance(request, { position: -1, block: 0, index: 0 }) },
  });
  if (first === undefined) await runPromptHead(session, start);
  else request.promptDone?.();
  const rounds = new Rounds(session, {
    ...request,
    text: first === undefined ? prompt : [...prompt, first.token],
    emitted: first === undefined ? 0 : 1,
    maxTokens: limits.maxTokens,
    sampling: sampler,
  });
  rounds.tell(first?.event ?? { kind: "prompt", length: prompt.length });
  if (first !== undefined) {
    if (eos.includes(first.token)) return "eos";
    yield { token: first.token, exitHeight: layerCount, blocksRun: layerCount };
    if (limits.maxTokens <= 1) return "limit";
    if (prompt.length >= context) return "context";
  }
  for (let isFirst = first === undefined;; isFirst = false) {
    const before = session.length(slot);
    const { tokens, ended, round, blocksRun } = await rounds.next();
    request.round?.(round);
    if (isFirst) request.promptDone?.();
    const share = blocksRun / Math.max(1, tokens.length);
    const held = isFirst ? prompt.length - 1 : before;
    let seen = 0;
    let left = true;
    try {
      for (const token of tokens) {
        seen++;
        yield { token, exitHeight: layerCount, blocksRun: share };
      }
      left = false;
    } finally {
      if (left) session.truncate(slot, held + seen);
    }
    if (ended !== undefined) return ended;
  }
}
