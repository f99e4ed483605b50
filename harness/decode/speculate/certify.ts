/**
 * The losslessness certificate: a text held to full depth's greedy one, token by
 * token, each on its own prefix, by one-row steps.
 *
 * Where a token differs, the margin m between full depth's likeliest logit and the
 * token's is held to the largest difference d of logits between one-row and many-row
 * steps at this position, over several numbers of rows:
 *
 *     m ≤ 4·d   near-tie: both logits may move by d, and d is seen on samples only
 *     m > 4·d   bug
 *
 * @module
 */
import type { DecoderSession, Row } from "../../contract/backend.ts";
import type { StopReason } from "../../contract/record.ts";
import type { Certificate, Divergence } from "../../contract/round_record.ts";
import { SHARED_READOUT } from "../../contract/signal.ts";
import { guarded } from "../guarded.ts";

/** Rows that enter a step together; 0 stands for all. */
const ROW_COUNTS: readonly number[] = [2, 3, 5, 9, 0];
/** Rows of a prompt that enter a step together, as in generation. */
const CHUNK = 512;
/** Differences within which a margin is a near-tie. */
const NEAR = 4;

/** What is certified. */
export interface CertifyRequest {
  /** Tokens of the prompt, at least one. */
  readonly prompt: readonly number[];
  /** Generated tokens. */
  readonly tokens: readonly number[];
  /** Why the text ended. */
  readonly ended: StopReason;
  /** Ids that end a text. */
  readonly eos: readonly number[];
}

/** Runs rows `from` to `to` − 1 of a text; the logits of the last, [vocabSize], copied. */
async function run(
  session: DecoderSession,
  { slot, text, from, to }: {
    readonly slot: number;
    readonly text: readonly number[];
    readonly from: number;
    readonly to: number;
  },
): Promise<Float32Array> {
  const rows = text.slice(from, to).map((token, i): Row => ({
    slot,
    position: from + i,
    token,
    phase: "decode",
  }));
  const step = session.begin(rows);
  const logits = await guarded(step, async () => {
    step.run({ from: 0, to: session.model.layerCount }, "block");
    return Float32Array.from(await step.readLogits(SHARED_READOUT, [rows.length - 1]));
  });
  step.commit();
  return logits;
}

async function runChunks(
  session: DecoderSession,
  { slot, text, from, size }: {
    readonly slot: number;
    readonly text: readonly number[];
    readonly from: number;
    readonly size: number;
  },
): Promise<Float32Array> {
  let logits: Float32Array = new Float32Array();
  for (let at = from; at < text.length; at += size) {
    logits = await run(session, { slot, text, from: at, to: Math.min(text.length, at + size) });
  }
  return logits;
}

/** Largest difference of the last position's logits when its text is run in other numbers of rows. */
async function kernelDifference(
  session: DecoderSession,
  { text, prompt, logits }: {
    readonly text: readonly number[];
    readonly prompt: number;
    readonly logits: Float32Array;
  },
): Promise<number> {
  let largest = 0;
  for (const count of ROW_COUNTS) {
    const slot = session.newSlot();
    try {
      const size = count === 0 ? text.length : count;
      if (count !== 0) {
        await runChunks(session, { slot, text: text.slice(0, prompt), from: 0, size: CHUNK });
      }
      const from = session.length(slot);
      if (from >= text.length) continue; // the prompt alone: run as it was
      const other = await runChunks(session, { slot, text, from, size });
      logits.forEach((value, i) => largest = Math.max(largest, Math.abs(value - other[i]!)));
    } finally {
      session.release(slot);
    }
  }
  return largest;
}

function argmax(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/** Certifies a text. Needs two free slots. */
export async function certify(
  session: DecoderSession,
  { prompt, tokens, ended, eos }: CertifyRequest,
): Promise<Certificate> {
  const text = [...prompt, ...tokens];
  const divergences: Divergence[] = [];
  const slot = session.newSlot();
  const last = ended === "eos" ? tokens.length : tokens.length - 1;
  let bug = false;
  try {
    let logits = await runChunks(session, { slot, text: prompt, from: 0, size: CHUNK });
    for (let at = 0; at <= last; at++) {
      const end = prompt.length + at;
      if (at > 0) logits = await run(session, { slot, text, from: end - 1, to: end });
      const expected = argmax(logits);
      const actual = tokens[at] ?? -1;
      if (actual < 0 ? eos.includes(expected) : expected === actual) continue;
      const others = actual < 0 ? eos : [actual];
      const margin = logits[expected]! - Math.max(...others.map((token) => logits[token]!));
      const difference = await kernelDifference(session, {
        text: text.slice(0, end),
        prompt: prompt.length,
        logits,
      });
      bug ||= !(margin <= NEAR * difference);
      divergences.push({ at, expected, actual, margin, kernelDifference: difference });
    }
  } finally {
    session.release(slot);
  }
  return {
    verdict: bug ? "bug" : divergences.length > 0 ? "near-tie" : "identical",
    checked: last + 1,
    divergences,
  };
}
