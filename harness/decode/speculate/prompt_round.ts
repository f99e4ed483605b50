/**
 * The prompt before the first round: at full depth, with the shadow heights of its
 * last rows read where a policy asked for them.
 *
 * @module
 */
import type { DecoderSession, Row, Sampler } from "../../contract/backend.ts";
import type { RoundEvent, ShadowReadouts } from "../../contract/round.ts";
import { SHARED_READOUT } from "../../contract/signal.ts";
import type { BoundRounds } from "../bound_rounds.ts";
import { guarded } from "../guarded.ts";
import { RowStack } from "./row_stack.ts";
import { readShadow } from "./shadow.ts";

/** Rows that enter a step together. */
const CHUNK = 512;

/** What is run. */
export interface PromptRequest {
  /** The policy. */
  readonly bound: BoundRounds;
  /** An empty slot. */
  readonly slot: number;
  /** Tokens of the prompt, at least one. */
  readonly tokens: readonly number[];
  /** How the first token is drawn; greedy when absent. */
  readonly sampler?: Sampler | undefined;
}

/** A prompt that is done. */
export interface PromptOutcome {
  /** The first token. */
  readonly token: number;
  /** What the policy is told. */
  readonly event: Extract<RoundEvent, { readonly kind: "prompt" }>;
}

function rowsOf({ slot, tokens }: PromptRequest, from: number, to: number): Row[] {
  return tokens.slice(from, to).map((token, i) => ({
    slot,
    position: from + i,
    token,
    phase: "prompt",
  }));
}

/** Runs rows `from` to `to` − 1 at full depth and keeps them. */
async function runRows(
  session: DecoderSession,
  request: PromptRequest,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<PromptOutcome | undefined> {
  const { bound, tokens, sampler } = request;
  const { layerCount } = bound.point.model;
  const isLast = to === tokens.length;
  const wanted = bound.state === undefined || !isLast ? 0 : bound.shadow?.promptRows ?? 0;
  const count = to - from;
  const first = Math.max(0, count - wanted);
  const rows = rowsOf(request, from, to);
  const marking = wanted === 0 || bound.shadow === undefined
    ? undefined
    : { heights: bound.shadow.heights, from: first };
  const stack = new RowStack(session.begin(rows), count, marking);
  const outcome = await guarded(stack.step, async () => {
    stack.raise(layerCount);
    if (!isLast) return undefined;
    const reading = stack.step.readToken(SHARED_READOUT, [count - 1], sampler);
    const token = ("then" in reading ? await reading : reading).tokens[0]!;
    let shadow: ShadowReadouts | undefined;
    if (marking !== undefined) {
      const read = Array.from({ length: count - first }, (_, i) => first + i);
      shadow = await readShadow(stack, { ...marking, rows: read, layerCount });
    }
    const event = { kind: "prompt", length: tokens.length } as const;
    return { token, event: shadow === undefined ? event : { ...event, shadow } };
  });
  stack.step.commit();
  return outcome;
}

/** Runs the whole prompt and chooses the first token. */
export async function runPrompt(
  session: DecoderSession,
  request: PromptRequest,
): Promise<PromptOutcome> {
  let outcome: PromptOutcome | undefined;
  const { tokens } = request;
  for (let from = 0; from < tokens.length; from += CHUNK) {
    const to = Math.min(tokens.length, from + CHUNK);
    outcome = await runRows(session, request, { from, to });
  }
  return outcome!;
}

/** Runs all but the last rows of a prompt, which the first round will take up. */
export async function runPromptHead(
  session: DecoderSession,
  request: PromptRequest,
): Promise<void> {
  const { tokens } = request;
  for (let from = 0; from + CHUNK < tokens.length; from += CHUNK) {
    await runRows(session, request, { from, to: from + CHUNK });
  }
}
