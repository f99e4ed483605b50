/**
 * A model opened on a backend for a bench, with the times of getting there.
 *
 * @module
 */
import { loadModel } from "../cli/model_files.ts";
import type { DecoderSession, OpenOptions, Row } from "../harness/contract/backend.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { SHARED_READOUT } from "../harness/contract/signal.ts";
import { createRandom } from "../harness/numerics/random.ts";
import { findBackend } from "./open_backend.ts";
import type { Storage } from "./part_cost.ts";

/** What is opened. */
export interface BenchRequest extends OpenOptions {
  /** Name or path of the model. */
  readonly model: string;
  /** Name of the backend. */
  readonly backend: string;
}

/** Times from nothing to the first token, ms, one sample each. */
export interface StartTimes {
  /** Reading the file's header and vocabulary, checks and digest. */
  readonly loadMs: number;
  /** Opening the session: weights read and repacked. */
  readonly openMs: number;
  /** A prompt of eight tokens and its readout. */
  readonly firstTokenMs: number;
}

/** A model ready for a bench. */
export interface BenchModel {
  /** As loaded. */
  readonly model: LoadedModel;
  /** On the backend. */
  readonly session: DecoderSession;
  /** How it started. */
  readonly start: StartTimes;
}

/** Loads and opens it and makes one token. */
export async function openBenchModel(request: BenchRequest): Promise<BenchModel> {
  const backend = await findBackend(request.backend);
  const begin = performance.now();
  const model = await loadModel(request.model);
  const loaded = performance.now();
  const session = await backend.open(model.checkpoint, request);
  const opened = performance.now();
  const slot = session.newSlot();
  await firstToken(session, slot, randomTokens(session.model.vocabSize, 8));
  const done = performance.now();
  session.release(slot);
  return {
    model,
    session,
    start: { loadMs: loaded - begin, openMs: opened - loaded, firstTokenMs: done - opened },
  };
}

async function firstToken(
  session: DecoderSession,
  slot: number,
  tokens: readonly number[],
): Promise<number> {
  const step = session.begin(rowsOf(slot, { from: 0, tokens, phase: "prompt" }));
  step.run({ from: 0, to: session.model.layerCount }, "block");
  const { tokens: chosen } = await step.readToken(SHARED_READOUT, [tokens.length - 1]);
  const [token] = chosen;
  step.commit();
  return token!;
}

/** Consecutive rows of a slot. */
export function rowsOf(
  slot: number,
  { from, tokens, phase }: {
    readonly from: number;
    readonly tokens: readonly number[];
    readonly phase: Row["phase"];
  },
): Row[] {
  return tokens.map((token, i) => ({ slot, position: from + i, token, phase }));
}

/** Seeded token ids: the time of a step does not depend on which tokens they are. */
export function randomTokens(vocabSize: number, count: number): readonly number[] {
  const random = createRandom(17);
  return Array.from({ length: count }, () => random.int(vocabSize));
}

/**
 * How the session stores weights and KV entries, from the bytes that it says it
 * holds. Asked when exactly one slot holds entries of every block.
 */
export function storageOf(session: DecoderSession, model: LoadedModel, context: number): Storage {
  const { layerCount, kvHeads, headDim } = session.model;
  const { weightBytes, kvBytes } = session.memory();
  const numbers = 2 * layerCount * kvHeads * headDim * Math.min(context, session.model.context);
  return {
    allF32: weightBytes > 0.95 * 4 * weightCount(model),
    kvElementBytes: kvBytes > 0 && kvBytes < 3 * numbers ? 2 : 4,
  };
}

function weightCount({ checkpoint }: LoadedModel): number {
  const { dModel, ffnSize, gated, heads, kvHeads, headDim, vocabSize, tiedHead, layerCount } =
    checkpoint.info;
  const block = 2 * dModel * (heads + kvHeads) * headDim + (gated ? 3 : 2) * dModel * ffnSize;
  return layerCount * block + (tiedHead ? 1 : 2) * vocabSize * dModel;
}
