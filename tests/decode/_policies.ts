/**
 * Policies made for tests: every action, chance, state, plans per token.
 *
 * @module
 */
import {
  type Action,
  declareSignals,
  planOf,
  type PolicyBase,
  type PolicyPlugin,
} from "../../harness/contract/mod.ts";

const base: Omit<PolicyBase<object>, "name"> = {
  family: "depth",
  card: {
    summary: "For tests",
    source: "none",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "none",
    layers: "Heights",
    deviations: [],
  },
  options: {},
  defaultFill: () => "project",
};

/** Draws one of the actions at every height, by hashed chance. */
export function randomActions(actions: readonly Action[]): PolicyPlugin {
  return {
    ...base,
    name: "random_actions",
    scope: "block",
    heights: ({ layerCount }) => Array.from({ length: layerCount }, (_, height) => height),
    signals: () => [],
    decide: (point) => actions[Math.floor(point.uniform(0) * actions.length)]!,
  };
}

/** A random ascending subset of blocks for every token. */
export const randomPlans: PolicyPlugin = {
  ...base,
  name: "random_plans",
  scope: "token",
  plan: (point) =>
    planOf(
      Array.from({ length: point.model.layerCount }, (_, block) => block)
        .filter((block) => point.uniform(block) < 0.6),
    ),
};

/** Exits where the margin exceeds a bound. */
export function marginExit(threshold: number): PolicyPlugin {
  return {
    ...base,
    name: "margin_exit",
    scope: "block",
    heights: ({ layerCount }) => Array.from({ length: layerCount - 1 }, (_, i) => i + 1),
    signals: () => declareSignals("margin"),
    decide: ({ signals }) => signals["margin"]! >= threshold ? "exit" : "run",
  };
}

/** Exits where the state hardly changed. */
export function cosineExit(
  threshold: number,
  against: "previous_block" | "previous_check",
): PolicyPlugin {
  return {
    ...base,
    name: "cosine_exit",
    scope: "block",
    heights: ({ layerCount }) =>
      Array.from({ length: layerCount }, (_, height) => height).filter((height) =>
        height % 2 === 1
      ),
    signals: () => [{ name: "cosine", kind: "state", signal: "cosine", against }],
    decide: ({ signals }) => signals["cosine"]! >= threshold ? "exit" : "run",
  };
}

/** Runs the blocks of a list, in its order. */
export function listPlan(blocks: readonly number[]): PolicyPlugin {
  return {
    ...base,
    name: "list_plan",
    scope: "run",
    defaultFill: () => "none",
    plan: () => planOf(blocks),
  };
}

/** Counts emitted tokens in its state and exits a block lower after each, from `top` down to 1. */
export const sinking: PolicyPlugin = {
  ...base,
  name: "sinking",
  scope: "block",
  state: {
    life: "sequence",
    initial: () => 0,
    reduce: (state, event) => event.kind === "token" ? (state as number) + 1 : state,
  },
  heights: ({ layerCount }) => Array.from({ length: layerCount }, (_, height) => height),
  signals: () => [],
  decide: ({ height, state, model }) =>
    height >= Math.max(1, model.layerCount - (state as number)) ? "exit" : "run",
};

/** Stops the generation at a number of emitted tokens. */
export function stopAt(emitted: number): PolicyPlugin {
  return {
    ...base,
    name: "stop_at",
    scope: "block",
    heights: () => [2],
    signals: () => [],
    decide: (point) => point.emitted === emitted ? "stop" : "run",
  };
}
