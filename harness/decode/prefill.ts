/**
 * Running a prompt: rows in chunks, full depth unless the policy acts on it.
 *
 * @module
 */
import type { DecoderSession, Row, Sampler, TokenChoice } from "../contract/backend.ts";
import type { Ascent } from "./ascent.ts";
import { type Climber, climber } from "./climber.ts";
import { guarded } from "./guarded.ts";
import { keepPending } from "./kv_fill/keep_pending.ts";
import type { Companions } from "./kv_fill/recompute.ts";

/** Rows that enter a step together. */
const CHUNK = 512;

/** What is run. */
export interface PrefillRequest {
  /** Slot to continue. */
  readonly slot: number;
  /** Tokens, at least one. */
  readonly tokens: readonly number[];
  /** Whether the policy decides prompt rows. */
  readonly decided: boolean;
  /** Whether rows must go one by one: policies with a state. */
  readonly oneByOne: boolean;
  /** How the first token is drawn; greedy when absent. */
  readonly sampler?: Sampler | undefined;
  /** Positions left below the top, when the fill is `recompute` and rows go one by one. */
  readonly companions?: Companions | undefined;
}

/** First token and how the last prompt row went. */
export interface PrefillOutcome {
  /** The first generated token. */
  readonly token: number;
  /** The last prompt row. */
  readonly last: Climber;
}

/** Runs all prompt rows and chooses the first token from the last. */
export async function prefill(
  session: DecoderSession,
  ascent: Ascent,
  request: PrefillRequest,
): Promise<PrefillOutcome> {
  const { slot, tokens, decided, oneByOne, sampler, companions } = request;
  const start = session.length(slot);
  const size = oneByOne && decided ? 1 : CHUNK;
  let outcome: PrefillOutcome | undefined;
  for (let from = 0; from < tokens.length; from += size) {
    const rows: Row[] = tokens.slice(from, from + size).map((token, i) => ({
      slot,
      position: start + from + i,
      token,
      phase: "prompt",
    }));
    const step = session.begin(rows);
    const climbers = rows.map(({ position }, row) => ({
      ...climber(),
      row,
      position,
      phase: "prompt" as const,
      fullDepth: !decided,
    }));
    await guarded(step, async () => {
      await ascent.climb(step, climbers);
      if (from + size >= tokens.length) {
        const last = climbers.at(-1)!;
        const readout = { head: last.head, mark: last.exitMark, vocabulary: last.vocabulary };
        const pending = step.readToken(readout, [last.row], sampler);
        const choice: TokenChoice = "then" in pending ? await pending : pending;
        outcome = { token: choice.tokens[0]!, last };
      }
      if (companions !== undefined) await keepPending(step, climbers[0]!, { ascent, companions });
    });
    step.commit();
    companions?.committed();
  }
  return outcome!;
}
