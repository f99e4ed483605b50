/**
 * Rounds over a known continuation, as a timed visit runs them: drafts are made and
 * verified as ever, and accepted where they agree with the known text.
 *
 * @module
 */
import type { DecoderSession } from "../../contract/backend.ts";
import type { RoundEvent } from "../../contract/round.ts";
import type { DraftRound, TimedSpeculation } from "../../contract/round_record.ts";
import type { BoundRounds } from "../bound_rounds.ts";
import type { ChanceKeys } from "../chance.ts";
import { type RoundPart, Rounds } from "./rounds.ts";

/** What is decoded. */
export interface ForcedRoundsRequest extends ChanceKeys {
  /** The bound policy. */
  readonly bound: BoundRounds;
  /** A slot that holds the prompt. */
  readonly slot: number;
  /** Tokens of the prompt. */
  readonly prompt: readonly number[];
  /** The known continuation; as many predictions are made as it has tokens. */
  readonly tokens: readonly number[];
  /** What the policy is told of the prompt. */
  readonly event: RoundEvent;
  /** The clock, ms; parts are not timed when absent. */
  readonly now?: (() => number) | undefined;
}

/** Rounds ready to go. `run` may be called once. */
export interface ForcedRounds {
  /** Runs all rounds; resolves to the blocks that ran, summed over rows. */
  run(): Promise<number>;
  /** What came of them; of use after `run`. */
  speculation(): TimedSpeculation;
}

/** Prepares rounds over a known continuation. */
export function forcedRounds(session: DecoderSession, request: ForcedRoundsRequest): ForcedRounds {
  const { bound, prompt, tokens, event, now } = request;
  const count = tokens.length;
  const spent: Record<RoundPart, number> = { draft: 0, verify: 0, measure: 0, between: 0 };
  let current: RoundPart = "between";
  let since = 0;
  const part = now === undefined ? undefined : (next: RoundPart) => {
    const at = now();
    spent[current] += at - since;
    current = next;
    since = at;
  };
  const done: DraftRound[] = [];
  const rounds = new Rounds(session, {
    ...request,
    bound,
    text: [...prompt, tokens[0]!],
    emitted: 1,
    maxTokens: count + 1,
    eos: [],
    given: (index) => tokens[index],
    part,
  });
  rounds.tell(event);
  return {
    async run() {
      let blocksRun = 0;
      if (now !== undefined) since = now();
      for (let made = 0; made < count;) {
        const outcome = await rounds.next();
        made += outcome.tokens.length;
        blocksRun += outcome.blocksRun;
        done.push(outcome.round);
      }
      return blocksRun;
    },
    speculation: () => ({
      rounds: done,
      draftMs: spent.draft,
      verifyMs: spent.verify,
      measureMs: spent.measure,
    }),
  };
}
