/**
 * Policies whose state decides, for replays that must thread it rightly.
 *
 * @module
 */
import {
  declareSignals,
  type PolicyEvent,
  type PolicyPlugin,
  type PolicyState,
  type TokenPoint,
} from "../../harness/contract/mod.ts";
import { planUpTo } from "../../harness/contract/mod.ts";
import { sinking } from "../decode/_policies.ts";

function withState(
  name: string,
  state: PolicyState<unknown, number>,
  decide: (point: { height: number; state: number; signals: Record<string, number> }) => boolean,
): PolicyPlugin {
  return {
    ...sinking,
    name,
    state,
    heights: ({ layerCount }: { layerCount: number }) =>
      Array.from({ length: layerCount }, (_, height) => height),
    signals: () => declareSignals("margin"),
    decide: (point: Parameters<typeof decide>[0]) => decide(point) ? "exit" : "run",
  } as unknown as PolicyPlugin;
}

const counting = (kind: PolicyEvent["kind"]) => (state: number, event: PolicyEvent): number =>
  event.kind === kind ? state + 1 : state;

/** Leaves high and low in turn: depth rises again and again. */
export const alternating: PolicyPlugin = withState(
  "alternating",
  { life: "sequence", initial: () => 0, reduce: counting("token") },
  ({ height, state }) => height === (state % 2 === 0 ? 5 : 2),
);

/** Leaves at the third check of a token that is at all certain. */
export const patient: PolicyPlugin = withState(
  "patient",
  { life: "token", initial: () => 0, reduce: counting("decision") },
  ({ state, signals }) => state >= 3 && signals["margin"]! > 0.05,
);

/** Leaves where the last readout says. */
export const following: PolicyPlugin = withState(
  "following",
  {
    life: "sequence",
    initial: () => 3,
    reduce: (state, event) => event.kind === "token" ? 1 + event.predicted % 5 : state,
  },
  ({ height, state }) => height === state,
);

/** A plan per token on prompt and text: low on the first prompt rows, high on the text. */
export const lowPrompt: PolicyPlugin = {
  ...sinking,
  name: "low_prompt",
  scope: "token",
  state: undefined,
  actsOnPrompt: () => true,
  plan: ({ position, phase, emitted }: TokenPoint) =>
    planUpTo(phase === "prompt" && position === 0 ? 2 : emitted % 3 === 1 ? 2 : 4),
} as unknown as PolicyPlugin;
