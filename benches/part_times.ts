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
/** Visits whose times are thrown away: compilers and caches settle. */
const WARM_UP = 2;

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

/** Times every arm in every visit. */
export async function timeParts(
  session: DecoderSession,
  { arms, slots, visits, seed, aborted }: {
    readonly arms: readonly PartArm[];
    readonly slots: PartSlots;
    readonly visits: number;
    readonly seed: number;
    /** Whether to stop early. */
    aborted(visit: number): boolean;
  },
): Promise<readonly PartSamples[]> {
  const times = arms.map((): number[] => []);
  for (let visit = -WARM_UP; visit < visits; visit++) {
    if (aborted(visit)) break;
    const order = armOrder(arms.length, { seed, prompt: "parts", repetition: visit + WARM_UP });
    for (const index of order) {
      await wholeToken(session, slots.prefixed);
      const ms = await timePart(session, { arm: arms[index]!, slots });
      if (visit >= 0) times[index]!.push(ms);
    }
  }
  return arms.map((arm, i) => ({ ...arm, prefix: prefixOf(arm.rows), timesMs: times[i]! }));
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
