/**
 * Measuring a plan on the newest rows of the text, in a slot of its own: how often
 * its greedy token is the token that follows, or how peaked the updates of its parts
 * are over the features.
 *
 * @module
 */
import type { DecoderSession, DecoderStep, Row } from "../../contract/backend.ts";
import type { Proposal, RoundEvent } from "../../contract/round.ts";
import { type HiddenMark, SHARED_READOUT, type SignalRequest } from "../../contract/signal.ts";
import { guarded } from "../guarded.ts";
import { compilePlan } from "../plan_program.ts";

/** A proposal to measure. */
export type Measurement = Extract<Proposal, { readonly kind: "measure" }>;

/** Runs the measurement; `undefined` when no row of the text has a token that follows. */
export async function measurePlan(
  session: DecoderSession,
  measurement: Measurement,
  { slot, text, ran }: {
    readonly slot: number;
    /** Prompt and emitted tokens; all but the newest have entries in `slot`. */
    readonly text: readonly number[];
    /** Told of blocks run, summed over rows. */
    readonly ran: (blocks: number) => void;
  },
): Promise<Extract<RoundEvent, { readonly kind: "measured" }>> {
  const length = session.length(slot);
  const count = Math.min(measurement.rows, length);
  const event = { kind: "measured", proposal: measurement, rows: count } as const;
  if (count === 0) return { ...event, matches: 0, attention: [], mlp: [] };
  const copy = session.fork(slot);
  try {
    session.truncate(copy, length - count);
    const rows = Array.from({ length: count }, (_, i): Row => ({
      slot: copy,
      position: length - count + i,
      token: text[length - count + i]!,
      phase: "draft",
    }));
    const step = session.begin(rows);
    const read = measurement.what === "matches" ? readMatches : readUpdates;
    const outcome = await guarded(
      step,
      () => read(step, { measurement, text: text.slice(length - count), count, ran, session }),
    );
    step.commit([]);
    return { ...event, ...outcome };
  } finally {
    session.release(copy);
  }
}

interface Measuring {
  readonly measurement: Measurement;
  readonly session: DecoderSession;
  readonly text: readonly number[];
  readonly count: number;
  readonly ran: (blocks: number) => void;
}

interface Measured {
  readonly matches: number;
  readonly attention: readonly number[];
  readonly mlp: readonly number[];
}

async function readMatches(
  step: DecoderStep,
  { measurement, session, text, count, ran }: Measuring,
): Promise<Measured> {
  const program = compilePlan(measurement.plan, session.model.layerCount);
  const rows = Array.from({ length: count }, (_, row) => row);
  for (const instruction of program.instructions) {
    if (instruction.kind !== "run") continue;
    step.run(instruction.span, instruction.part, rows, instruction.pass);
  }
  ran(count * program.blocksRun);
  const reading = step.readToken(SHARED_READOUT, rows);
  const { tokens } = "then" in reading ? await reading : reading;
  const matches = rows.filter((row) => tokens[row] === text[row + 1]).length;
  return { matches, attention: [], mlp: [] };
}

/** Feature entropy of what each part adds, mean over rows; whole blocks are run part by part. */
async function readUpdates(
  step: DecoderStep,
  { measurement, count, ran }: Measuring,
): Promise<Measured> {
  const rows = Array.from({ length: count }, (_, row) => row);
  const requests: SignalRequest[] = [];
  const columns: { readonly part: "attention" | "mlp"; readonly visit: number }[] = [];
  let before: HiddenMark = step.mark(rows);
  const passes = new Map<number, number>();
  for (const [visit, { block, part }] of measurement.plan.entries()) {
    const pass = passes.get(block) ?? 0;
    for (const each of ["attention", "mlp"] as const) {
      if (part !== "block" && part !== each) continue;
      step.run(block, each, rows, pass);
      const after = step.mark(rows);
      requests.push({ kind: "state", signal: "featureEntropy", a: before, b: after });
      columns.push({ part: each, visit });
      before = after;
    }
    if (part !== "mlp") passes.set(block, pass + 1);
    ran(count * (part === "block" ? 1 : 0.5));
  }
  const means = {
    attention: measurement.plan.map(() => NaN),
    mlp: measurement.plan.map(() => NaN),
  };
  if (requests.length > 0) {
    const reading = step.readSignals(requests, rows);
    const { values, offsets } = "then" in reading ? await reading : reading;
    columns.forEach(({ part, visit }, i) => {
      let sum = 0;
      for (const row of rows) sum += values[offsets[i]! + row]!;
      means[part][visit] = sum / count;
    });
  }
  return { matches: 0, ...means };
}
