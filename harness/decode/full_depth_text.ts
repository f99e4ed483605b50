/**
 * A known text at full depth, with the greedy token of every height beside each
 * prediction: what oracle heights are told from.
 *
 * Cost beyond the pass: L readouts per predicted token.
 *
 * @module
 */
import type { DecoderSession, Row } from "../contract/backend.ts";
import { SHARED_READOUT } from "../contract/signal.ts";
import { guarded } from "./guarded.ts";
import { scoutRows } from "./scout.ts";

/** Positions that enter a step together. */
const CHUNK = 32;

/** A prediction of full depth. */
export interface FullDepthPrediction {
  /** Index of the target token that is predicted. */
  readonly index: number;
  /** Logits [vocabSize], a view. */
  readonly logits: Float32Array;
  /** Greedy token of the heights 0..L. */
  readonly tokens: readonly number[];
}

/** What is run. */
export interface FullDepthTextRequest {
  /** An empty slot; the caller releases it. */
  readonly slot: number;
  /** Prompt tokens, at least one. */
  readonly prompt: readonly number[];
  /** Tokens whose prediction is shown, at least one. */
  readonly target: readonly number[];
  /** Called per target token. */
  predicted(prediction: FullDepthPrediction): void;
}

/** Runs prompt and target, the last target token excepted, and shows every prediction. */
export async function fullDepthText(
  session: DecoderSession,
  { slot, prompt, target, predicted }: FullDepthTextRequest,
): Promise<void> {
  const { layerCount } = session.model;
  const inputs = [...prompt, ...target.slice(0, -1)];
  const first = prompt.length - 1;
  for (let from = 0; from < inputs.length; from += CHUNK) {
    const entering = inputs.slice(from, from + CHUNK).map((token, i): Row => ({
      slot,
      position: from + i,
      token,
      phase: from + i < prompt.length ? "prompt" : "decode",
    }));
    const rows = entering.map((_, row) => row);
    const read = rows.filter((row) => from + row >= first);
    const step = session.begin(entering);
    await guarded(step, async () => {
      if (read.length === 0) return step.run({ from: 0, to: layerCount }, "block", rows);
      const { tokens } = await scoutRows(step, { rows, read, layerCount });
      for (const [i, row] of read.entries()) {
        const logits = await step.readLogits(SHARED_READOUT, [row]);
        predicted({ index: from + row - first, logits, tokens: tokens[i]! });
      }
    });
    step.commit();
  }
}
