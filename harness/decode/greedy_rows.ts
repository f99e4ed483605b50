/**
 * Full depth's own greedy continuations of several sequences at once: the texts
 * that timed cells of several sequences are forced along.
 *
 * @module
 */
import type { DecoderSession, Row } from "../contract/backend.ts";
import { SHARED_READOUT } from "../contract/signal.ts";
import { guarded } from "./guarded.ts";

/** What is continued. */
export interface GreedyRowsRequest {
  /** Slots that hold all but the last token of each text. */
  readonly slots: readonly number[];
  /** Last token of each text. */
  readonly last: readonly number[];
  /** Tokens to find for each. */
  readonly count: number;
}

/** Greedy tokens [sequences][count], end of sequence ignored. The last one is not fed. */
export async function greedyRows(
  session: DecoderSession,
  { slots, last, count }: GreedyRowsRequest,
): Promise<readonly (readonly number[])[]> {
  const { layerCount } = session.model;
  const found: number[][] = slots.map(() => []);
  let inputs = last;
  for (let i = 0; i < count; i++) {
    const rows = slots.map((slot, r): Row => ({
      slot,
      position: session.length(slot),
      token: inputs[r]!,
      phase: i === 0 ? "prompt" : "decode",
    }));
    const step = session.begin(rows);
    inputs = await guarded(step, async () => {
      step.run({ from: 0, to: layerCount }, "block");
      return Array.from((await step.readToken(SHARED_READOUT)).tokens);
    });
    step.commit();
    inputs.forEach((token, r) => found[r]!.push(token));
  }
  return found;
}
