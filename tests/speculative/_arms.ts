/**
 * Round policies with options that make drafts of every kind on small models.
 *
 * @module
 */
import {
  type DecoderSession,
  type DepthPolicy,
  type OptionInput,
  parseOptions,
  planUpTo,
  type PolicyPlugin,
  type RoundPolicy,
} from "../../harness/contract/mod.ts";
import { composeDrafts } from "../../harness/compose_drafts.ts";
import type { BoundRounds } from "../../harness/decode/bound_rounds.ts";
import { bindPolicy, type BoundDepth } from "../../harness/decode/bound_policy.ts";
import { fullDepth } from "../../policies/depth/mod.ts";
import {
  confLayers,
  del,
  draftAndVerify,
  layerSkip,
  promptLookup,
  swift,
  valadeDraft,
} from "../../policies/speculative/mod.ts";

/** A policy with options as written. */
export type Arm = readonly [PolicyPlugin, OptionInput];

/** Every speculative policy, for models of at least four blocks. */
export const ARMS: readonly Arm[] = [
  [layerSkip as PolicyPlugin, { exit: 2, draft: 4 }],
  [layerSkip as PolicyPlugin, { exit: 3, draft: 2, prompt: true }],
  [draftAndVerify as PolicyPlugin, { attention: [1, 2], mlp: [2], draft: 5, threshold: 0 }],
  [draftAndVerify as PolicyPlugin, { attention: [2], mlp: [1, 2], threshold: 0.05 }],
  [swift as PolicyPlugin, { interval: 1, context: 6, stop: 0.02, draft: 4 }],
  [del as PolicyPlugin, { context: 3, draft: 5 }],
  [del as PolicyPlugin, { every: 2, dynamicStop: false, draft: 6, headLayers: 1 }],
  [
    confLayers as PolicyPlugin,
    { context: 2, interval: 2, stop: 0.02, draft: 5, minAccepted: 0.5, budget: 4 },
  ],
  [valadeDraft as PolicyPlugin, { at: [1, 3], thresholds: [3, 3.9], head: "shared" }],
  [promptLookup as PolicyPlugin, { ngram: 2, draft: 5 }],
  [promptLookup as PolicyPlugin, { ngram: 1, match: "earliest" }],
];

/** Compositions: known tokens first, then an exit or a search. */
export const COMPOSED: readonly Arm[] = [
  [composed([promptLookup, { ngram: 2, draft: 5 }], [layerSkip, { exit: 2 }]), {}],
  [composed([promptLookup, { ngram: 3 }], [del, { draft: 4, context: 3 }]), {}],
  [composed([swift, { interval: 1, context: 4 }], [promptLookup, {}]), {}],
];

function composed(...members: readonly (readonly [unknown, OptionInput])[]): PolicyPlugin {
  return composeDrafts(members.map(([policy, input]) => {
    const plugin = policy as RoundPolicy<unknown>;
    const options = parseOptions({ kind: "policy", name: plugin.name }, {
      schema: plugin.options,
      input,
    });
    return { plugin, options, label: plugin.name };
  })) as PolicyPlugin;
}

/** Drafts right tokens on purpose: full depth itself, as deep as can be. */
export const perfectDraft: RoundPolicy<Record<never, never>> = {
  ...layerSkip,
  name: "perfect_draft",
  options: {},
  validate: () => {},
  actsOnPrompt: () => false,
  propose: ({ model }) => ({ kind: "plan", plan: planUpTo(model.layerCount), maxTokens: 6 }),
};

/** A round policy bound to a session. */
export function bindRound(
  session: DecoderSession,
  [plugin, input]: Arm,
  { maxTokens = 16, context = session.model.context }: {
    readonly maxTokens?: number;
    readonly context?: number;
  } = {},
): BoundRounds {
  const options = parseOptions({ kind: "policy", name: plugin.name }, {
    schema: plugin.options,
    input,
  });
  const limits = { maxTokens, context };
  const bound = bindPolicy(plugin, { options, fill: "none", model: session.model, limits });
  if (bound.kind !== "round") throw new RangeError(`Cannot bind "${plugin.name}" to rounds`);
  return bound;
}

/** Full depth bound to a session. */
export function bindFull(
  session: DecoderSession,
  { maxTokens = 16, context = session.model.context }: {
    readonly maxTokens?: number;
    readonly context?: number;
  } = {},
): BoundDepth {
  const limits = { maxTokens, context };
  return bindPolicy(fullDepth as DepthPolicy, {
    options: {},
    fill: "none",
    model: session.model,
    limits,
  });
}

/** An arm in words, for failures. */
export function armText([plugin, input]: Arm): string {
  return `${plugin.name}(${JSON.stringify(input)})`;
}
