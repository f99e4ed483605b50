/**
 * A text generated under a bound policy, with all that it left behind.
 *
 * @module
 */
import type {
  DecoderSession,
  DraftRound,
  Sampler,
  StopReason,
} from "../../harness/contract/mod.ts";
import type { BoundPolicy } from "../../harness/decode/bound_policy.ts";
import { generate } from "../../harness/decode/generate.ts";
import type { CarriedState } from "../../harness/decode/stream_state.ts";

/** What was generated. */
export interface Generated {
  /** Tokens. */
  readonly tokens: readonly number[];
  /** Why it ended; `"stop"` when the test left early. */
  readonly ended: StopReason;
  /** Committed length of the slot afterwards. */
  readonly length: number;
  /** Rounds of round policies. */
  readonly rounds: readonly DraftRound[];
  /** What full depth reads next at the end of the cache, one row: the logits of `probe`. */
  readonly after: Float32Array | undefined;
}

/** Generates; `leaveAfter` leaves the loop at that many tokens. */
export async function generated(
  session: DecoderSession,
  bound: BoundPolicy,
  { prompt, eos = [], seed = 1, item = 2, sampler, leaveAfter = Infinity, probe, carried }: {
    readonly prompt: readonly number[];
    readonly eos?: readonly number[];
    readonly seed?: number;
    readonly item?: number;
    readonly sampler?: Sampler | undefined;
    readonly leaveAfter?: number;
    /** A token that is run once more, to see the cache. */
    readonly probe?: number | undefined;
    readonly carried?: CarriedState | undefined;
  },
): Promise<Generated> {
  const slot = session.newSlot();
  const tokens: number[] = [];
  const rounds: DraftRound[] = [];
  let ended: StopReason = "stop";
  try {
    const stream = generate(session, {
      bound,
      slot,
      prompt,
      eos,
      seed,
      item,
      sampler,
      carried,
      round: (round) => rounds.push(round),
    });
    for (;;) {
      const next = await stream.next();
      if (next.done) {
        ended = next.value;
        break;
      }
      tokens.push(next.value.token);
      if (tokens.length < leaveAfter) continue;
      await stream.return("stop");
      break;
    }
    const length = session.length(slot);
    let after: Float32Array | undefined;
    if (probe !== undefined) {
      const step = session.begin([{ slot, position: length, token: probe, phase: "decode" }]);
      step.run({ from: 0, to: session.model.layerCount }, "block");
      after = Float32Array.from(await step.readLogits({ head: "shared" }));
      step.commit();
    }
    return { tokens, ended, length, rounds, after };
  } finally {
    session.release(slot);
  }
}
