/**
 * A round policy bound to its options, a model and limits; every answer checked.
 *
 * @module
 */
import { ContractError } from "../contract/errors.ts";
import type { ModelInfo } from "../contract/model.ts";
import type { PolicyState, RunPoint, Visit } from "../contract/policy.ts";
import {
  type Continuation,
  CONTINUATIONS,
  type DraftPoint,
  type Proposal,
  type RoundEvent,
  type RoundPoint,
  type RoundPolicy,
  type Shadow,
} from "../contract/round.ts";
import type { ReadoutSignal } from "../contract/signal.ts";

/** A round policy ready to run. */
export interface BoundRounds {
  /** Tag. */
  readonly kind: "round";
  /** Policy name, for messages. */
  readonly name: string;
  /** Entries of drafts are overwritten or thrown away: nobody reads them. */
  readonly fill: "none";
  /** Whether the first round takes up the last rows of the prompt. */
  readonly actsOnPrompt: boolean;
  /** Bounds and shapes. */
  readonly point: RunPoint;
  /** State, if any. */
  readonly state: PolicyState<unknown, unknown, RoundEvent> | undefined;
  /** The options. */
  readonly options: unknown;
  /** Signals read with each drafted token. */
  readonly signals: readonly ReadoutSignal[];
  /** Heights read out for all rows. */
  readonly shadow: Shadow | undefined;
  /** Trained heads that must be there. */
  readonly heads: readonly string[];
  /** Whether each drafted token is asked about. */
  readonly decides: boolean;
  /** The proposal of a round; validated. */
  propose(point: RoundPoint): Proposal;
  /** What follows a drafted token; validated. */
  decide(point: DraftPoint): Continuation;
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least;
}

/** What is wrong with a plan, or `undefined`. */
export function planFaultOf(plan: unknown, { layerCount }: ModelInfo): string | undefined {
  if (!Array.isArray(plan)) return "its plan is no list of visits";
  for (const visit of plan as readonly (Partial<Visit> | undefined)[]) {
    const block = visit?.block;
    if (!isCount(block, 0) || block >= layerCount) {
      return `its plan visits block ${block}: expected 0 to ${layerCount - 1}`;
    }
    const part = visit?.part;
    if (part !== "block" && part !== "attention" && part !== "mlp") {
      return `its plan runs part "${part}": expected block, attention or mlp`;
    }
  }
  return undefined;
}

/** What is wrong with ascending heights, or `undefined`. */
function heightsFault(heights: readonly number[], most: number): string | undefined {
  const ascending = heights.every((height, i) =>
    isCount(height, 0) && height <= most && (i === 0 || height > heights[i - 1]!)
  );
  return ascending
    ? undefined
    : `it reads heights [${heights.join(", ")}]: expected whole numbers, ascending, 0 to ${most}`;
}

/** What is wrong with a proposal, or `undefined`; the harness and conformance ask it alike. */
export function proposalFault(proposal: Proposal, model: ModelInfo): string | undefined {
  switch (proposal?.kind) {
    case "none":
      return undefined;
    case "tokens": {
      const { tokens } = proposal;
      const known = Array.isArray(tokens) &&
        tokens.every((token: unknown) => isCount(token, 0) && token < model.vocabSize);
      return known ? undefined : `it proposes tokens outside 0 to ${model.vocabSize - 1}`;
    }
    case "plan":
      return planFaultOf(proposal.plan, model) ?? mostFault(proposal.maxTokens);
    case "exits": {
      if (!Array.isArray(proposal.exits) || proposal.exits.length === 0) {
        return "it proposes no exits: expected at least one";
      }
      const nameless = proposal.exits.some(({ head }) => typeof head !== "string" || head === "");
      if (nameless) return "it proposes an exit without a head";
      return heightsFault(proposal.exits.map(({ height }) => height), model.layerCount) ??
        mostFault(proposal.maxTokens);
    }
    case "measure": {
      const fault = planFaultOf(proposal.plan, model);
      if (fault !== undefined) return fault;
      if (!isCount(proposal.rows, 1)) {
        return `it measures ${proposal.rows} rows: expected a whole number >= 1`;
      }
      return proposal.what === "matches" || proposal.what === "updates"
        ? undefined
        : `it measures "${proposal.what}": expected matches or updates`;
    }
    default:
      return "its proposal is none of none, tokens, plan, exits and measure";
  }
}

function mostFault(maxTokens: unknown): string | undefined {
  return isCount(maxTokens, 0)
    ? undefined
    : `it drafts at most ${maxTokens} tokens: expected a whole number >= 0`;
}

/** What is wrong with shadow heights, or `undefined`. */
export function shadowFault(shadow: Shadow, { layerCount }: ModelInfo): string | undefined {
  if (!isCount(shadow.promptRows, 0)) {
    return `it reads ${shadow.promptRows} rows of the prompt: expected a whole number >= 0`;
  }
  return heightsFault(shadow.heights, layerCount - 1);
}

/** Binds a round policy. Throws `RangeError` when options do not fit the model. */
export function bindRounds(
  plugin: RoundPolicy<unknown>,
  { options, point }: { readonly options: unknown; readonly point: RunPoint },
): BoundRounds {
  const { model } = point;
  const { name, state } = plugin;
  plugin.validate?.(model, options);
  const refuse = (fault: string | undefined): void => {
    if (fault !== undefined) throw new ContractError(name, fault);
  };
  if (state?.life === "token") {
    refuse('its state lives for a token: expected "sequence" or "stream"');
  }
  const shadow = plugin.shadow?.(model, options);
  if (shadow !== undefined) refuse(shadowFault(shadow, model));
  return {
    kind: "round",
    name,
    fill: "none",
    actsOnPrompt: plugin.actsOnPrompt?.(options) ?? false,
    point,
    state,
    options,
    signals: plugin.signals?.(options) ?? [],
    shadow: shadow === undefined || shadow.heights.length === 0 ? undefined : shadow,
    heads: plugin.heads?.(model, options) ?? [],
    decides: plugin.decide !== undefined,
    propose: (at) => {
      const proposal = plugin.propose(at, options);
      refuse(proposalFault(proposal, model));
      return proposal;
    },
    decide: (at) => {
      const next = plugin.decide?.(at, options) ?? "go_on";
      if (!CONTINUATIONS.includes(next)) {
        refuse(`it answers "${String(next)}": expected ${CONTINUATIONS.join(", ")}`);
      }
      return next;
    },
  };
}
