/**
 * Whether a backend computes what the cpu oracle does, before its clock starts.
 *
 * A short prompt whole, then one row that skips parts: block 0 whole, attention
 * of 1, MLP of 2, the rest whole with the skipped entries projected. Judged by
 * the Kullback–Leibler divergence of the next-token laws, KL(cpu ‖ backend), in
 * nats. Rounding of activations to 8 bits stays far below {@linkcode MOST_KL};
 * a wrong kernel does not.
 *
 * @module
 */
import type { DecoderSession } from "../harness/contract/backend.ts";
import { ContractError } from "../harness/contract/errors.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";
import { randomTokens, rowsOf } from "./bench_model.ts";
import { findBackend } from "./open_backend.ts";

/** Largest divergence that passes, nats. */
export const MOST_KL = 0.05;

/** Tokens of the checked prompt. */
const PROMPT = 12;

/** Divergences found, nats. */
export interface OracleCheck {
  /** After the prompt. */
  readonly promptKl: number;
  /** After the row that skips parts. */
  readonly partsKl: number;
}

/** Compares; throws `ContractError` on a difference. `undefined` for the oracle itself. */
export async function checkAgainstCpu(
  session: DecoderSession,
  model: LoadedModel,
): Promise<OracleCheck | undefined> {
  const { name } = session.backend;
  if (name === "cpu") return undefined;
  const cpu = await findBackend("cpu");
  const oracle = await cpu.open(model.checkpoint, { slots: 1, context: PROMPT + 2 });
  try {
    const wanted = await laws(oracle);
    const found = await laws(session);
    const check = {
      promptKl: divergence(wanted[0]!, found[0]!),
      partsKl: divergence(wanted[1]!, found[1]!),
    };
    if (!(check.promptKl <= MOST_KL && check.partsKl <= MOST_KL)) {
      throw new ContractError(
        name,
        `its next-token laws differ from cpu's by ${check.promptKl} and ${check.partsKl} nats: expected at most ${MOST_KL}`,
      );
    }
    return check;
  } finally {
    oracle.close();
  }
}

/** Logits after the prompt and after the row that skips parts. */
async function laws(session: DecoderSession): Promise<readonly Float32Array[]> {
  const { layerCount, vocabSize } = session.model;
  const tokens = randomTokens(vocabSize, PROMPT + 1);
  const slot = session.newSlot();
  const prompt = session.begin(
    rowsOf(slot, { from: 0, tokens: tokens.slice(0, PROMPT), phase: "prompt" }),
  );
  prompt.run({ from: 0, to: layerCount }, "block");
  const first = (await prompt.readLogits(SHARED_READOUT, [PROMPT - 1])).slice();
  prompt.commit();
  const step = session.begin(
    rowsOf(slot, { from: PROMPT, tokens: tokens.slice(PROMPT), phase: "decode" }),
  );
  step.run(0, "block");
  if (layerCount > 3) {
    step.run(1, "attention");
    step.fillKv(2, "project");
    step.run(2, "mlp");
    step.run({ from: 3, to: layerCount }, "block");
  }
  const second = (await step.readLogits(SHARED_READOUT, [0])).slice();
  step.commit([]);
  session.release(slot);
  return [first, second];
}

/** KL(softmax p ‖ softmax q) of two vectors of logits, nats. */
export function divergence(p: Float32Array, q: Float32Array): number {
  const logP = logSoftmax(p), logQ = logSoftmax(q);
  return logP.reduce((sum, value, i) => sum + Math.exp(value) * (value - logQ[i]!), 0);
}

function logSoftmax(logits: Float32Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - top), 0);
  return Float64Array.from(logits, (value) => value - top - Math.log(total));
}
