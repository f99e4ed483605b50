/**
 * Clocks that are written down and read again, so that a run can be repeated to
 * the last byte: merged shards against the unsharded run, a resumed run against
 * one that was never stopped.
 *
 * Readings belong to sections, a cell or the preparation of one, because other
 * processes run cells in another order. The file also holds what else the clock
 * and the moment say: the start, the load, the clock's own resolution.
 *
 * @module
 */
import { z } from "zod";
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { Environment, Manifest } from "../harness/contract/record.ts";
import type { RunRequest, SectionClock } from "../harness/run_request.ts";
import { causeText, writeAtomically } from "./atomic_write.ts";

const clockFile = z.strictObject({
  kind: z.literal("depthbench-clock"),
  schema: z.literal(1),
  started: z.string(),
  loadAverage: z.number().optional(),
  clockStepMs: z.number(),
  clockCostMs: z.number(),
  sections: z.record(z.string(), z.array(z.number())),
});

type ClockFile = z.infer<typeof clockFile>;

/** A clock that writes its readings down. */
export interface RecordingClock extends SectionClock {
  /** Writes the file. */
  save(manifest: Manifest): Promise<void>;
}

/** The monotonic clock, written down section by section. */
export function recordingClock(path: string): RecordingClock {
  const sections = new Map<string, number[]>();
  let readings: number[] = [];
  return {
    isReplayed: false,
    enter(section): void {
      readings = [];
      sections.set(section, readings);
    },
    now(): number {
      const reading = performance.now();
      readings.push(reading);
      return reading;
    },
    async save({ started, environment }): Promise<void> {
      const { loadAverage, clockStepMs, clockCostMs } = environment;
      const file: ClockFile = {
        kind: "depthbench-clock",
        schema: 1,
        started,
        ...(loadAverage === undefined ? {} : { loadAverage }),
        clockStepMs,
        clockCostMs,
        sections: Object.fromEntries([...sections].sort(([a], [b]) => a < b ? -1 : 1)),
      };
      await writeAtomically(path, `${JSON.stringify(file)}\n`);
    },
  };
}

/** A clock that repeats a file's readings. */
export interface ReplayedClock extends SectionClock {
  /** When the readings were made, ISO. */
  readonly started: string;
  /** What was asked for, with the clock and the load of that time. */
  dated(request: RunRequest): RunRequest;
}

/** Reads a clock's file. Rejects with `InputError`. */
export async function replayedClock(path: string): Promise<ReplayedClock> {
  const file = await readClockFile(path);
  const sections = new Map(Object.entries(file.sections));
  let section = "";
  let next = 0;
  return {
    isReplayed: true,
    enter(name): void {
      section = name;
      next = 0;
    },
    now(): number {
      const reading = sections.get(section)?.[next++];
      if (reading !== undefined) return reading;
      throw new InputError(
        `Cannot read recorded clock "${path}": it has no reading ${next} of "${section}": ` +
          "record one with the same run",
      );
    },
    started: file.started,
    dated: (request) => ({ ...request, environment: environmentOf(request.environment, file) }),
  };
}

/** The clock of a run: the machine's when neither is there. */
export interface RunClock {
  /** Writes its readings down. */
  readonly recording?: RecordingClock;
  /** Repeats readings. */
  readonly replayed?: ReplayedClock;
}

/** Opens the clock that two paths ask for. Rejects with `UsageError` when both are given. */
export async function openClock(
  { write, read }: { readonly write: string | undefined; readonly read: string | undefined },
): Promise<RunClock> {
  if (read !== undefined && write !== undefined) {
    throw new UsageError("Cannot record a clock that is recorded: pass one of the two flags");
  }
  if (read !== undefined) return { replayed: await replayedClock(read) };
  return write === undefined ? {} : { recording: recordingClock(write) };
}

function environmentOf(
  { loadAverage: _, ...environment }: Environment,
  { loadAverage, clockStepMs, clockCostMs }: ClockFile,
): Environment {
  return {
    ...environment,
    ...(loadAverage === undefined ? {} : { loadAverage }),
    clockStepMs,
    clockCostMs,
  };
}

async function readClockFile(path: string): Promise<ClockFile> {
  try {
    return clockFile.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : causeText(cause);
    throw new InputError(
      `Cannot read recorded clock "${path}": expected what --record-clock wrote: ${
        why.replaceAll(/\s+/g, " ").slice(0, 200)
      }`,
      { cause },
    );
  }
}
