/**
 * Policy specs → arms: plugins found or loaded, options read, labels and digests made.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import type { KvFill } from "../harness/contract/backend.ts";
import type { ModelInfo } from "../harness/contract/model.ts";
import { parseOptions } from "../harness/contract/options.ts";
import type { PolicyPlugin } from "../harness/contract/policy.ts";
import { bindPolicy } from "../harness/decode/bound_policy.ts";
import { canonicalArm } from "../harness/arm_label.ts";
import type { Catalog } from "../harness/registry.ts";
import { parsePolicySpecs, type PolicySpec } from "../harness/spec_text.ts";
import { sha256Hex } from "../harness/numerics/sha256.ts";
import { builtInSource, type LoadedPolicy, loadPolicyFile } from "./policy_files.ts";

/** An arm as the runner takes it. */
export interface ResolvedArm {
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

/** What specs are resolved against. */
export interface ArmContext {
  /** Built-in policies. */
  readonly policies: Catalog<PolicyPlugin>;
  /** The model that they will run on. */
  readonly model: ModelInfo;
}

/** Resolves policy specs. Rejects with `UsageError` or `InputError` in one sentence. */
export async function resolveArms(
  texts: readonly string[],
  context: ArmContext,
): Promise<readonly ResolvedArm[]> {
  const loaded = new Map<string, LoadedPolicy>();
  const arms: ResolvedArm[] = [];
  for (const spec of texts.flatMap((text) => parsePolicySpecs(text))) {
    const arm = await resolveArm(spec, { context, loaded });
    if (arms.some((other) => isSame(other, arm))) {
      throw new UsageError(
        `Cannot compare policies: expected different ones: "${arm.label}" comes twice`,
      );
    }
    arms.push(arm);
  }
  return arms;
}

function isSame(a: ResolvedArm, b: ResolvedArm): boolean {
  return a.label === b.label || a.sourceDigest === b.sourceDigest && a.fill === b.fill &&
      JSON.stringify(a.options) === JSON.stringify(b.options);
}

async function resolveArm(
  spec: PolicySpec,
  at: { readonly context: ArmContext; readonly loaded: Map<string, LoadedPolicy> },
): Promise<ResolvedArm> {
  const { plugin, source } = await findPolicy(spec, at);
  const options = inUsage(() => {
    const parsed = parseOptions({ kind: "policy", name: plugin.name }, {
      schema: plugin.options,
      input: spec.options,
    });
    return parsed as Readonly<Record<string, unknown>>;
  });
  const fill = spec.fill ?? plugin.defaultFill(options);
  const { model } = at.context;
  // Binding refuses options that do not fit the model and fills without meaning.
  const limits = { maxTokens: 1, context: model.context };
  inUsage(() => bindPolicy(plugin, { options, fill, model, limits }));
  return {
    plugin,
    options,
    fill,
    label: canonicalArm(plugin, { options, fill, written: Object.keys(spec.options) }),
    sourceDigest: `sha256:${sha256Hex(source)}`,
  };
}

async function findPolicy(
  { source }: PolicySpec,
  { context, loaded }: { readonly context: ArmContext; readonly loaded: Map<string, LoadedPolicy> },
): Promise<LoadedPolicy> {
  const key = source.kind === "name" ? source.name : `path:${source.path}`;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  if (source.kind === "name") {
    const plugin = context.policies.find(source.name);
    const policy = { plugin, source: await builtInSource(plugin) };
    loaded.set(key, policy);
    return policy;
  }
  const policy = await loadPolicyFile(source.path);
  const { name } = policy.plugin;
  const others = [...loaded.values()].map((other) => other.plugin.name);
  if (context.policies.names.includes(name) || others.includes(name)) {
    throw new UsageError(
      `Cannot use policy file "${source.path}": expected a name of its own: "${name}" is taken: rename it`,
    );
  }
  loaded.set(key, policy);
  return policy;
}

/** Options out of range are a matter of usage. */
function inUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
