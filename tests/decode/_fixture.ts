/**
 * Small random models on the cpu backend, and policies bound to them.
 *
 * @module
 */
import { cpuBackend } from "../../backends/cpu/mod.ts";
import type {
  DecoderSession,
  DepthPolicy,
  KvFill,
  OptionInput,
  PolicyPlugin,
  TrainedParts,
} from "../../harness/contract/mod.ts";
import { parseOptions } from "../../harness/contract/mod.ts";
import { bindPolicy, type BoundDepth } from "../../harness/decode/bound_policy.ts";
import { generate } from "../../harness/decode/generate.ts";
import { teacherForced } from "../../harness/decode/teacher_forced.ts";
import { syntheticModel } from "../../models/synthetic.ts";

/** A session on a random model of six blocks. */
export async function openToy(
  { seed = 1, layerCount = 6, context = 64, parts }: {
    readonly seed?: number;
    readonly layerCount?: number;
    readonly context?: number;
    readonly parts?: TrainedParts;
  } = {},
): Promise<DecoderSession> {
  const { checkpoint } = syntheticModel({
    layerCount,
    dModel: 24,
    heads: 4,
    kvHeads: 2,
    headDim: 6,
    ffnSize: 40,
    vocabSize: 53,
    context,
    tiedHead: true,
    seed,
  });
  return await cpuBackend.open(checkpoint, { slots: 4, context, parts });
}

/** A plugin bound to a session's model. */
export function bind<O>(
  session: DecoderSession,
  plugin: PolicyPlugin<O>,
  { input = {}, fill, maxTokens = 16 }: {
    readonly input?: OptionInput;
    readonly fill?: KvFill;
    readonly maxTokens?: number;
  } = {},
): BoundDepth {
  const policy = plugin as DepthPolicy;
  const options = parseOptions({ kind: "policy", name: policy.name }, {
    schema: policy.options,
    input,
  });
  return bindPolicy(policy, {
    options,
    fill: fill ?? policy.defaultFill(options),
    model: session.model,
    limits: { maxTokens, context: session.model.context },
  });
}

/** What a text looked like under a policy. */
export interface Seen {
  /** Logits that predict each target token. */
  readonly logits: readonly Float32Array[];
  /** Heights of the readouts. */
  readonly heights: readonly number[];
  /** Blocks run. */
  readonly blocksRun: readonly number[];
  /** Argmaxes. */
  readonly tokens: readonly number[];
}

/** Runs prompt and target teacher-forced. */
export async function see(
  session: DecoderSession,
  bound: BoundDepth,
  { prompt, target, inOrder = false }: {
    readonly prompt: readonly number[];
    readonly target: readonly number[];
    readonly inOrder?: boolean;
  },
): Promise<Seen> {
  const logits: Float32Array[] = [];
  const heights: number[] = [];
  const blocksRun: number[] = [];
  const slot = session.newSlot();
  try {
    await teacherForced(session, {
      bound,
      slot,
      prompt,
      target,
      inOrder,
      seed: 3,
      item: 5,
      predicted: (_, row, climber) => {
        logits.push(Float32Array.from(row));
        heights.push(climber.exitHeight);
        blocksRun.push(climber.blocksRun);
      },
    });
  } finally {
    session.release(slot);
  }
  const tokens = logits.map((row) => row.indexOf(Math.max(...row)));
  return { logits, heights, blocksRun, tokens };
}

/** Generates greedily and returns tokens and heights. */
export async function decode(
  session: DecoderSession,
  bound: BoundDepth,
  prompt: readonly number[],
): Promise<{ tokens: number[]; heights: number[]; blocksRun: number[]; ended: string }> {
  const tokens: number[] = [];
  const heights: number[] = [];
  const blocksRun: number[] = [];
  const slot = session.newSlot();
  try {
    const stream = generate(session, { bound, slot, prompt, eos: [], seed: 3, item: 5 });
    for (;;) {
      const next = await stream.next();
      if (next.done) return { tokens, heights, blocksRun, ended: next.value };
      tokens.push(next.value.token);
      heights.push(next.value.exitHeight);
      blocksRun.push(next.value.blocksRun);
    }
  } finally {
    session.release(slot);
  }
}
