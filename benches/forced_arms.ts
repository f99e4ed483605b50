/**
 * Arms that decode the same tokens from the same prefix, timed in turn.
 *
 * Every visit forks the prefix for each arm, in seeded ABBA order; only decoding
 * is timed, ms per token.
 *
 * @module
 */
import type { DecoderSession } from "../harness/contract/backend.ts";
import { armOrder } from "../harness/measure/order.ts";

/** Visits whose times are thrown away. */
const WARM_UP = 2;

/** Something that decodes from a slot holding the prefix. */
export interface ForcedArm {
  /** Its name in tables. */
  readonly label: string;
  /** Prepares decoding and returns what is timed. */
  prepare(slot: number): () => Promise<unknown>;
}

/** Times of each arm in each visit, ms per token. */
export async function timeForcedArms(
  session: DecoderSession,
  { arms, prefixed, tokens, visits, seed, aborted }: {
    readonly arms: readonly ForcedArm[];
    /** Slot that holds the prefix. */
    readonly prefixed: number;
    /** Tokens that each arm decodes. */
    readonly tokens: number;
    readonly visits: number;
    readonly seed: number;
    /** Whether to stop early. */
    aborted(visit: number): boolean;
  },
): Promise<readonly (readonly number[])[]> {
  const times = arms.map((): number[] => []);
  for (let visit = -WARM_UP; visit < visits; visit++) {
    if (aborted(visit)) break;
    const order = armOrder(arms.length, { seed, prompt: "arms", repetition: visit + WARM_UP });
    for (const index of order) {
      const slot = session.fork(prefixed);
      const run = arms[index]!.prepare(slot);
      const start = performance.now();
      await run();
      const ms = performance.now() - start;
      session.release(slot);
      if (visit >= 0) times[index]!.push(ms / tokens);
    }
  }
  return times;
}
