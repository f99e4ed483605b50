/**
 * Traces of the random toy model, and what really happens on the same texts.
 *
 * @module
 */
import type {
  DecoderSession,
  DepthPolicy,
  KvFill,
  OptionInput,
  PolicyPlugin,
  SignalDeclaration,
} from "../../harness/contract/mod.ts";
import { declareSignals, parseOptions } from "../../harness/contract/mod.ts";
import { bindPolicy } from "../../harness/decode/bound_policy.ts";
import { itemKey } from "../../harness/decode/chance.ts";
import { generate } from "../../harness/decode/generate.ts";
import { MeteredSession } from "../../harness/decode/metered_session.ts";
import { teacherForced } from "../../harness/decode/teacher_forced.ts";
import { createRandom } from "../../harness/numerics/random.ts";
import type { ReplaySetting } from "../../harness/replay/setting.ts";
import { type TraceTable, traceTable } from "../../harness/replay/trace_table.ts";
import { memoryTraceStore } from "../../harness/trace/memory_trace_store.ts";
import { type TraceItem, traceItems, traceManifest } from "../../harness/trace/trace_items.ts";
import type { TraceManifest } from "../../harness/trace/trace_store.ts";
import { type TracedMeasure, tracedSignals } from "../../harness/trace/traced_signal.ts";

/** Seed of chance in all of these. */
export const SEED = 3;

/** Most tokens that policies are told. */
export const MAX_TOKENS = 40;

/** A text to trace. */
export interface ToyText {
  /** Item id. */
  readonly item: string;
  /** Tokens of the prompt. */
  readonly prompt: readonly number[];
  /** Tokens predicted. */
  readonly target: readonly number[];
}

/** Random texts, the items in the order of their ids. */
export function toyTexts(count: number, length: number): readonly ToyText[] {
  const random = createRandom(11);
  const tokens = (size: number) => Array.from({ length: size }, () => random.int(53));
  return Array.from({ length: count }, (_, i) => ({
    item: `item-${String(i).padStart(3, "0")}`,
    prompt: tokens(3 + i % 5),
    target: tokens(length - i % 3),
  }));
}

/** What is traced. */
export interface ToyTrace {
  /** Signals; margin, entropy and both kinds of cosine by default. */
  readonly signals?: readonly SignalDeclaration[];
  /** Measures; none by default. */
  readonly measures?: readonly TracedMeasure[];
  /** Heights; all from 0 by default. */
  readonly heights?: readonly number[];
}

/** The manifest of a toy trace. */
export function toyManifest(session: DecoderSession, trace: ToyTrace = {}): TraceManifest {
  const { layerCount, dModel } = session.model;
  return traceManifest({
    harness: "test",
    seed: SEED,
    model: session.model,
    tokenizer: "sha256:none",
    backend: session.backend,
    suites: [],
    text: { kind: "target" },
    heights: trace.heights ?? Array.from({ length: layerCount }, (_, height) => height),
    signals: tracedSignals(
      trace.signals ?? [
        ...declareSignals("margin", "entropy", "cosine"),
        { name: "drift", kind: "state", signal: "relativeNorm", against: "embedding" },
      ],
      { dModel },
    ),
    measures: trace.measures ?? [],
  });
}

/** Texts as items. */
export function toyItems(session: DecoderSession, texts: readonly ToyText[]): readonly TraceItem[] {
  const limits = { maxTokens: MAX_TOKENS, context: session.model.context };
  return texts.map(({ item, prompt, target }) => ({
    suite: "toy",
    item,
    group: item,
    prompt,
    text: () => Promise.resolve({ target, limits }),
  }));
}

/** Traces texts into a table. */
export async function traceToy(
  session: DecoderSession,
  texts: readonly ToyText[],
  trace: ToyTrace = {},
): Promise<TraceTable> {
  const manifest = toyManifest(session, trace);
  const store = memoryTraceStore();
  await traceItems({ manifest, items: toyItems(session, texts) }, { store, session });
  return await traceTable(manifest, store.rows());
}

/** A setting of a policy. */
export function settingOf<O>(
  plugin: PolicyPlugin<O>,
  { input = {}, fill = "recompute" }: { readonly input?: OptionInput; readonly fill?: KvFill } = {},
): ReplaySetting {
  const policy = plugin as PolicyPlugin;
  const options = parseOptions({ kind: "policy", name: policy.name }, {
    schema: policy.options,
    input,
  });
  return { plugin: policy, options, fill, label: policy.name };
}

function bound(session: DecoderSession, { plugin, options, fill }: ReplaySetting) {
  const limits = { maxTokens: MAX_TOKENS, context: session.model.context };
  return bindPolicy(plugin as DepthPolicy, { options, fill, model: session.model, limits });
}

/** What really happens on texts, one position after the other: exit heights and tokens read out. */
export async function realExits(
  session: DecoderSession,
  setting: ReplaySetting,
  texts: readonly ToyText[],
): Promise<{ heights: number[]; logits: Float32Array[] }> {
  const heights: number[] = [];
  const logits: Float32Array[] = [];
  for (const { item, prompt, target } of texts) {
    const slot = session.newSlot();
    await teacherForced(session, {
      bound: bound(session, setting),
      slot,
      prompt,
      target,
      inOrder: true,
      seed: SEED,
      item: itemKey(item),
      predicted: (_, row, climber) => {
        heights.push(climber.exitHeight);
        logits.push(Float32Array.from(row));
      },
    });
    session.release(slot);
  }
  return { heights, logits };
}

/** A free run: tokens, heights, and what its decode steps cost. */
export async function freeRun(
  session: DecoderSession,
  setting: ReplaySetting,
  { item, prompt }: Pick<ToyText, "item" | "prompt">,
): Promise<{ tokens: number[]; heights: number[]; macs: number; readouts: number }> {
  const metered = new MeteredSession(session);
  const slot = metered.newSlot();
  const tokens: number[] = [];
  const heights: number[] = [];
  const emitted = generate(metered, {
    bound: bound(session, setting),
    slot,
    prompt,
    eos: [],
    seed: SEED,
    item: itemKey(item),
    promptDone: () => metered.ledger.reset(),
  });
  for await (const { token, exitHeight } of emitted) {
    tokens.push(token);
    heights.push(exitHeight);
  }
  metered.release(slot);
  const { macs, readouts } = metered.ledger.total();
  return { tokens, heights, macs, readouts };
}
