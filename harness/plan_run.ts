/**
 * Planning a run: items encoded, model opened, arms bound, cells numbered.
 *
 * @module
 */
import { sharedItems } from "./calibrate/item_ids.ts";
import type { OpenOptions } from "./contract/backend.ts";
import { InputError, UsageError } from "./contract/errors.ts";
import { type Arm, RECORD_SCHEMA, type SuiteUse } from "./contract/record.ts";
import type { SuiteData, SuitePlugin } from "./contract/suite.ts";
import { sha256Hex } from "./numerics/sha256.ts";
import {
  bindArm,
  type PassArm,
  type PassContext,
  type PassItem,
  passSessions,
  runsIn,
  takesPart,
} from "./passes/cells.ts";
import type { ArmRequest, RunPlan, RunRequest, SuiteRequest } from "./run_request.ts";

/** Looks at the verdicts within a time budget. */
const LOOKS = 4;

/** Tokens that the free pass generates on likelihood suites, as samples. */
const SAMPLE_TOKENS = 24;

function digest(value: unknown): string {
  return `sha256:${sha256Hex(JSON.stringify(value))}`;
}

function recordedArm(request: ArmRequest, role: Arm["role"]): Arm {
  const { plugin, options, fill, label, sourceDigest, calibration, passes, aside } = request;
  return {
    label: role === "sentinel" ? `${label} again` : label,
    policy: plugin.name,
    options,
    fill,
    ...(plugin.scope === "readout" ? {} : { scope: plugin.scope }), // never alone
    role,
    card: plugin.card,
    digest: digest({ sourceDigest, name: plugin.name, options, fill }),
    ...(passes === undefined ? {} : { passes }),
    ...(aside === undefined ? {} : { aside }),
    ...(calibration === undefined ? {} : { calibration: calibration.record }),
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

/** The local file of a suite in its digests; nothing of any other suite. */
function dataOf({ data }: SuitePlugin): readonly SuiteData[] {
  return data === undefined ? [] : [data];
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
    const need = item.shape === undefined
      ? prompt.length + Math.max(target.length, maxTokens, request.timedTokens)
      : item.shape.promptTokens + item.shape.tokens;
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
      ...(plugin.data === undefined ? {} : { data: plugin.data }),
      digest: digest([plugin.name, plugin.version, items.map(({ id }) => id), ...dataOf(plugin)]),
    },
  };
}

/** What options were calibrated on says nothing of how they do on other prompts. */
function refuseCalibrationItems({ arms }: RunRequest, encoded: readonly PassItem[]): void {
  const ids = encoded.map(({ item }) => item.id);
  for (const { label, calibration } of arms) {
    if (calibration === undefined) continue;
    const shared = sharedItems(calibration.items, ids);
    if (shared.length > 0) {
      throw new UsageError(
        `Cannot run policy "${label}" on ${shared.length} items that its options were calibrated ` +
          "on: expected others: take --split test",
      );
    }
  }
}

/** A speed suite says nothing without the timed pass. */
function refuseUntimedSpeed({ suites, passes }: RunRequest): void {
  const speed = suites.find(({ plugin }) => plugin.measure.kind === "speed");
  if (speed === undefined || passes.includes("timed")) return;
  throw new UsageError(
    `Cannot run suite "${speed.plugin.name}": expected the pass "timed": current passes are ` +
      `"${passes.join(",")}": add it`,
  );
}

/** Tokens that the longest item needs. */
function longest(request: RunRequest, items: readonly PassItem[]): number {
  const runnable = items.filter(({ refusal }) => refusal === undefined);
  return Math.max(
    1,
    ...runnable.map(({ item, prompt, target, maxTokens }) =>
      item.shape === undefined
        ? prompt.length + Math.max(target.length, maxTokens, request.timedTokens)
        : item.shape.promptTokens + item.shape.tokens
    ),
  );
}

/**
 * Encodes the items, opens the model and numbers the cells. Rejects with
 * `RangeError` when options or fills do not fit the model, with `UsageError` when
 * an arm was calibrated on one of the items.
 */
export async function planRun(request: RunRequest): Promise<RunPlan> {
  const suites = [];
  for (const suite of request.suites) suites.push(await encodeSuite(request, suite));
  const encoded = suites.flatMap(({ items }) => items);
  refuseCalibrationItems(request, encoded);
  refuseUntimedSpeed(request);
  const opened: OpenOptions = {
    // Sequences of a cell, and one beside them.
    slots: encoded.reduce((most, { item }) => Math.max(most, (item.shape?.rows ?? 0) + 1), 4),
    context: longest(request, encoded),
    parts: request.parts,
    threads: request.threads,
    exact: request.exact,
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
      ...(request.studies === undefined ? {} : { studies: request.studies }),
      passes: request.passes,
      repetitions: request.repetitions,
      timedTokens: request.timedTokens,
      ...(request.timeBudgetMs === undefined
        ? {}
        : { timeBudgetMs: request.timeBudgetMs, looks: LOOKS }),
    };
    const uses = new Map(suites.map(({ use }) => [use.name, use]));
    const context: PassContext = {
      ...passSessions(session, opened),
      tokenizer: request.model.tokenizer,
      arms,
      seed: request.seed,
      oracleHeights: request.oracleHeights,
      lens: request.lens,
      cell: (item, { arm, pass, repetition }) =>
        digest({
          model: model.digest,
          tokenizer: fixed.tokenizer,
          backend: [backend.name, backend.kernels],
          exact: request.exact, // absent from the text when not asked for
          parts: request.parts?.digest,
          harness: fixed.harness,
          seed: fixed.seed,
          suite: [item.suite.name, uses.get(item.suite.name)?.version, ...dataOf(item.suite)],
          item: item.item.id,
          arm: [arm.arm.digest, arm.arm.role],
          pass,
          repetition,
          length: pass === "timed" ? fixed.timedTokens : item.maxTokens,
          oracleHeights: pass === "lockstep" ? request.oracleHeights : undefined,
          lens: pass === "lockstep" && arm.arm.role === "baseline" ? request.lens : undefined,
        }),
    };
    for (const arm of arms) bindArm(context, arm, 1);
    return {
      manifest: {
        ...fixed,
        digest: digest({
          ...fixed,
          // Features may be chosen at start (threads): another choice is the same run.
          backend: [backend.name, backend.kernels],
          exact: request.exact,
          parts: request.parts?.digest,
          maxTokens: request.maxTokens,
          oracleHeights: request.oracleHeights,
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
      cells: cellCount(request, { encoded, arms }),
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
  { encoded, arms }: { readonly encoded: readonly PassItem[]; readonly arms: readonly PassArm[] },
): number {
  return passes.reduce((sum, pass) => {
    const taking = arms.filter((arm) => takesPart(arm, pass)).length;
    const items = encoded.filter((item) => runsIn(item, pass)).length;
    return sum + items * taking * (pass === "timed" ? repetitions : 1);
  }, 0);
}
