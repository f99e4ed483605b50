/**
 * Greedy texts of one model under several policies and backends: the same code
 * in Deno and in a page, so that what comes out may be compared.
 *
 * @module
 */
import { openWasmSession } from "../../backends/wasm/session.ts";
import type {
  ByteSource,
  Checkpoint,
  DecoderSession,
  OpenOptions,
} from "../../harness/contract/mod.ts";
import { bindPolicy } from "../../harness/decode/bound_policy.ts";
import { generate } from "../../harness/decode/generate.ts";
import {
  armOf,
  cpuBackend,
  openModel,
  parsePolicySpecs,
  policies,
  type PolicySpec,
  wasmBackend,
} from "../../mod.ts";

/** Tokens made of each text. */
export const MAX_TOKENS = 24;
/** Longest sequence, tokens. */
const CONTEXT = 64;

/** What to run. */
export interface Task {
  /** Text to continue. */
  readonly prompt: string;
  /** Policies as on the command line. */
  readonly policies: string;
  /** Threads asked of the wasm backend; its own choice when absent. */
  readonly threads?: number | undefined;
}

/** One text, as it was made. */
export interface Text {
  /** Policy with its options. */
  readonly policy: string;
  /** Tokens. */
  readonly tokens: readonly number[];
  /** Exit height of each token. */
  readonly heights: readonly number[];
  /** Blocks run for each token. */
  readonly blocksRun: readonly number[];
}

/** All texts of one backend. */
export interface Outcome {
  /** Backend and its mode. */
  readonly arm: string;
  /** What the session says of itself. */
  readonly features: readonly string[];
  /** A text for each policy. */
  readonly texts: readonly Text[];
}

type Open = (model: Checkpoint, options: OpenOptions) => Promise<DecoderSession>;

const ARMS: readonly (readonly [name: string, open: Open])[] = [
  ["cpu", (model, { threads: _, ...options }) => cpuBackend.open(model, options)],
  ["wasm", wasmBackend.open],
  ["wasm, exact", (model, options) => wasmBackend.open(model, { ...options, exact: true })],
  ["wasm without relaxed SIMD", (model, options) => openWasmSession(model, options, "plain")],
];

/** Runs every arm under every policy. */
export async function outcomesOf(source: ByteSource, task: Task): Promise<readonly Outcome[]> {
  const { checkpoint, tokenizer } = await openModel(source);
  const prompt = tokenizer.encode(task.prompt);
  const outcomes: Outcome[] = [];
  for (const [arm, open] of ARMS) {
    const session = await open(checkpoint, { slots: 1, context: CONTEXT, threads: task.threads });
    try {
      const texts: Text[] = [];
      for (const spec of parsePolicySpecs(task.policies)) {
        texts.push(await textOf(session, { spec, prompt }));
      }
      outcomes.push({ arm, features: session.backend.features, texts });
    } finally {
      session.close();
    }
  }
  return outcomes;
}

/** Continues the prompt under one policy. */
export async function textOf(
  session: DecoderSession,
  { spec, prompt, maxTokens = MAX_TOKENS }: {
    readonly spec: PolicySpec;
    readonly prompt: readonly number[];
    readonly maxTokens?: number;
  },
): Promise<Text> {
  const policy = policies.find(({ name }) =>
    spec.source.kind === "name" && name === spec.source.name
  )!;
  const { options, fill } = armOf(policy, { options: spec.options });
  const bound = bindPolicy(policy, {
    options,
    fill,
    model: session.model,
    limits: { maxTokens, context: CONTEXT },
  });
  const slot = session.newSlot();
  const made = await Array.fromAsync(
    generate(session, { bound, slot, prompt, eos: [], seed: 0, item: 0 }),
  );
  session.release(slot);
  return {
    policy: spec.text,
    tokens: made.map(({ token }) => token),
    heights: made.map(({ exitHeight }) => exitHeight),
    blocksRun: made.map(({ blocksRun }) => blocksRun),
  };
}
