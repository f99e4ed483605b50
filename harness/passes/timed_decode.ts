/**
 * What the timed passes share: how a decode is timed, and what cannot be timed.
 *
 * @module
 */
import type { DecoderSession, SessionMemory } from "../contract/backend.ts";
import { UnsupportedError } from "../contract/errors.ts";
import type { TimedRecord } from "../contract/record.ts";
import type { TimedSpeculation } from "../contract/round_record.ts";
import type { ClockInfo } from "../measure/clock.ts";
import { StepClock } from "../measure/step_clock.ts";
import type { PassArm } from "./cells.ts";

/** How visits are timed. */
export interface TimedOptions {
  /** Decode steps of a visit. */
  readonly tokens: number;
  /** The clock, ms. */
  now(): number;
  /** Start of the timed pass on that clock. */
  readonly start: number;
  /** What the clock can resolve. */
  readonly clock: ClockInfo;
  /** Tells a recorded clock whose readings come next. */
  enter?(section: string): void;
}

/** A continuation ready to be decoded. */
export interface Decoding {
  /** Decodes it, telling `lap` after each step if there are steps; resolves to the blocks that ran. */
  run(lap?: (step: number) => void): Promise<number>;
  /** Drafts and their acceptance, of round policies. */
  speculation?(): TimedSpeculation;
}

/** How one decode is timed. */
export interface DecodeTiming {
  /** Its steps. */
  readonly steps: number;
  /** Steps per reading; absent where a policy has no steps of its own. */
  readonly stepsPerReading: number | undefined;
  /** The clock. */
  now(): number;
}

/** What is measured of a decode. */
export type TimedDecode = Pick<
  TimedRecord,
  | "decodeMs"
  | "stepMs"
  | "stepsPerReading"
  | "blocksRun"
  | "memory"
  | "peakBytes"
  | "speculation"
>;

/** Times a decode; memory is that at its end, when it is largest. */
export async function timeDecode(
  session: DecoderSession,
  decoding: Decoding,
  { steps, stepsPerReading, now }: DecodeTiming,
): Promise<TimedDecode> {
  const clock = new StepClock({ steps, group: stepsPerReading ?? steps, now });
  clock.start();
  const blocksRun = await decoding.run(clock.lap);
  if (stepsPerReading === undefined) clock.lap(steps - 1);
  const speculation = decoding.speculation?.();
  const memory = session.memory();
  return {
    decodeMs: clock.totalMs,
    ...(stepsPerReading === undefined ? {} : { stepMs: clock.readings() }),
    ...(stepsPerReading === undefined || stepsPerReading === 1 ? {} : { stepsPerReading }),
    blocksRun,
    memory,
    peakBytes: totalBytes(memory),
    ...(speculation === undefined ? {} : { speculation }),
  };
}

/** Bytes of a session in all. */
export function totalBytes(memory: SessionMemory): number {
  return memory.weightBytes + memory.partBytes + memory.kvBytes + memory.scratchBytes;
}

/** A policy that looks ahead has no time of its own. Throws `UnsupportedError`. */
export function refuseScouts({ plugin }: PassArm): void {
  if (plugin.scope !== "token" || !plugin.scouts) return;
  throw new UnsupportedError(
    `Cannot time policy "${plugin.name}": it runs every token at full depth before it decides, ` +
      "so its time says nothing: see its blocks run and multiply-accumulates",
  );
}
