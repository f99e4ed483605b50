/**
 * What follows a readout when rows may be left below the top: the row waits,
 * too many waiting rows are run, and a policy that observes it is told what
 * full depth predicts where rows have arrived.
 *
 * @module
 */
import type { DecoderStep } from "../../contract/backend.ts";
import { SHARED_READOUT } from "../../contract/signal.ts";
import type { Ascent } from "../ascent.ts";
import type { Climber } from "../climber.ts";
import { type Arrival, type Companions, MAX_PENDING } from "./recompute.ts";

/** The rows that wait, and who is told of them. */
export interface Waiting {
  /** Tells the policy. */
  readonly ascent: Ascent;
  /** The rows. */
  readonly companions: Companions;
}

/** Positions that have reached the top, for a policy that observes them; else none. */
export function takeObserved({ ascent, companions }: Waiting): readonly Arrival[] {
  return ascent.observesRecomputed ? companions.takeArrived() : [];
}

/** Notes a row that was read out, in its open step. */
export async function keepPending(
  step: DecoderStep,
  { position, exitHeight, row }: Climber,
  waiting: Waiting,
): Promise<void> {
  const { ascent, companions } = waiting;
  companions.add({ position, height: exitHeight, row });
  if (companions.count > MAX_PENDING) companions.flush(step);
  const arrived = takeObserved(waiting);
  if (arrived.length === 0) return;
  const reading = step.readToken(SHARED_READOUT, arrived.map((each) => each.row));
  const { tokens } = "then" in reading ? await reading : reading;
  arrived.forEach((each, i) => ascent.recomputed(each.position, tokens[i]!));
}
