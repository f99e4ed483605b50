/**
 * Policy specs → arms: plugins found or loaded, options read, labels and digests made.
 *
 * Frozen options (`@file`) are a spec in a file, with the model and the policy's
 * source that they were calibrated with.
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import type { ModelInfo } from "../harness/contract/model.ts";
import { parseOptions } from "../harness/contract/options.ts";
import type { PolicyPlugin } from "../harness/contract/policy.ts";
import { bindPolicy } from "../harness/decode/bound_policy.ts";
import { canonicalArm } from "../harness/arm_label.ts";
import { composeDrafts, type DraftMember } from "../harness/compose_drafts.ts";
import { composeReadout } from "../harness/compose_readout.ts";
import type { FrozenOptions } from "../harness/calibrate/frozen_options.ts";
import { transferredParts } from "../harness/calibrate/transfer.ts";
import type { Catalog } from "../harness/registry.ts";
import { parsePolicySpecs, type PolicySpec } from "../harness/spec_text.ts";
import { sha256Hex } from "../harness/numerics/sha256.ts";
import type { ArmRequest } from "../harness/runner.ts";
import { readFrozenFile } from "./frozen_file.ts";
import { builtInSource, type LoadedPolicy, loadPolicyFile } from "./policy_files.ts";

/** An arm as the runner takes it. */
export type ResolvedArm = ArmRequest;

/** What specs are resolved against. */
export interface ArmContext {
  /** Built-in policies. */
  readonly policies: Catalog<PolicyPlugin>;
  /** The model that they will run on. */
  readonly model: ModelInfo;
  /** Whether frozen options may be used on another model than theirs. */
  readonly allowTransfer?: boolean;
}

/** Resolves policy specs. Rejects with `UsageError` or `InputError` in one sentence. */
export async function resolveArms(
  texts: readonly string[],
  context: ArmContext,
): Promise<readonly ResolvedArm[]> {
  const loaded = new Map<string, LoadedPolicy>();
  const arms: ResolvedArm[] = [];
  for (const spec of texts.flatMap((text) => parsePolicySpecs(text))) {
    const arm = spec.others === undefined
      ? await resolveOne(spec, { context, loaded })
      : await resolveDrafts([spec, ...spec.others], { context, loaded });
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

interface Resolving {
  readonly context: ArmContext;
  readonly loaded: Map<string, LoadedPolicy>;
}

/** One policy with its options, and the policy of the readout behind it. */
async function resolveOne(spec: PolicySpec, at: Resolving): Promise<ResolvedArm> {
  const first = await resolveAlone(spec, at);
  if (spec.readout !== undefined) return await resolveReadout(first, spec.readout, at);
  checkBinding(first, at);
  return first;
}

/** Refuses options that do not fit the model and fills without meaning: binding does. */
function checkBinding(
  { plugin, options, fill }: Pick<ResolvedArm, "plugin" | "options" | "fill">,
  { context: { model } }: Resolving,
): void {
  const limits = { maxTokens: 1, context: model.context };
  inUsage(() => bindPolicy(plugin, { options, fill, model, limits }));
}

/** An arm with a policy of the readout behind it. */
async function resolveReadout(
  first: ResolvedArm,
  spec: PolicySpec,
  at: Resolving,
): Promise<ResolvedArm> {
  const { plugin, options, label, sourceDigest } = await resolveAlone(spec, at);
  if (plugin.scope !== "readout") {
    throw new UsageError(
      `Cannot compose policies: expected a policy of the readout behind "+", such as ` +
        `"vocabulary_pruning": "${label}" is none: separate the policies by "," to compare them`,
    );
  }
  const composed = inUsage(() => composeReadout(first, { plugin, options, label }));
  checkBinding({ ...first, plugin: composed }, at);
  return {
    ...first,
    plugin: composed,
    options: { ...first.options, readout: { policy: plugin.name, options } },
    label: `${first.label} + ${label}`,
    sourceDigest: `sha256:${sha256Hex([first.sourceDigest, sourceDigest].join())}`,
  };
}

function resolveAlone(spec: PolicySpec, at: Resolving): Promise<ResolvedArm> {
  return spec.source.kind === "frozen" ? resolveFrozen(spec.source.path, at) : resolveArm(spec, at);
}

/** Draft policies tried in order. */
async function resolveDrafts(
  specs: readonly PolicySpec[],
  at: Resolving,
): Promise<ResolvedArm> {
  const members: DraftMember[] = [];
  const digests: string[] = [];
  for (const spec of specs) {
    const { plugin, options, label, sourceDigest } = await resolveOne(spec, at);
    if (plugin.scope !== "round") {
      throw new UsageError(
        `Cannot compose policies: expected policies that draft on both sides of "|": ` +
          `"${label}" does not draft: separate the policies by "," to compare them`,
      );
    }
    members.push({ plugin, options, label });
    digests.push(sourceDigest);
  }
  const plugin = inUsage(() => composeDrafts(members)) as PolicyPlugin;
  checkBinding({ plugin, options: {}, fill: "none" }, at);
  return {
    plugin,
    options: { drafts: members.map(({ plugin, options }) => ({ policy: plugin.name, options })) },
    fill: "none",
    label: plugin.name,
    sourceDigest: `sha256:${sha256Hex(digests.join())}`,
  };
}

/** The arm that a file of frozen options holds. */
async function resolveFrozen(path: string, at: Resolving): Promise<ResolvedArm> {
  const { frozen, digest } = await readFrozenFile(path);
  const { policy, options, fill, guarantee, items } = frozen;
  const source: PolicySpec["source"] = policy.path === undefined
    ? { kind: "name", name: policy.name }
    : { kind: "path", path: policy.path };
  const found = await findPolicy({ source }, at);
  const transferred = transferredParts(frozen, {
    model: at.context.model,
    policyDigest: sourceDigest(found),
  });
  if (transferred.length > 0 && at.context.allowTransfer !== true) {
    throw notTransferred({
      path,
      frozen,
      model: at.context.model,
      isModel: transferred.includes("model"),
    });
  }
  // The label shows what the policy's own text shows, not all options that are frozen with it.
  const written = Object.keys(parsePolicySpecs(frozen.spec)[0]?.options ?? {});
  const arm = await resolveArm({ source, options, fill }, { ...at, written });
  return {
    ...arm,
    calibration: {
      record: {
        digest,
        guarantee,
        model: frozen.model.name,
        ...(transferred.length === 0 ? {} : { transferred }),
      },
      items,
    },
  };
}

function notTransferred(
  { path, frozen, model, isModel }: {
    readonly path: string;
    readonly frozen: FrozenOptions;
    readonly model: ModelInfo;
    readonly isModel: boolean;
  },
): UsageError {
  const short = (digest: string) => digest.replace("sha256:", "").slice(0, 8);
  const why = isModel
    ? `expected model "${frozen.model.name}" (${short(frozen.model.digest)}), on which they were ` +
      `calibrated: current value is "${model.name}" (${short(model.digest)})`
    : `expected the source of policy "${frozen.policy.name}" with which they were calibrated: it ` +
      "has changed";
  return new UsageError(
    `Cannot use frozen options "${path}": ${why}: calibrate again, or "run" with --allow-transfer`,
  );
}

function sourceDigest({ source }: LoadedPolicy): string {
  return `sha256:${sha256Hex(source)}`;
}

async function resolveArm(
  spec: Pick<PolicySpec, "source" | "options" | "fill">,
  at: Resolving & { readonly written?: readonly string[] },
): Promise<ResolvedArm> {
  const found = await findPolicy(spec, at);
  const { plugin } = found;
  const options = inUsage(() => {
    const parsed = parseOptions({ kind: "policy", name: plugin.name }, {
      schema: plugin.options,
      input: spec.options,
    });
    return parsed as Readonly<Record<string, unknown>>;
  });
  const fill = spec.fill ?? plugin.defaultFill(options);
  return {
    plugin,
    options,
    fill,
    label: canonicalArm(plugin, {
      options,
      fill,
      written: at.written ?? Object.keys(spec.options),
    }),
    sourceDigest: sourceDigest(found),
  };
}

async function findPolicy(
  { source }: Pick<PolicySpec, "source">,
  { context, loaded }: Resolving,
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
  const file = await loadPolicyFile(source.path);
  const { name } = file.plugin;
  if (context.policies.names.includes(name)) {
    throw new UsageError(
      `Cannot use policy file "${source.path}": expected a name of its own: "${name}" is taken: rename it`,
    );
  }
  const taken = [...loaded.values()].map((other) => other.plugin.name);
  const policy = { ...file, plugin: { ...file.plugin, name: freeName(name, taken) } };
  loaded.set(key, policy);
  return policy;
}

/** `name`, or `name_2` for a second file that says the same: two versions of one policy. */
function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let count = 2; taken.includes(free); count++) free = `${name}_${count}`;
  return free;
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
