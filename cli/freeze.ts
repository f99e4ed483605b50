/**
 * A fixed option with its provenance: the frozen options.
 *
 * @module
 */
import {
  type CalibrationMethod,
  FROZEN_SCHEMA,
  type FrozenEstimate,
  type FrozenOptions,
  type FrozenSetting,
} from "../harness/calibrate/frozen_options.ts";
import { guaranteeText } from "../harness/calibrate/guarantee.ts";
import { itemIds } from "../harness/calibrate/item_ids.ts";
import type { OptionInput } from "../harness/contract/options.ts";
import type { Estimate } from "../harness/contract/summary.ts";
import type { RunPlan } from "../harness/runner.ts";
import type { CalibrateRequest } from "./calibrate_request.ts";
import { resolveArms } from "./policy_arms.ts";
import { BUILT_IN } from "./registry.ts";

/** What a method found. */
export interface Fixed {
  /** Value of the option. */
  readonly value: number;
  /** The method, as it is recorded. */
  readonly method: CalibrationMethod;
  /** Settings that were looked at. */
  readonly settings: readonly FrozenSetting[];
  /** Where losses come from. */
  readonly basis: FrozenOptions["basis"];
  /** Tokens that went through the model. */
  readonly tokens: number;
  /** Independent prompts. */
  readonly prompts: number;
  /** Items left out. */
  readonly leftOut: number;
  /** Ids of the items that were used. */
  readonly items: readonly string[];
}

/** A setting of a curve, as it is recorded. */
export function frozenSetting(
  { value, quality, cost }: {
    readonly value: number;
    readonly quality: Estimate;
    readonly cost: Estimate;
  },
): FrozenSetting {
  return {
    value,
    loss: 1 - quality.value,
    quality: frozenEstimate(quality),
    cost: frozenEstimate(cost),
  };
}

function frozenEstimate({ value, low, high }: Estimate): FrozenEstimate {
  return Number.isNaN(low) || Number.isNaN(high) ? { value } : { value, low, high };
}

/** The file's content. Rejects with `UsageError` when the value is out of the option's range. */
export async function freeze(
  plan: RunPlan,
  { request, fixed, seconds }: {
    readonly request: CalibrateRequest;
    readonly fixed: Fixed;
    readonly seconds: number;
  },
): Promise<FrozenOptions> {
  const { manifest } = plan;
  const { model, backend, tokenizer, harness } = manifest;
  const { option, policy, spec } = request;
  const { value, method, settings, basis, tokens, prompts, items } = fixed;
  const context = { policies: BUILT_IN.policies, model };
  const [arm] = await resolveArms([withOption(policy.text, { option, value })], context);
  const { plugin, options, fill, label, sourceDigest } = arm!;
  const { parts } = plan.context.opened;
  const suites = manifest.suites.map(({ name, version, size, seed, items, digest }) => ({
    name,
    version,
    size,
    split: "calibration" as const,
    seed,
    items,
    digest,
  }));
  return {
    kind: "depthbench-options",
    schema: FROZEN_SCHEMA,
    spec: label,
    policy: {
      name: plugin.name,
      ...(policy.source.kind === "path" ? { path: policy.source.path } : {}),
      digest: sourceDigest,
    },
    options: options as OptionInput,
    fill,
    option,
    value,
    guarantee: guaranteeText({
      method,
      prompts,
      suites: suites.map(({ name }) => name),
      fallback: `${option}=${value}`,
    }),
    method,
    basis,
    prompts,
    settings,
    cost: { seconds: Number(seconds.toFixed(3)), tokens },
    model: { name: model.name, digest: model.digest },
    tokenizer,
    ...(parts === undefined ? {} : { parts: parts.digest }),
    backend: { name: backend.name, kernels: backend.kernels },
    suites,
    items: itemIds(items),
    ...(spec.maxTokens === undefined ? {} : { maxTokens: spec.maxTokens }),
    date: new Date().toISOString(),
    harness,
  };
}

/** A policy as written, with an option set to a value. */
export function withOption(
  policy: string,
  { option, value }: { readonly option: string; readonly value: number },
): string {
  const set = `${option}=${value}`;
  return policy.endsWith(")") ? `${policy.slice(0, -1)},${set})` : `${policy}(${set})`;
}
