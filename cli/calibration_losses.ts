/**
 * Running what a calibration needs: losses of every setting on the same prompts,
 * from a replayed trace where that is exact, else from teacher-forced or free runs.
 *
 * @module
 */
import { UnsupportedError } from "../harness/contract/errors.ts";
import type { FreeRecord, RunRecord } from "../harness/contract/record.ts";
import type { Estimate } from "../harness/contract/summary.ts";
import { bindPolicy } from "../harness/decode/bound_policy.ts";
import { memoryStore } from "../harness/memory_store.ts";
import {
  type PromptLosses,
  recordedLosses,
  replayedLosses,
  type Risk,
} from "../harness/calibrate/prompt_losses.ts";
import { decodeCost, promptQuality } from "../harness/calibrate/setting_estimates.ts";
import { curveNumbers } from "../harness/replay/curve.ts";
import { Replayer } from "../harness/replay/replayer.ts";
import { type TraceTable, traceTable } from "../harness/replay/trace_table.ts";
import { type ArmRequest, type RunPlan, runPlan } from "../harness/runner.ts";
import { memoryTraceStore } from "../harness/trace/memory_trace_store.ts";
import { traceItems, traceManifest } from "../harness/trace/trace_items.ts";
import { tracedSignals } from "../harness/trace/traced_signal.ts";
import type { Io } from "./command.ts";
import { nextTurn } from "./next_turn.ts";

/** Bootstrap resamples of estimates. */
const RESAMPLES = 2000;

/** What one setting gave. */
export interface SettingLosses extends PromptLosses {
  /** 1 − loss, clustered by prompt. */
  readonly quality: Estimate;
  /** Multiply-accumulates per decoded token ÷ full depth's; absent when not asked for. */
  readonly cost?: Estimate;
}

/** Losses of all settings. */
export interface CalibrationLosses {
  /** Where they come from. */
  readonly basis: "replayed" | "lockstep" | "free";
  /** One per arm beside the baseline, in their order. */
  readonly settings: readonly SettingLosses[];
  /** Tokens that went through the model, prompts included. */
  readonly tokens: number;
}

/** What is asked of a plan whose first arm is full depth. */
export interface LossQuestion {
  /** What is lost. */
  readonly risk: Risk;
  /** Whether costs are asked for too. */
  readonly wantsCost: boolean;
}

/** Losses of the plan's arms; `undefined` when it was interrupted. */
export async function calibrationLosses(
  plan: RunPlan,
  question: LossQuestion,
  io: Io,
): Promise<CalibrationLosses | undefined> {
  const arms = plan.request.arms.slice(1);
  // With every missing block run later, replay is exact at all positions.
  const isExact = question.risk === "consistency" && arms.every(({ fill }) => fill === "recompute");
  if (isExact) {
    try {
      return await replayed(plan, arms, io);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error; // what a trace cannot answer is run
    }
  }
  return await run(plan, { ...question, arms }, io);
}

/** A trace of what an arm reads, at the heights at which it decides. */
export async function traceFor(
  plan: RunPlan,
  arms: readonly ArmRequest[],
  io: Io,
): Promise<{ readonly table: TraceTable; readonly tokens: number } | undefined> {
  const { context, manifest } = plan;
  const { model, backend, tokenizer, suites, seed, harness } = manifest;
  const bound = arms.map(({ plugin, options, fill }) =>
    bindPolicy(plugin, { options, fill, model, limits: { maxTokens: 1, context: model.context } })
  );
  const asked = bound.flatMap((each) => each.kind === "decide" ? each.heights : []);
  const signals = bound.flatMap((each) => each.kind === "decide" ? each.signals : []);
  const { parts } = context.opened;
  const traced = traceManifest({
    harness,
    seed,
    model,
    tokenizer,
    ...(parts === undefined ? {} : { parts: parts.digest }),
    backend,
    suites,
    text: { kind: "target" },
    heights: [...new Set(asked)].sort((a, b) => a - b),
    signals: tracedSignals(
      signals.map((signal) =>
        signal.kind === "state" && signal.against === "previous_check"
          ? { ...signal, against: "previous_block" }
          : signal
      ),
      { dModel: model.dModel, parts },
    ),
    measures: [],
  });
  const store = memoryTraceStore();
  const line = io.progress();
  try {
    await traceItems({
      manifest: traced,
      items: plan.encoded.map((item) => ({
        suite: item.suite.name,
        item: item.item.id,
        group: item.item.group ?? item.item.id,
        prompt: item.prompt,
        refusal: item.refusal,
        async text() {
          await nextTurn(); // a backend that never waits would keep Ctrl-C from being heard
          const isLikelihood = item.suite.measure.kind === "likelihood";
          const maxTokens = isLikelihood ? item.target.length : item.maxTokens;
          const limits = { maxTokens, context: context.opened.context };
          return { target: item.target, limits };
        },
      })),
    }, {
      store,
      session: context.session,
      signal: io.signal,
      progress: (progress) => line.update(progress),
    });
  } finally {
    line.end();
  }
  if (io.signal.aborted) return undefined;
  return {
    table: await traceTable(traced, await store.rows()),
    tokens: forcedTokens(plan),
  };
}

async function replayed(
  plan: RunPlan,
  arms: readonly ArmRequest[],
  io: Io,
): Promise<CalibrationLosses | undefined> {
  const traced = await traceFor(plan, arms, io);
  if (traced === undefined) return undefined;
  const { table, tokens } = traced;
  const replayer = new Replayer(table);
  const { seed } = plan.manifest;
  const settings = arms.map((arm): SettingLosses => {
    const point = replayer.point(arm);
    if (point.basis.kind !== "exact") {
      throw new UnsupportedError(`Cannot replay policy "${arm.label}" exactly: run it`);
    }
    const losses = replayedLosses(table, point.items);
    const { macRatio } = curveNumbers(table, point.items, { seed, resamples: RESAMPLES });
    return { ...losses, quality: promptQuality(losses.losses, seed), cost: macRatio };
  });
  return { basis: "replayed", settings, tokens };
}

async function run(
  plan: RunPlan,
  { risk, wantsCost, arms }: LossQuestion & { readonly arms: readonly ArmRequest[] },
  io: Io,
): Promise<CalibrationLosses | undefined> {
  const passes = [
    ...(risk === "consistency" ? ["lockstep"] as const : []),
    ...(risk === "task" || wantsCost ? ["free"] as const : []),
  ];
  const store = memoryStore();
  const line = io.progress();
  const request = { ...plan.request, passes };
  const cells = plan.encoded.length * (arms.length + 1) * passes.length;
  try {
    await runPlan({ ...plan, request, cells }, {
      store: {
        ...store,
        async append(records): Promise<void> {
          await store.append(records);
          await nextTurn();
        },
      },
      progress: (progress) => line.update(progress),
      signal: io.signal,
    });
  } finally {
    line.end();
  }
  if (io.signal.aborted) return undefined;
  const { records } = await store.read();
  const baseline = plan.request.arms[0].label;
  const { seed } = plan.manifest;
  const full = freeOf(records, baseline);
  const settings = arms.map(({ label }): SettingLosses => {
    const losses = recordedLosses(records, { label, baseline, risk });
    return {
      ...losses,
      quality: promptQuality(losses.losses, seed),
      ...(wantsCost ? { cost: decodeCost({ full, policy: freeOf(records, label) }, seed) } : {}),
    };
  });
  const forced = passes.includes("lockstep") ? forcedTokens(plan) * (arms.length + 2) : 0;
  const free = records.filter((record) => record.pass === "free" && record.outcome === "ok");
  const emitted = (free as readonly FreeRecord[]).reduce(
    (sum, { promptLedger, decodeLedger }) => sum + promptLedger.rows + decodeLedger.rows,
    0,
  );
  return {
    basis: risk === "task" ? "free" : "lockstep",
    settings,
    tokens: forced + emitted,
  };
}

function freeOf(records: readonly RunRecord[], label: string): readonly FreeRecord[] {
  return records.filter((record): record is FreeRecord =>
    record.arm === label && record.pass === "free" && record.outcome === "ok"
  );
}

/** Tokens of one teacher-forced pass over all items. */
function forcedTokens({ encoded }: RunPlan): number {
  return encoded.filter(({ refusal }) => refusal === undefined)
    .reduce((sum, { prompt, target }) => sum + prompt.length + target.length - 1, 0);
}
