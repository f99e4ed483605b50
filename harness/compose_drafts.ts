/**
 * Drafts tried in order: the first policy that proposes something drafts the round.
 *
 *     prompt_lookup | layer_skip(exit=4)
 *
 * Each member keeps its own state and is told of its own rounds; all are told when a
 * sequence starts. A member's measurement goes before what later members propose.
 *
 * @module
 */
import type { PolicyState, RunPoint } from "./contract/policy.ts";
import type {
  DraftPoint,
  Proposal,
  RoundEvent,
  RoundPoint,
  RoundPolicy,
} from "./contract/round.ts";

/** One of the policies, with its options. */
export interface DraftMember {
  /** The policy. */
  readonly plugin: RoundPolicy<unknown>;
  /** Its options, parsed. */
  readonly options: unknown;
  /** How it is named: its canonical label. */
  readonly label: string;
}

/** States of the members, in order. */
export interface ComposedState {
  /** What members that live for a sequence start from. */
  readonly point: RunPoint;
  /** One each; `undefined` for members without one. */
  readonly states: readonly unknown[];
}

/** Chance of different members does not overlap. */
const CHANCES_PER_MEMBER = 1 << 20;

/** The point as a member sees it. */
function seenBy(point: RoundPoint<ComposedState>, member: number): RoundPoint {
  return {
    model: point.model,
    limits: point.limits,
    phase: point.phase,
    position: point.position,
    emitted: point.emitted,
    room: point.room,
    tokens: point.tokens,
    uniform: (i) => point.uniform(member * CHANCES_PER_MEMBER + i),
    state: point.state?.states[member],
  };
}

/** Whether a proposal drafts or measures anything. */
function isEmpty(proposal: Proposal): boolean {
  switch (proposal.kind) {
    case "none":
      return true;
    case "tokens":
      return proposal.tokens.length === 0;
    case "plan":
    case "exits":
      return proposal.maxTokens === 0;
    case "measure":
      return false;
  }
}

function composedState(
  members: readonly DraftMember[],
): PolicyState<unknown, ComposedState, RoundEvent> | undefined {
  const stateful = members.filter(({ plugin }) => plugin.state !== undefined);
  if (stateful.length === 0) return undefined;
  const initialOf = ({ plugin, options }: DraftMember, point: RunPoint) =>
    plugin.state?.initial(point, options);
  return {
    life: stateful.some(({ plugin }) => plugin.state?.life === "stream") ? "stream" : "sequence",
    initial: (point) => ({
      point: { model: point.model, limits: point.limits },
      states: members.map((member) => initialOf(member, point)),
    }),
    reduce: ({ point, states }, event) => ({
      point,
      states: members.map((member, i) => {
        const { plugin: { state, shadow }, options } = member;
        if (state === undefined) return undefined;
        if (event.kind !== "prompt") {
          return event.proposal.kind !== "none" && event.proposal.by === i
            ? state.reduce(states[i], event, options)
            : states[i];
        }
        const before = state.life === "stream" ? states[i] : initialOf(member, point);
        const { shadow: _, ...bare } = event;
        return state.reduce(before, shadow === undefined ? bare : event, options);
      }),
    }),
  };
}

/** Composes drafts. Throws `RangeError` when two members ask for shadow readouts. */
export function composeDrafts(
  members: readonly DraftMember[],
): RoundPolicy<unknown, ComposedState> {
  const name = members.map(({ label }) => label).join(" | ");
  const shadows = members.filter(({ plugin }) => plugin.shadow !== undefined);
  if (shadows.length > 1) {
    throw new RangeError(
      `Cannot compose "${name}": expected at most one policy that reads shadow heights: ` +
        `${shadows.map(({ label }) => `"${label}"`).join(" and ")} do`,
    );
  }
  const [shadow] = shadows;
  const state = composedState(members);
  const by = (proposal: Proposal): DraftMember | undefined =>
    proposal.kind === "none" ? undefined : members[proposal.by ?? 0];
  return {
    name,
    family: "speculative",
    scope: "round",
    card: {
      summary: "Drafts by the first of its policies that proposes anything",
      source: members.map(({ plugin }) => plugin.card.source).join("; "),
      acts: ["generation"],
      lossless: true,
      training: members.some(({ plugin }) => plugin.card.training === "required")
        ? "required"
        : members.some(({ plugin }) => plugin.card.training === "recommended")
        ? "recommended"
        : "none",
      layers: members.map(({ plugin }) => plugin.card.layers).join("; "),
      deviations: members.flatMap(({ plugin }) => plugin.card.deviations),
    },
    options: {} as RoundPolicy<unknown>["options"],
    defaultFill: () => "none",
    actsOnPrompt: () =>
      members.some(({ plugin, options }) => plugin.actsOnPrompt?.(options) ?? false),
    validate: (model) => {
      for (const { plugin, options } of members) plugin.validate?.(model, options);
    },
    ...(state === undefined ? {} : { state }),
    signals: () => [
      ...new Set(members.flatMap(({ plugin, options }) => plugin.signals?.(options) ?? [])),
    ],
    ...(shadow === undefined
      ? {}
      : { shadow: (model) => shadow.plugin.shadow!(model, shadow.options) }),
    heads: (model) =>
      members.flatMap(({ plugin, options }) => plugin.heads?.(model, options) ?? []),
    propose: (point) => {
      for (const [i, { plugin, options }] of members.entries()) {
        const proposal = plugin.propose(seenBy(point, i), options);
        if (!isEmpty(proposal)) return { ...proposal, by: i };
      }
      return { kind: "none" };
    },
    decide: (point) => {
      const member = by(point.proposal);
      if (member?.plugin.decide === undefined) return "go_on";
      const seen: DraftPoint = {
        ...seenBy(point, members.indexOf(member)),
        proposal: point.proposal,
        drafted: point.drafted,
        token: point.token,
        height: point.height,
        signals: point.signals,
      };
      return member.plugin.decide(seen, member.options);
    },
  };
}
