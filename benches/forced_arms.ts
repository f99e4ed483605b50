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

/** First visit: those below 0 are thrown away. */
export const FIRST_FORCED = -6;

/** How arms are timed. */
export interface ForcedOptions {
  /** Slot that holds the prefix. */
  readonly prefixed: number;
  /** Tokens that each arm decodes. */
  readonly tokens: number;
  /** Seed of the order. */
  readonly seed: number;
}

/** Something that decodes from a slot holding the prefix. */
export interface ForcedArm {
  /** Its name in tables. */
  readonly label: string;
  /** Prepares decoding and returns what is timed. */
  prepare(slot: number): () => Promise<unknown>;
}

/** Times arms visit by visit. */
export class ForcedTimer {
  readonly #session: DecoderSession;
  readonly #arms: readonly ForcedArm[];
  readonly #options: ForcedOptions;
  readonly #times: readonly number[][];

  /** All arms decode the same number of tokens. */
  constructor(session: DecoderSession, arms: readonly ForcedArm[], options: ForcedOptions) {
    this.#session = session;
    this.#arms = arms;
    this.#options = options;
    this.#times = arms.map(() => []);
  }

  /** Times of each arm so far, visit by visit, ms per token. */
  get timesMs(): readonly (readonly number[])[] {
    return this.#times;
  }

  /** Every arm once. Visits below 0 warm up: their times are thrown away. */
  async visit(visit: number): Promise<void> {
    const { seed, prefixed, tokens } = this.#options;
    const repetition = visit - FIRST_FORCED;
    const order = armOrder(this.#arms.length, { seed, prompt: "arms", repetition });
    for (const index of order) {
      const slot = this.#session.fork(prefixed);
      const run = this.#arms[index]!.prepare(slot);
      const start = performance.now();
      await run();
      const ms = performance.now() - start;
      this.#session.release(slot);
      if (visit >= 0) this.#times[index]!.push(ms / tokens);
    }
  }
}
