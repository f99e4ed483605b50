/**
 * The runner: suites × items × arms × passes, as numbered cells with digests,
 * into a store. Failures are rows; what is stored is not run again.
 *
 * @module
 */
import type { BackendPlugin, KvFill, OpenOptions } from "./contract/backend.ts";
import { InputError } from "./contract/errors.ts";
import type { LoadedModel } from "./contract/model.ts";
import type { TrainedParts } from "./contract/parts.ts";
import type { PolicyPlugin } from "./contract/policy.ts";
import {
  type Arm,
  type Environment,
  type Manifest,
  type Pass,
  RECORD_SCHEMA,
  type RecordStore,
  type RunRecord,
  type StoredItem,
  type SuiteUse,
} from "./contract/record.ts";
import type { Split, SuitePlugin, SuiteSize } from "./contract/suite.ts";
import { judgeWarmUp } from "./measure/warm_up.ts";
import { sha256Hex } from "./numerics/sha256.ts";
import {
  bindArm,
  type PassArm,
  type PassContext,
  type PassItem,
  passSessions,
} from "./passes/cells.ts";
import { freePass } from "./passes/free_pass.ts";
import { lockstepPass } from "./passes/lockstep_pass.ts";
import { cellsToRepeat, PassStreams } from "./passes/streams.ts";
import { TimedItem } from "./passes/timed_pass.ts";

/** Tokens that the free pass generates on likelihood suites, as samples. */
const SAMPLE_TOKENS = 24;

/** Time that warm-up may take, ms. */
const WARM_UP_BUDGET_MS = 20_000;

/** An arm as asked for. */
export interface ArmRequest {
  /** The policy. */
  readonly plugin: PolicyPlugin;
  /** Options as parsed, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** KV fill. */
  readonly fill: KvFill;
  /** Canonical label. */
  readonly label: string;
  /** Digest of the policy's source: `"sha256:…"`. */
  readonly sourceDigest: string;
}

/** A suite as asked for. */
export interface SuiteRequest {
  /** The suite. */
  readonly plugin: SuitePlugin;
  /** How many items, by name. */
  readonly size: SuiteSize;
  /** Which items. */
  readonly split: Split;
  /** Seed of the generator. */
  readonly seed: number;
  /** Most items; all of the size when absent. */
  readonly limit?: number | undefined;
}

/** A run as asked for. */
export interface RunRequest {
  /** The model. */
  readonly model: LoadedModel;
  /** The backend. */
  readonly backend: BackendPlugin;
  /** Trained parts. */
  readonly parts?: TrainedParts | undefined;
  /** Suites, at least one. */
  readonly suites: readonly SuiteRequest[];
  /** Full depth, first; then the arms to compare. */
  readonly arms: readonly [ArmRequest, ...ArmRequest[]];
  /** Passes, at least one. */
  readonly passes: readonly Pass[];
  /** Seed of order, chance and resampling. */
  readonly seed: number;
  /** Timed visits of each prompt. */
  readonly repetitions: number;
  /** Decode steps of each timed visit. */
  readonly timedTokens: number;
  /** Most tokens of a generation; the suite's own bound when absent. */
  readonly maxTokens?: number | undefined;
  /** Whether oracle heights are read whatever they cost; by their cost when absent. */
  readonly oracleHeights?: true | undefined;
  /** Smallest speed-up that matters, a ratio − 1. */
  readonly margin: number;
  /** Where it runs. */
  readonly environment: Environment;
  /** Harness version. */
  readonly harness: string;
  /** Tokens of a prompt in the suite's framing. */
  encodePrompt(prompt: string, framing: SuitePlugin["framing"]): readonly number[];
}

/** A run ready to go. Close it when done. */
export interface RunPlan {
  /** Its manifest. */
  readonly manifest: Manifest;
  /** Texts of its items. */
  readonly items: readonly StoredItem[];
  /** Number of cells. */
  readonly cells: number;
  /** What passes work on. */
  readonly context: PassContext;
  /** Encoded items, suite by suite. */
  readonly encoded: readonly PassItem[];
  /** The request. */
  readonly request: RunRequest;
  /** Frees the session. */
  close(): void;
}

/** How far a run is. */
export interface RunProgress {
  /** Cells done. */
  readonly done: number;
  /** Cells in all. */
  readonly total: number;
  /** What is running, for people. */
  readonly what: string;
}

/** How a plan is carried out. */
export interface RunHandling {
  /** Where records go. */
  readonly store: RecordStore;
  /** Told after every unit of work. */
  progress?(progress: RunProgress): void;
  /** Ends the run after the current unit. */
  readonly signal?: AbortSignal | undefined;
  /** The clock, ms; `performance.now` when absent. */
  now?(): number;
}

function digest(value: unknown): string {
  return `sha256:${sha256Hex(JSON.stringify(value))}`;
}

function recordedArm(request: ArmRequest, role: Arm["role"]): Arm {
  const { plugin, options, fill, label, sourceDigest } = request;
  return {
    label: role === "sentinel" ? `${label} again` : label,
    policy: plugin.name,
    options,
    fill,
    scope: plugin.scope,
    role,
    card: plugin.card,
    digest: digest({ sourceDigest, name: plugin.name, options, fill }),
  };
}

function passArms(request: RunRequest): readonly PassArm[] {
  const arms = request.arms.map((arm, i) => ({
    arm: recordedArm(arm, i === 0 ? "baseline" : "policy"),
    plugin: arm.plugin,
    options: arm.options,
    fill: arm.fill,
  }));
  if (!request.passes.includes("timed")) return arms;
  const [first] = request.arms;
  return [...arms, { ...first, arm: recordedArm(first, "sentinel") }];
}

async function encodeSuite(
  request: RunRequest,
  suite: SuiteRequest,
): Promise<{ use: SuiteUse; items: readonly PassItem[] }> {
  const { plugin, size, split, seed, limit } = suite;
  const items = await plugin.items({
    size,
    split,
    seed,
    ...(limit === undefined ? {} : { limit }),
  });
  if (items.length === 0) {
    throw new InputError(`Cannot run suite "${plugin.name}": it has no items in split "${split}"`);
  }
  const { tokenizer, checkpoint } = request.model;
  const encoded = items.map((item): PassItem => {
    const prompt = request.encodePrompt(item.prompt, plugin.framing);
    const target = tokenizer.encode(item.target);
    const maxTokens = request.maxTokens ??
      (plugin.measure.kind === "generation" ? plugin.measure.maxTokens : SAMPLE_TOKENS);
    const need = prompt.length + Math.max(target.length, maxTokens, request.timedTokens);
    const { context, name } = checkpoint.info;
    const refusal = prompt.length === 0 || target.length === 0
      ? "Cannot run an item without a prompt and a target of at least one token each"
      : need > context
      ? `Cannot run an item of ${need} tokens: expected at most ${context}, the context of "${name}"`
      : undefined;
    return { suite: plugin, item, prompt, target, maxTokens, refusal };
  });
  return {
    items: encoded,
    use: {
      name: plugin.name,
      summary: plugin.summary,
      version: plugin.version,
      measure: plugin.measure.kind,
      size,
      split,
      seed,
      items: items.length,
      digest: digest([plugin.name, plugin.version, items.map(({ id }) => id)]),
    },
  };
}

/** Tokens that the longest item needs. */
function longest(request: RunRequest, items: readonly PassItem[]): number {
  const runnable = items.filter(({ refusal }) => refusal === undefined);
  return Math.max(
    1,
    ...runnable.map(({ prompt, target, maxTokens }) =>
      prompt.length + Math.max(target.length, maxTokens, request.timedTokens)
    ),
  );
}

/**
 * Encodes the items, opens the model and numbers the cells. Rejects with
 * `RangeError` when options or fills do not fit the model.
 */
export async function planRun(request: RunRequest): Promise<RunPlan> {
  const suites = [];
  for (const suite of request.suites) suites.push(await encodeSuite(request, suite));
  const encoded = suites.flatMap(({ items }) => items);
  const opened: OpenOptions = {
    slots: 4,
    context: longest(request, encoded),
    parts: request.parts,
  };
  const session = await request.backend.open(request.model.checkpoint, opened);
  try {
    const arms = passArms(request);
    const { model, backend } = session;
    const fixed = {
      schema: RECORD_SCHEMA,
      harness: request.harness,
      seed: request.seed,
      model,
      tokenizer: request.model.tokenizer.digest,
      backend,
      arms: arms.map(({ arm }) => arm),
      suites: suites.map(({ use }) => use),
      passes: request.passes,
      repetitions: request.repetitions,
      timedTokens: request.timedTokens,
    };
    const uses = new Map(suites.map(({ use }) => [use.name, use]));
    const context: PassContext = {
      ...passSessions(session, opened),
      tokenizer: request.model.tokenizer,
      arms,
      seed: request.seed,
      oracleHeights: request.oracleHeights,
      cell: (item, { arm, pass, repetition }) =>
        digest({
          model: model.digest,
          tokenizer: fixed.tokenizer,
          backend: [backend.name, backend.kernels],
          harness: fixed.harness,
          seed: fixed.seed,
          suite: [item.suite.name, uses.get(item.suite.name)?.version],
          item: item.item.id,
          arm: [arm.arm.digest, arm.arm.role],
          pass,
          repetition,
          length: pass === "timed" ? fixed.timedTokens : item.maxTokens,
          oracleHeights: pass === "lockstep" ? request.oracleHeights : undefined,
        }),
    };
    for (const arm of arms) bindArm(context, arm, 1);
    return {
      manifest: {
        ...fixed,
        digest: digest({
          ...fixed,
          maxTokens: request.maxTokens,
          oracleHeights: request.oracleHeights, // absent from the text when not asked for
        }),
        started: new Date().toISOString(),
        margin: request.margin,
        environment: request.environment,
      },
      items: encoded.map(({ suite, item }) => ({
        suite: suite.name,
        item: item.id,
        prompt: item.prompt,
        target: item.target,
      })),
      cells: cellCount(request, { items: encoded.length, arms: arms.length }),
      context,
      encoded,
      request,
      close: () => session.close(),
    };
  } catch (error) {
    session.close();
    throw error;
  }
}

function cellCount(
  { passes, repetitions }: RunRequest,
  { items, arms }: { readonly items: number; readonly arms: number },
): number {
  const policies = passes.includes("timed") ? arms - 1 : arms;
  return passes.reduce(
    (sum, pass) => sum + items * (pass === "timed" ? arms * repetitions : policies),
    0,
  );
}

/** Carries a plan out. Cells that the store holds are not run again. */
export async function runPlan(plan: RunPlan, handling: RunHandling): Promise<void> {
  const { store } = handling;
  await store.open(plan.manifest, plan.items);
  const work = new Work(plan, handling);
  for (const pass of plan.request.passes) {
    if (pass === "timed") await work.timed();
    else {
      work.begin(pass);
      for (const item of plan.encoded) {
        if (handling.signal?.aborted) return;
        await work.quality(pass, item);
      }
    }
  }
}

/** Units of work of one plan. */
class Work {
  readonly #plan: RunPlan;
  readonly #handling: RunHandling;
  readonly #done: Set<string>;
  #streams: PassStreams = new PassStreams();

  constructor(plan: RunPlan, handling: RunHandling) {
    this.#plan = plan;
    this.#handling = handling;
    this.#done = new Set(handling.store.done());
  }

  #open(item: PassItem, arm: PassArm, at: { pass: Pass; repetition: number }): boolean {
    return !this.#done.has(this.#plan.context.cell(item, { arm, ...at }));
  }

  async #keep(records: readonly RunRecord[], what: string): Promise<void> {
    if (records.length > 0) await this.#handling.store.append(records);
    for (const { cell } of records) this.#done.add(cell);
    this.#handling.progress?.({ done: this.#done.size, total: this.#plan.cells, what });
  }

  /** Starts a pass whose items go in order. */
  begin(pass: "free" | "lockstep"): void {
    this.#streams = new PassStreams();
    for (const cell of cellsToRepeat(this.#plan, { pass, done: this.#done })) {
      this.#done.delete(cell);
    }
  }

  /** Free or lockstep pass of one item. */
  async quality(pass: "free" | "lockstep", item: PassItem): Promise<void> {
    const { context } = this.#plan;
    const arms = context.arms.filter((arm) =>
      arm.arm.role !== "sentinel" && this.#open(item, arm, { pass, repetition: 0 })
    );
    if (arms.length === 0) return;
    const what = `${pass} ${item.suite.name}`;
    const streams = this.#streams;
    if (pass === "lockstep") {
      const streamOf = (arm: PassArm) => streams.of(arm);
      return await this.#keep(await lockstepPass(context, item, { arms, streamOf }), what);
    }
    const records: RunRecord[] = [];
    for (const arm of arms) {
      records.push(await freePass(context, item, { arm, stream: streams.of(arm) }));
    }
    await this.#keep(records, what);
  }

  /** Timed pass of all items, after a warm-up on the first. */
  async timed(): Promise<void> {
    const { context, encoded, request } = this.#plan;
    const now = this.#handling.now ?? (() => performance.now());
    const options = { tokens: request.timedTokens, now: () => now(), start: now() };
    let warm = false;
    for (const item of encoded) {
      const open = Array.from({ length: request.repetitions }, (_, repetition) => repetition)
        .filter((repetition) =>
          context.arms.some((arm) => this.#open(item, arm, { pass: "timed", repetition }))
        );
      if (open.length === 0) continue;
      if (item.refusal !== undefined) {
        await this.#keep(refusals(context, item, open), `timed ${item.suite.name}`);
        continue;
      }
      const visits = new TimedItem(context, item, options);
      try {
        await visits.prepare();
        if (!warm) await this.#warmUp(visits, now);
        warm = true;
        for (const repetition of open) {
          if (this.#handling.signal?.aborted) return;
          await this.#keep(await visits.visit(repetition), `timed ${item.suite.name}`);
        }
      } finally {
        visits.close();
      }
    }
  }

  async #warmUp(visits: TimedItem, now: () => number): Promise<void> {
    const { arms } = this.#plan.context;
    const timesMs = arms.map((): number[] => []);
    const start = now();
    for (let block = 0;; block++) {
      const records = await visits.visit(block);
      if (this.#handling.signal?.aborted) return;
      arms.forEach(({ arm }, i) => {
        const record = records.find((each) => each.arm === arm.label);
        if (record?.pass === "timed" && record.outcome === "ok") timesMs[i]!.push(record.decodeMs);
      });
      const ran = timesMs.filter((times) => times.length > 0);
      const state = judgeWarmUp({ timesMs: ran, elapsedMs: now() - start }, {
        budgetMs: WARM_UP_BUDGET_MS,
      });
      if (state !== "continue") return;
    }
  }
}

function refusals(
  context: PassContext,
  item: PassItem,
  repetitions: readonly number[],
): readonly RunRecord[] {
  return repetitions.flatMap((repetition) =>
    context.arms.map((arm): RunRecord => ({
      cell: context.cell(item, { arm, pass: "timed", repetition }),
      suite: item.suite.name,
      item: item.item.id,
      group: item.item.group ?? item.item.id,
      arm: arm.arm.label,
      repetition,
      pass: "timed",
      outcome: "skipped",
      reason: item.refusal!,
    }))
  );
}
