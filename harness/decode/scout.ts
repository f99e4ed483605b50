/**
 * Scouting: what every height would predict, from a full-depth run of the rows.
 *
 *     token_h = argmax of the shared readout of the state at height h, h = 0..L
 *
 * All heights are read in one call once the rows have reached the top.
 *
 * @module
 */
import type { DecoderStep } from "../contract/backend.ts";
import {
  type HiddenMark,
  type RowSet,
  SHARED_READOUT,
  type SignalRequest,
} from "../contract/signal.ts";
import { uncounted } from "./metered_step.ts";

/** Rows that stand at the top, and what they passed on the way. */
export interface Scouted {
  /** States at heights 0..L − 1; those at L are the rows' own. */
  readonly marks: readonly HiddenMark[];
  /** Greedy token of each row at heights 0..L. */
  readonly tokens: readonly (readonly number[])[];
}

/**
 * Runs rows that stand at height 0 through all blocks and reads `read` among them at
 * every height. Runs are counted where `step` counts; marks and reads never are.
 */
export async function scoutRows(
  step: DecoderStep,
  { rows, read, layerCount }: {
    readonly rows: RowSet;
    readonly read: RowSet;
    readonly layerCount: number;
  },
): Promise<Scouted> {
  const reader = uncounted(step);
  const marks: HiddenMark[] = [];
  for (let l = 0; l < layerCount; l++) {
    marks.push(reader.mark(read));
    step.run(l, "block", rows);
  }
  const requests = [...marks, undefined].map((mark): SignalRequest => ({
    kind: "readout",
    signal: "token",
    readout: { ...SHARED_READOUT, mark },
  }));
  const reading = reader.readSignals(requests, read);
  const { values, offsets } = "then" in reading ? await reading : reading;
  const tokens = Array.from(
    { length: read.length },
    (_, r) => requests.map((_, h) => values[offsets[h]! + r]!),
  );
  return { marks, tokens };
}
