/**
 * ConfLayers: skips whole blocks whose updates are less peaked than their neighbours',
 * and searches on while drafts are accepted too rarely.
 *
 *     propose: one full pass over the last `context` tokens gives every block's
 *              confidence (`_layer_confidence.ts`), and λ moves towards the ratio
 *     judge:   mean accepted and acceptance over `interval` rounds; done when both are
 *              high, best kept, a new set proposed otherwise
 *
 * Source: Amer, Das, Kurdahi 2026, arXiv:2604.14612, released code.
 * Cost: one full pass over `context` rows per proposal, beside the drafts.
 * Output: lossless.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";
import { confidenceOf, lessPeaked, mean } from "./_layer_confidence.ts";
import { oddBlocks, planWithout } from "./_skip_set.ts";

/** Options of {@linkcode confLayers}. */
export interface ConfLayersOptions {
  /** ρ: share of the inner blocks that is skipped. */
  readonly ratio: number;
  /** Rounds over which a set is judged. */
  readonly interval: number;
  /** Most proposals. */
  readonly budget: number;
  /** Acceptance that ends the search. */
  readonly enough: number;
  /** Mean accepted tokens per round that the end of the search needs as well. */
  readonly minAccepted: number;
  /** Tokens that confidences are taken over. */
  readonly context: number;
  /** Most tokens drafted per round. */
  readonly draft: number;
  /** Confidence below which drafts stop; 0 never stops. */
  readonly stop: number;
}

/** What the search has found. */
export interface ConfLayersState {
  /** Blocks of the model. */
  readonly layerCount: number;
  /** Width of the residual stream. */
  readonly dModel: number;
  /** Skipped blocks. */
  readonly set: readonly number[];
  /** λ. */
  readonly slack: number;
  /** Proposals so far. */
  readonly proposals: number;
  /** The best set so far. */
  readonly best: { readonly accepted: number; readonly set: readonly number[] };
  /** Whether the search goes on. */
  readonly searching: boolean;
  /** Whether a proposal is due. */
  readonly due: boolean;
  /** Whether a prompt has begun since the last proposal. */
  readonly fresh: boolean;
  /** Tokens generated in the sequence. */
  readonly generated: number;
  /** Acceptance of the rounds since the last judgement. */
  readonly rates: readonly number[];
  /** Accepted tokens of the same. */
  readonly accepted: readonly number[];
}

/** Fewest blocks of a set that counts. */
export function fewestSkipped(layerCount: number, ratio: number): number {
  return Math.floor(Math.max(0, layerCount - 2) * ratio) + 1;
}

/** λ after a set of this share: more slack skips less. */
export function moveSlack(slack: number, share: number, ratio: number): number {
  if (share > ratio + 0.25) return slack + 0.05;
  return share < ratio ? slack - 0.05 : slack;
}

/** The state after a proposal from measured feature entropies. */
function proposeSet(
  state: ConfLayersState,
  event: Extract<contract.RoundEvent, { kind: "measured" }>,
  { ratio, budget }: ConfLayersOptions,
): ConfLayersState {
  const { layerCount, dModel, slack } = state;
  const clear = { due: false, fresh: false, rates: [], accepted: [] };
  const proposals = state.proposals + 1;
  if (event.rows === 0) return { ...state, ...clear };
  const confidences: number[] = [];
  for (let block = 1; block <= layerCount - 2; block++) {
    confidences.push(
      confidenceOf(event.attention[block]!, dModel) + confidenceOf(event.mlp[block]!, dModel),
    );
  }
  const set = lessPeaked(confidences, { slack, layerCount });
  const next = moveSlack(slack, set.length / Math.max(1, layerCount - 2), ratio);
  const moved = { ...state, ...clear, proposals, set, slack: next };
  if (proposals < budget) return moved;
  // The released code takes its best set even when none was ever judged: that would be empty.
  const last = state.best.set.length > 0 ? state.best.set : set;
  return { ...moved, searching: false, set: last };
}

/** The state after a round. */
function judge(
  state: ConfLayersState,
  event: Extract<contract.RoundEvent, { kind: "round" }>,
  { ratio, interval, enough, minAccepted, context }: ConfLayersOptions,
): ConfLayersState {
  const generated = state.generated + event.emitted.length;
  const drafted = event.drafted.length;
  if (!state.searching || generated <= context + 1 || drafted === 0) {
    return { ...state, generated };
  }
  const large = state.set.length >= fewestSkipped(state.layerCount, ratio);
  let now: ConfLayersState = {
    ...state,
    generated,
    rates: [...state.rates, event.accepted / drafted],
    accepted: [...state.accepted, event.accepted],
  };
  const clear = { rates: [], accepted: [] };
  let due = state.fresh;
  if (state.proposals > 0 && now.rates.length === interval / 2 && large) {
    if (mean(now.accepted) < 1) {
      now = { ...now, ...clear };
      due = true;
    }
  }
  if (state.proposals > 0 && now.rates.length > interval) {
    const accepted = mean(now.accepted);
    if (large && accepted > minAccepted && mean(now.rates) > enough) {
      return { ...now, ...clear, searching: false, due: false, fresh: false };
    }
    if (large && accepted > state.best.accepted) {
      now = { ...now, best: { accepted, set: state.set } };
    }
    now = { ...now, ...clear };
    due = true;
  }
  return { ...now, due: due || !large };
}

/** The state after an event. */
export function reduceConfLayers(
  state: ConfLayersState,
  event: contract.RoundEvent,
  options: ConfLayersOptions,
): ConfLayersState {
  switch (event.kind) {
    case "prompt":
      return { ...state, fresh: true, due: false, generated: 1 };
    case "measured":
      return proposeSet(state, event, options);
    case "round":
      return judge(state, event, options);
  }
}

/** ConfLayers as a plugin. */
export const confLayers: contract.RoundPolicy<ConfLayersOptions, ConfLayersState> = {
  name: "conf_layers",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts without the blocks whose updates are less peaked than their neighbours'",
    source: "Amer, Das, Kurdahi 2026, arXiv:2604.14612; its code, the body was not at hand",
    acts: ["generation"],
    lossless: true,
    training: "none",
    layers: "Candidates are blocks 1 to L − 2, 0-based as in the paper",
    deviations: [
      "Chains only, no draft trees",
      "Scores in 64 bits: the released code rounds them to 16, which widens its windows where early scores collapse",
      "Confidences are taken over the newest tokens in place, where the code feeds them behind the prompt",
      "The set of the last proposal is kept when no set was ever judged, in place of the empty one",
      "A frozen set is run as draft_and_verify, whose time holds no search",
    ],
  },
  options: {
    ratio: contract.unitInterval({ help: "Share of the inner blocks skipped", default: 0.4 }),
    interval: contract.numberOption({
      help: "Rounds over which a set is judged",
      min: 1,
      integer: true,
      default: 30,
    }),
    budget: contract.numberOption({
      help: "Most proposals over the stream",
      min: 1,
      integer: true,
      default: 100,
    }),
    enough: contract.unitInterval({ help: "Acceptance that ends the search", default: 0.95 }),
    minAccepted: contract.numberOption({
      help: "Mean accepted tokens per round that the end of the search needs as well",
      min: 0,
      default: 4,
    }),
    context: contract.numberOption({
      help: "Tokens that confidences are taken over",
      min: 1,
      max: 512,
      integer: true,
      default: 32,
    }),
    draft: contract.numberOption({
      help: "Most tokens drafted per round",
      min: 1,
      max: 64,
      integer: true,
      default: 25,
    }),
    stop: contract.unitInterval({
      help: "Confidence below which drafts stop; 0 never stops",
      default: 0.8,
    }),
  },
  defaultFill: () => "none",
  state: {
    life: "stream",
    initial: ({ model: { layerCount, dModel } }) => ({
      layerCount,
      dModel,
      set: oddBlocks(layerCount),
      slack: 0,
      proposals: 0,
      best: { accepted: 0, set: [] },
      searching: true,
      due: false,
      fresh: false,
      generated: 0,
      rates: [],
      accepted: [],
    }),
    reduce: reduceConfLayers,
  },
  signals: () => ["top1"],
  propose: ({ model: { layerCount }, state }, { context, draft }) =>
    state.searching && state.due
      ? {
        kind: "measure",
        plan: contract.planUpTo(layerCount),
        rows: context,
        what: "updates",
      }
      : {
        kind: "plan",
        plan: planWithout({ attention: state.set, mlp: state.set }, layerCount),
        maxTokens: draft,
      },
  decide: ({ signals }, { stop }) => signals["top1"]! < stop ? "stop" : "go_on",
};
