/**
 * SWIFT: searches the set of skipped sub-blocks while it decodes.
 *
 *     every `interval` rounds, until `budget` sets were tried or one matches > `enough`:
 *       candidate = the best set, some of its members exchanged at random
 *                   (every 25th: drawn by how well members did before)
 *       matchness = share of the last `context` positions whose token without the
 *                   candidate's sub-blocks is the token that follows
 *       keep the better one
 *     draft with the best set; stop at p < `stop`
 *
 * Sets hold `ratio` of the sub-blocks between the first and the last block, half of
 * them attention. Chance is hashed from position, so equal runs search alike.
 *
 * Source: Xia et al. 2024, arXiv:2410.06916; recalled, the paper was not at hand.
 * Cost: one draft pass over `context` rows per candidate, beside the drafts.
 * Output: lossless.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";
import { planWithout, type SkipSet } from "./_skip_set.ts";

/** Options of {@linkcode swift}. */
export interface SwiftOptions {
  /** Share of sub-blocks skipped. */
  readonly ratio: number;
  /** Most sets tried. */
  readonly budget: number;
  /** Rounds between tries. */
  readonly interval: number;
  /** Positions that a try is scored on. */
  readonly context: number;
  /** Matchness that ends the search. */
  readonly enough: number;
  /** Most tokens drafted per round. */
  readonly draft: number;
  /** Confidence below which drafts stop; 0 never stops. */
  readonly stop: number;
}

/** What the search has found. */
export interface SwiftState {
  /** Blocks of the model. */
  readonly layerCount: number;
  /** The best set so far. */
  readonly best: SkipSet;
  /** Its matchness; −1 before the first try. */
  readonly matchness: number;
  /** Rounds since the last try. */
  readonly waited: number;
  /** Sets tried. */
  readonly tried: number;
  /** Sum of the matchness of tried sets that skip a sub-block, and their number; attention first. */
  readonly scores: readonly { readonly sum: number; readonly count: number }[];
}

/** Sub-blocks that may be skipped: attention of blocks 1..L−2, then their MLPs. */
function memberCount(layerCount: number): number {
  return Math.max(0, layerCount - 2);
}

/** Sizes of the two halves of a set. */
export function swiftSizes(layerCount: number, ratio: number): readonly [number, number] {
  const inner = memberCount(layerCount);
  const size = Math.round(ratio * 2 * inner);
  const attention = Math.min(inner, Math.ceil(size / 2));
  return [attention, Math.min(inner, size - attention)];
}

/** The set that the search starts from: members spread evenly. */
export function firstSwiftSet(layerCount: number, ratio: number): SkipSet {
  const inner = memberCount(layerCount);
  const spread = (count: number) =>
    Array.from({ length: count }, (_, i) => 1 + Math.floor((i + 0.5) * inner / count));
  const [attention, mlp] = swiftSizes(layerCount, ratio);
  return { attention: spread(attention), mlp: spread(mlp) };
}

/** A set near `best`: a quarter of each half is exchanged, at least one member. */
export function exchangeMembers(
  best: SkipSet,
  { layerCount, uniform }: { readonly layerCount: number; uniform(i: number): number },
): SkipSet {
  const exchange = (list: readonly number[], first: number): readonly number[] => {
    const outside = Array.from({ length: memberCount(layerCount) }, (_, i) => i + 1)
      .filter((block) => !list.includes(block));
    const kept = [...list];
    const moves = Math.min(outside.length, Math.max(1, Math.floor(list.length / 4)));
    for (let m = 0; m < moves && kept.length > 0; m++) {
      const out = Math.floor(uniform(first + 2 * m) * kept.length);
      const into = Math.floor(uniform(first + 2 * m + 1) * outside.length);
      kept.splice(out, 1, ...outside.splice(into, 1));
    }
    return kept.sort((a, b) => a - b);
  };
  return { attention: exchange(best.attention, 0), mlp: exchange(best.mlp, 1000) };
}

/** The members with the best mean matchness so far; unknown ones count as the overall mean. */
export function bestMembers(
  scores: SwiftState["scores"],
  { layerCount, ratio }: { readonly layerCount: number; readonly ratio: number },
): SkipSet {
  const inner = memberCount(layerCount);
  const total = scores.reduce((sum, each) => sum + each.sum, 0);
  const count = scores.reduce((sum, each) => sum + each.count, 0);
  const mean = count === 0 ? 0 : total / count;
  const take = (from: number, size: number) =>
    Array.from({ length: inner }, (_, i) => {
      const { sum, count } = scores[from + i]!;
      return { block: i + 1, value: count === 0 ? mean : sum / count };
    })
      .sort((a, b) => b.value - a.value || a.block - b.block)
      .slice(0, size)
      .map(({ block }) => block)
      .sort((a, b) => a - b);
  const [attention, mlp] = swiftSizes(layerCount, ratio);
  return { attention: take(0, attention), mlp: take(inner, mlp) };
}

/** Whether a try is due. */
export function isSearching(state: SwiftState, options: SwiftOptions): boolean {
  return state.tried < options.budget && state.matchness <= options.enough;
}

/** The set to try at a point; the same for equal points. */
export function swiftCandidate(
  point: contract.RoundPoint<SwiftState>,
  { ratio }: SwiftOptions,
): SkipSet {
  const { layerCount } = point.model;
  const { best, tried, scores } = point.state;
  if (tried === 0) return best;
  if (tried % 25 === 24) return bestMembers(scores, { layerCount, ratio });
  return exchangeMembers(best, { layerCount, uniform: (i) => point.uniform(i) });
}

/** The members of a plan's set: sub-blocks that it leaves out. */
function setOf(plan: contract.Plan, layerCount: number): SkipSet {
  const left = (parts: readonly contract.Part[]) =>
    Array.from({ length: layerCount }, (_, block) => block).filter((block) =>
      !plan.some((visit) => visit.block === block && parts.includes(visit.part))
    );
  return { attention: left(["block", "attention"]), mlp: left(["block", "mlp"]) };
}

/** The state after an event. */
export function reduceSwift(
  state: SwiftState,
  event: contract.RoundEvent,
): SwiftState {
  if (event.kind === "round") return { ...state, waited: state.waited + 1 };
  if (event.kind === "prompt") return state;
  if (event.rows === 0) return { ...state, waited: 0 };
  const matchness = event.matches / event.rows;
  const inner = state.scores.length / 2;
  const set = setOf(event.proposal.plan, state.layerCount);
  const scores = state.scores.map((each, i) => {
    const members = i < inner ? set.attention : set.mlp;
    return members.includes(1 + i % inner)
      ? { sum: each.sum + matchness, count: each.count + 1 }
      : each;
  });
  const better = matchness > state.matchness ? { best: set, matchness } : {};
  return { ...state, ...better, waited: 0, tried: state.tried + 1, scores };
}

/** SWIFT as a plugin. */
export const swift: contract.RoundPolicy<SwiftOptions, SwiftState> = {
  name: "swift",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts without sub-blocks of a set that it searches while it decodes",
    source: "Xia et al. 2024, arXiv:2410.06916; recalled",
    acts: ["generation"],
    lossless: true,
    training: "none",
    layers: "Sub-layers of 0-based blocks; the first and the last block are never skipped",
    deviations: [
      "Chains only, no draft trees",
      "Every 25th proposal takes the sub-blocks with the best mean score, in place of a Gaussian process",
      "The search lasts `budget` tries over the stream; the paper counts 1,000 steps",
      "A frozen set is run as draft_and_verify, whose time holds no search",
    ],
  },
  options: {
    ratio: contract.unitInterval({ help: "Share of sub-blocks skipped", default: 0.45 }),
    budget: contract.numberOption({
      help: "Most sets tried over the stream; 0 keeps the first",
      min: 0,
      integer: true,
      default: 200,
    }),
    interval: contract.numberOption({
      help: "Rounds between tries",
      min: 1,
      integer: true,
      default: 3,
    }),
    context: contract.numberOption({
      help: "Positions that a try is scored on",
      min: 1,
      max: 512,
      integer: true,
      default: 32,
    }),
    enough: contract.unitInterval({ help: "Matchness that ends the search", default: 0.95 }),
    draft: contract.numberOption({
      help: "Most tokens drafted per round",
      min: 1,
      max: 64,
      integer: true,
      default: 8,
    }),
    stop: contract.unitInterval({
      help: "Confidence below which drafts stop; 0 never stops",
      default: 0.8,
    }),
  },
  defaultFill: () => "none",
  state: {
    life: "stream",
    initial: ({ model }, { ratio }) => ({
      layerCount: model.layerCount,
      best: firstSwiftSet(model.layerCount, ratio),
      matchness: -1,
      waited: 0,
      tried: 0,
      scores: Array.from(
        { length: 2 * memberCount(model.layerCount) },
        () => ({ sum: 0, count: 0 }),
      ),
    }),
    reduce: (state, event) => reduceSwift(state, event),
  },
  signals: () => ["top1"],
  propose: (point, options) => {
    const { state, model } = point;
    const { layerCount } = model;
    if (isSearching(state, options) && state.waited >= options.interval) {
      const plan = planWithout(swiftCandidate(point, options), layerCount);
      return { kind: "measure", plan, rows: options.context, what: "matches" };
    }
    return {
      kind: "plan",
      plan: planWithout(state.best, layerCount),
      maxTokens: options.draft,
    };
  },
  decide: ({ signals }, { stop }) => signals["top1"]! < stop ? "stop" : "go_on",
};
