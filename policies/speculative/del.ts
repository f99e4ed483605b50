/**
 * DEL: chooses the drafting height, and where a draft stops, from shadow readouts.
 *
 * After each round every eligible height is read out for all rows. Those that count
 * are the rows up to and including the first mismatch of the height that drafted.
 * With decay ω per round, per height l:
 *
 *     c_l ← ω·c_l + [matches, mismatches]       α_l = matches / (matches + mismatches)
 *     s_l ← ω·s_l + [Σ p of matches, Σ p of mismatches]
 *     τ_l = mean of s_l / c_l: midway between confidence when right and when wrong
 *
 * The next round drafts at the height with most tokens per block
 * (`_tokens_per_layer.ts`), until a token's p is below τ; that token is verified too.
 *
 * Source: Entezari Zarch et al. 2025, arXiv:2504.05598, and its released code.
 * Cost: beside LayerSkip's, one readout per eligible height and row.
 * Output: lossless.
 * Errors: `RangeError` if the model has a single block.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";
import { bestExit } from "./_tokens_per_layer.ts";

/** Options of {@linkcode del}. */
export interface DelOptions {
  /** ω: decay of the statistics per round. */
  readonly decay: number;
  /** Most tokens drafted per round. */
  readonly draft: number;
  /** Lowest eligible height. */
  readonly lowest: number;
  /** Eligible heights are this far apart. */
  readonly every: number;
  /** Rows of the prompt that are read out before the first round. */
  readonly context: number;
  /** Whether confidence stops drafts; the length with most tokens per block does otherwise. */
  readonly dynamicStop: boolean;
  /** h: cost of a readout in blocks. */
  readonly headLayers: number;
}

/** Decayed sums of a height. */
export interface DelCounts {
  /** Matches and mismatches. */
  readonly count: readonly [number, number];
  /** Their summed confidences. */
  readonly confidence: readonly [number, number];
}

/** What DEL knows of the sequence. */
export interface DelState {
  /** Blocks of the model. */
  readonly layerCount: number;
  /** Sums per eligible height. */
  readonly heights: readonly DelCounts[];
  /** Index of the height that drafts next. */
  readonly chosen: number;
  /** The length with most tokens per block. */
  readonly length: number;
  /** Whether no round has been yet. */
  readonly first: boolean;
}

/** Eligible heights. */
export function delHeights(
  layerCount: number,
  { lowest, every }: Pick<DelOptions, "lowest" | "every">,
): readonly number[] {
  const heights: number[] = [];
  for (let height = Math.min(lowest, layerCount - 1); height < layerCount; height += every) {
    if (height >= 1) heights.push(height);
  }
  return heights;
}

/** Adds rows `0` to `columns` − 1 of shadow readouts to decayed sums. */
export function addShadow(
  heights: readonly DelCounts[],
  shadow: contract.ShadowReadouts,
  { columns, decay }: { readonly columns: number; readonly decay: number },
): readonly DelCounts[] {
  const target = shadow.tokens.at(-1)!;
  return heights.map(({ count, confidence }, level): DelCounts => {
    const counts: [number, number] = [decay * count[0], decay * count[1]];
    const sums: [number, number] = [decay * confidence[0], decay * confidence[1]];
    for (let j = 0; j < columns; j++) {
      const side = shadow.tokens[level]![j] === target[j] ? 0 : 1;
      counts[side]++;
      sums[side] += shadow.top1[level]![j]!;
    }
    return { count: counts, confidence: sums };
  });
}

/** Columns that count: up to and including the first mismatch of the drafting height. */
export function countedColumns(shadow: contract.ShadowReadouts, chosen: number): number {
  const target = shadow.tokens.at(-1)!;
  const first = target.findIndex((token, j) => shadow.tokens[chosen]![j] !== token);
  return first < 0 ? target.length : first + 1;
}

/** Acceptance estimate of a height; NaN before anything was seen. */
export function delAlpha({ count: [matches, mismatches] }: DelCounts): number {
  return matches / (matches + mismatches);
}

/** τ of a height; NaN until it has been right and wrong. */
export function delThreshold({ count, confidence }: DelCounts): number {
  return (confidence[0] / count[0] + confidence[1] / count[1]) / 2;
}

function select(state: DelState, options: DelOptions): DelState {
  const { layerCount, heights } = state;
  const choice = bestExit(heights.map(delAlpha), {
    exits: delHeights(layerCount, options),
    mostDrafts: options.draft,
    costs: { layerCount, headLayers: options.headLayers },
  });
  return choice === undefined ? state : { ...state, chosen: choice.index, length: choice.draft };
}

/** The state after an event. */
export function reduceDel(
  state: DelState,
  event: contract.RoundEvent,
  options: DelOptions,
): DelState {
  if (event.kind === "measured" || event.shadow === undefined) return state;
  const { shadow } = event;
  const isPrompt = event.kind === "prompt";
  const columns = isPrompt || event.drafted.length === 0
    ? shadow.tokens.at(-1)!.length
    : countedColumns(shadow, state.chosen);
  // The first round's rows belong to the prompt's: one round of statistics.
  const decay = state.first ? 1 : options.decay;
  const heights = addShadow(state.heights, shadow, { columns, decay });
  const next = { ...state, heights };
  return isPrompt ? next : select({ ...next, first: false }, options);
}

/** DEL as a plugin. */
export const del: contract.RoundPolicy<DelOptions, DelState> = {
  name: "del",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts at the height with most tokens per block, told from shadow readouts",
    source: "Entezari Zarch et al. 2025, arXiv:2504.05598; its code, the body was not at hand",
    acts: ["generation"],
    lossless: true,
    training: "recommended",
    layers: "The paper's exit l, a count of layers, is height l here",
    deviations: [
      "headLayers prices the readout, which the paper leaves out; 0 is the paper",
      "Statistics are clipped whenever something was drafted; the released code leaves that out when its unused length is 0",
      "Heights below the draft's are read row by row, the others in one call",
    ],
  },
  options: {
    decay: contract.unitInterval({ help: "Decay of the statistics per round", default: 0.95 }),
    draft: contract.numberOption({
      help: "Most tokens drafted per round",
      min: 1,
      max: 64,
      integer: true,
      default: 18,
    }),
    lowest: contract.numberOption({
      help: "Lowest eligible height",
      min: 1,
      integer: true,
      default: 1,
    }),
    every: contract.numberOption({
      help: "Eligible heights are this far apart",
      min: 1,
      integer: true,
      default: 1,
    }),
    context: contract.numberOption({
      help: "Rows of the prompt that are read out before the first round",
      min: 0,
      max: 512,
      integer: true,
      default: 32,
    }),
    dynamicStop: contract.flagOption({
      help: "Whether confidence stops drafts; the best length does otherwise",
      default: true,
    }),
    headLayers: contract.numberOption({
      help: "Cost of a readout in blocks; 0 as in the paper",
      min: 0,
      default: 0,
    }),
  },
  defaultFill: () => "none",
  validate: (model) => {
    if (model.layerCount > 1) return;
    throw new RangeError(
      `Cannot draft below full depth of model "${model.name}": expected at least 2 blocks: it has 1`,
    );
  },
  state: {
    life: "sequence",
    initial: ({ model: { layerCount } }, options) => ({
      layerCount,
      heights: delHeights(layerCount, options).map((): DelCounts => ({
        count: [0, 0],
        confidence: [0, 0],
      })),
      chosen: 0,
      length: 1,
      first: true,
    }),
    reduce: reduceDel,
  },
  signals: () => ["top1"],
  shadow: ({ layerCount }, options) => ({
    heights: delHeights(layerCount, options),
    promptRows: options.context,
  }),
  propose: ({ model, state }, options) => ({
    kind: "plan",
    plan: contract.planUpTo(delHeights(model.layerCount, options)[state.chosen]!),
    maxTokens: state.first ? 1 : options.dynamicStop ? options.draft : state.length,
  }),
  // A comparison with NaN is false: a height that was never wrong has no threshold.
  decide: ({ state, signals }, { dynamicStop }) =>
    dynamicStop && signals["top1"]! < delThreshold(state.heights[state.chosen]!) ? "stop" : "go_on",
};
