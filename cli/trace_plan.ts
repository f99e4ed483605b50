/**
 * Plans for tracing and for checking a replay: a model, suites and arms, quality
 * passes only.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import type { Pass } from "../harness/contract/record.ts";
import { type ArmRequest, planRun, type RunPlan } from "../harness/runner.ts";
import { readEnvironment } from "./environment.ts";
import { loadModel } from "./model_files.ts";
import { loadParts } from "./parts_files.ts";
import { resolveArms } from "./policy_arms.ts";
import { promptTokens } from "./prompt_tokens.ts";
import { BUILT_IN } from "./registry.ts";
import { findSuites } from "./suite_files.ts";

/** The baseline of every plan. */
export const BASELINE = "full_depth";

/** A suite by name. */
export interface NamedSuite {
  /** Name. */
  readonly name: string;
  /** How many items, by name. */
  readonly size: "smoke" | "standard" | "full";
  /** Which items. */
  readonly split: "train" | "calibration" | "test";
  /** Seed of the generator. */
  readonly seed: number;
  /** Most items. */
  readonly limit?: number | undefined;
}

/** What is planned. */
export interface PlanNames {
  /** Model by name or path. */
  readonly model: string;
  /** Backend by name. */
  readonly backend: string;
  /** Trained parts: `embedded:<set>` or paths. */
  readonly parts?: readonly string[] | undefined;
  /** Suites. */
  readonly suites: readonly NamedSuite[];
  /** Policy specs beside full depth, or arms resolved before. */
  readonly arms: readonly (string | ArmRequest)[];
  /** The pass. */
  readonly pass: Exclude<Pass, "timed">;
  /** Seed of chance. */
  readonly seed: number;
  /** Most tokens of a generation. */
  readonly maxTokens?: number | undefined;
}

/** Harness version, for manifests. */
export const HARNESS: string = config.version;

/** Resolves names, opens the model and encodes the items. Close the plan when done. */
export async function planNamed(names: PlanNames): Promise<RunPlan> {
  const backend = BUILT_IN.backends.find(names.backend);
  const plugins = await findSuites(names.suites.map(({ name }) => name));
  const suites = names.suites.map(({ size, split, seed, limit }, i) => ({
    plugin: plugins[i]!,
    size,
    split,
    seed,
    limit,
  }));
  const model = await loadModel(names.model);
  const context = { policies: BUILT_IN.policies, model: model.checkpoint.info };
  const [baseline] = await resolveArms([BASELINE], context);
  const arms: ArmRequest[] = [];
  for (const arm of names.arms) {
    if (typeof arm === "string") arms.push(...await resolveArms([arm], context));
    else arms.push(arm);
  }
  return await planRun({
    model,
    backend,
    parts: await loadParts(names.parts ?? [], model.checkpoint.info),
    suites,
    arms: [baseline!, ...arms.filter(({ label }) => label !== BASELINE)],
    passes: [names.pass],
    seed: names.seed,
    repetitions: 1,
    timedTokens: 1,
    margin: 0,
    maxTokens: names.maxTokens,
    environment: readEnvironment(),
    harness: HARNESS,
    encodePrompt: (prompt, framing) => promptTokens(model, { prompt, framing }),
  });
}
