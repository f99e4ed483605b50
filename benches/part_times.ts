/**
 * Times of parts: in every visit all parts at all row counts, in seeded order.
 *
 * Each timed call comes after a whole untimed token on another slot, so that
 * caches hold what they hold in decoding: a model larger than the caches is
 * read from memory, a small one is not. Up to 64 rows stand behind a prefix, as
 * decoded or verified rows do; more are a prompt of their own.
 *
 * @module
 */
import type { DecoderSession } from "../harness/contract/backend.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";
import { armOrder } from "../harness/measure/order.ts";
import { randomTokens, rowsOf } from "./bench_model.ts";
import { type PartName, preparePart, runPart } from "./part.ts";

/** Positions that decoded rows see before them. */
export const PREFIX = 128;
/** Most rows that are taken for decoded or verified ones. */
const MOST_DECODED = 64;
/** Rows that fill the prefix together. */
const CHUNK = 32;
/** First visit: those below 0 are thrown away, until compilers and caches have settled. */
export const FIRST_VISIT = -2;

/** A part at a number of rows. */
export interface PartArm {
  /** The part. */
  readonly part: PartName;
  /** Rows of the call. */
  readonly rows: number;
}

/** Its times. */
export interface PartSamples extends PartArm {
  /** Positions before the first row. */
  readonly prefix: number;
  /** Time of the call in each visit, ms. */
  readonly timesMs: readonly number[];
}

/** Context that a session needs for these rows. */
export function contextFor(rowCounts: readonly number[]): number {
  return Math.max(PREFIX + MOST_DECODED, ...rowCounts);
}

/** Positions before the rows of a call. */
export function prefixOf(rows: number): number {
  return rows <= MOST_DECODED ? PREFIX : 0;
}

/** The slots that parts run on. */
export interface PartSlots {
  /** Holds the prefix. */
  readonly prefixed: number;
  /** Empty. */
  readonly empty: number;
}

/** Fills the prefix. */
export function openPartSlots(session: DecoderSession): PartSlots {
  const slots = { prefixed: session.newSlot(), empty: session.newSlot() };
  const tokens = randomTokens(session.model.vocabSize, PREFIX);
  for (let from = 0; from < PREFIX; from += CHUNK) {
    const part = tokens.slice(from, from + CHUNK);
    const step = session.begin(rowsOf(slots.prefixed, { from, tokens: part, phase: "prompt" }));
    step.run({ from: 0, to: session.model.layerCount }, "block");
    step.commit();
  }
  return slots;
}

/** Times parts visit by visit. */
export class PartTimer {
  readonly #session: DecoderSession;
  readonly #arms: readonly PartArm[];
  readonly #slots: PartSlots;
  readonly #seed: number;
  readonly #times: readonly number[][];

  /** `seed` orders the arms. */
  constructor(
    session: DecoderSession,
    { arms, slots, seed }: {
      readonly arms: readonly PartArm[];
      readonly slots: PartSlots;
      readonly seed: number;
    },
  ) {
    this.#session = session;
    this.#arms = arms;
    this.#slots = slots;
    this.#seed = seed;
    this.#times = arms.map(() => []);
  }

  /** Every arm once. Visits below 0 warm up: their times are thrown away. */
  async visit(visit: number): Promise<void> {
    const repetition = visit - FIRST_VISIT;
    const order = armOrder(this.#arms.length, { seed: this.#seed, prompt: "parts", repetition });
    for (const index of order) {
      await wholeToken(this.#session, this.#slots.prefixed);
      const ms = await timePart(this.#session, { arm: this.#arms[index]!, slots: this.#slots });
      if (visit >= 0) this.#times[index]!.push(ms);
    }
  }

  /** All times so far. */
  samples(): readonly PartSamples[] {
    return this.#arms.map((arm, i) => ({
      ...arm,
      prefix: prefixOf(arm.rows),
      timesMs: this.#times[i]!,
    }));
  }
}

/** A token from begin to readout, forgotten again. */
async function wholeToken(session: DecoderSession, slot: number): Promise<void> {
  const step = session.begin([{ slot, position: PREFIX, token: 0, phase: "decode" }]);
  step.run({ from: 0, to: session.model.layerCount }, "block");
  const choice = step.readToken(SHARED_READOUT);
  if ("then" in choice) await choice;
  step.commit([]);
}

async function timePart(
  session: DecoderSession,
  { arm, slots }: { readonly arm: PartArm; readonly slots: PartSlots },
): Promise<number> {
  const prefix = prefixOf(arm.rows);
  const input = rowsOf(prefix === 0 ? slots.empty : slots.prefixed, {
    from: prefix,
    tokens: randomTokens(session.model.vocabSize, arm.rows),
    phase: prefix === 0 ? "prompt" : arm.rows === 1 ? "decode" : "draft",
  });
  const rows = input.map((_, row) => row);
  const start = performance.now();
  const step = session.begin(input);
  if (arm.part === "step") {
    step.commit([]);
    return performance.now() - start;
  }
  const call = { step, rows, layerCount: session.model.layerCount };
  preparePart(arm.part, call);
  const begin = performance.now();
  const pending = runPart(arm.part, call);
  if (pending !== undefined) await pending;
  const ms = performance.now() - begin;
  step.commit([]);
  return ms;
}
