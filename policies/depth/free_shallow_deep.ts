/**
 * FREE: one shallow exit, with a threshold that learns from tokens run deep.
 *
 * A token leaves at height `exit` when its shallow readout is confident enough:
 *
 *     until both components are known    c ≥ λ        λ = `threshold`
 *     afterwards, when adaptive          P(agree | c) ≥ ζ
 *
 * c is the gap of the two likeliest tokens, or the probability of the likeliest.
 * P comes of a mixture of two Beta laws of c: tokens whose shallow readout
 * equals that of full depth, and tokens whose does not. Both are fitted by the
 * method of moments on the tokens of this sequence whose full-depth readout is
 * known: those that did not exit and, with the fill `recompute`, those that did
 * and were run to the top together with a later one. With other fills only
 * unconfident tokens are ever known, so the laws see less than they should.
 * λ = 1 never exits and never learns; ζ = 1 stops exits once the laws are known.
 *
 * Source: Bae et al. 2023, arXiv:2310.05424 (shallow-deep module, synchronized
 * parallel decoding, adaptive threshold estimator).
 * Cost: one readout per token at `exit`, one for deep tokens, and one for each
 * exited token when it is run to the top.
 * Output: lossy; the emitted token stays, its state becomes exact.
 * Errors: `RangeError` if `exit` is not below the model's number of blocks.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";
import {
  addConfidence,
  agreementGiven,
  type BetaComponent,
  type ConfidenceMoments,
  fitBeta,
  NO_MOMENTS,
} from "./_beta_mixture.ts";

/** Options of {@linkcode freeShallowDeep}. */
export interface FreeShallowDeepOptions {
  /** Height of the shallow exit, 1..L−1. */
  readonly exit: number;
  /** λ: smallest confidence that permits an exit at first, in [0, 1]; 1 never exits. */
  readonly threshold: number;
  /** Whether the threshold learns. */
  readonly adaptive: boolean;
  /** ζ: smallest probability of agreement that permits an exit. */
  readonly zeta: number;
  /** Tokens that each component must have seen before it is used, ≥ 2. */
  readonly minSamples: number;
  /** What confidence is. */
  readonly measure: "margin" | "top1";
}

/** What the policy has seen of the sequence; unknown components are `undefined`. */
export interface FreeShallowDeepState {
  /** Confidences of tokens whose shallow readout equals full depth's. */
  readonly agreeing: ConfidenceMoments;
  /** Confidences of the others. */
  readonly differing: ConfidenceMoments;
  /** Signals at the shallow exit of the token that is running deep. */
  readonly running: Readonly<Record<string, number>> | undefined;
}

/** The state once full depth's readout of a token is known. */
function learn(
  state: FreeShallowDeepState,
  seen: { readonly signals: Readonly<Record<string, number>>; readonly predicted: number },
  { measure }: FreeShallowDeepOptions,
): FreeShallowDeepState {
  const c = seen.signals[measure]!;
  return seen.signals["token"] === seen.predicted
    ? { ...state, agreeing: addConfidence(state.agreeing, c) }
    : { ...state, differing: addConfidence(state.differing, c) };
}

/** The state after an event: deep tokens and recomputed ones teach, others do not. */
export function reduceFreeShallowDeep(
  state: FreeShallowDeepState,
  event: contract.PolicyEvent,
  options: FreeShallowDeepOptions,
): FreeShallowDeepState {
  switch (event.kind) {
    case "decision":
      return { ...state, running: event.action === "run" ? event.signals : undefined };
    case "recomputed":
      return learn(state, event, options);
    case "token": {
      const { running } = state;
      if (running === undefined) return state;
      const { predicted } = event;
      return { ...learn(state, { signals: running, predicted }, options), running: undefined };
    }
  }
}

/** Both laws, or `undefined` while too few tokens are known. */
export function freeMixture(
  { agreeing, differing }: FreeShallowDeepState,
  { minSamples }: Pick<FreeShallowDeepOptions, "minSamples">,
): { readonly agree: BetaComponent; readonly differ: BetaComponent } | undefined {
  if (agreeing.count < minSamples || differing.count < minSamples) return undefined;
  const agree = fitBeta(agreeing);
  const differ = fitBeta(differing);
  return agree === undefined || differ === undefined ? undefined : { agree, differ };
}

/** Exits when confident enough. A NaN confidence never exits. */
export function decideFreeShallowDeep(
  point: contract.BlockPoint<FreeShallowDeepState>,
  options: FreeShallowDeepOptions,
): contract.Action {
  const { exit, threshold, adaptive, zeta, measure } = options;
  if (point.height !== exit || threshold >= 1) return "run";
  const c = point.signals[measure]!;
  const mixture = adaptive ? freeMixture(point.state, options) : undefined;
  if (mixture === undefined) return c >= threshold ? "exit" : "run";
  return zeta < 1 && agreementGiven(c, mixture) >= zeta ? "exit" : "run";
}

/** Refuses an exit that is none. */
export function validateFreeShallowDeep(
  model: contract.ModelInfo,
  { exit }: FreeShallowDeepOptions,
): void {
  if (exit >= model.layerCount) {
    throw new RangeError(
      `Cannot exit at height ${exit}: expected a height from 1 to ${model.layerCount - 1}, below ` +
        `full depth of model "${model.name}": lower option "exit"`,
    );
  }
}

/** FREE as a plugin. */
export const freeShallowDeep: contract.BlockPolicy<FreeShallowDeepOptions, FreeShallowDeepState> = {
  name: "free_shallow_deep",
  family: "depth",
  scope: "block",
  card: {
    summary: "Exits at one shallow height, by a threshold that learns from tokens run deep",
    source: "Bae et al. 2023, arXiv:2310.05424; recalled, the paper was not at hand",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "recommended",
    layers: "The paper's shallow depth L_S is height L_S here",
    deviations: [
      "Training-free unless the model is exit-trained; the paper trains both exits with layer-wise distillation",
      "Decoder-only: prompt and first token run full depth, the paper's models are encoder-decoders",
      "The laws start anew with each sequence; the paper fits them over its whole evaluation",
      "minSamples is ours: the paper's rule for too few deep tokens was not at hand",
      "Each row decides for itself",
    ],
  },
  options: {
    exit: contract.numberOption({
      help: "Height of the shallow exit (the paper: a third to a half of the depth)",
      min: 1,
      integer: true,
    }),
    threshold: contract.unitInterval({
      help: "Smallest confidence that permits an exit before the laws are known; 1 never exits",
      default: 0.9,
    }),
    adaptive: contract.flagOption({
      help: "Whether the threshold learns from tokens whose full-depth readout is known",
      default: true,
    }),
    zeta: contract.unitInterval({
      help: "Smallest probability of agreement that permits an exit once the laws are known",
      default: 0.4,
    }),
    minSamples: contract.numberOption({
      help: "Tokens of each kind that must be known before the laws are used",
      min: 2,
      integer: true,
      default: 8,
    }),
    measure: contract.choiceOption<"margin" | "top1">({
      help: "Confidence: gap of the two likeliest tokens, or probability of the likeliest",
      choices: ["margin", "top1"],
      default: "margin",
    }),
  },
  defaultFill: () => "recompute",
  validate: validateFreeShallowDeep,
  state: {
    life: "sequence",
    observesRecomputed: ({ adaptive }) => adaptive,
    initial: () => ({ agreeing: NO_MOMENTS, differing: NO_MOMENTS, running: undefined }),
    reduce: reduceFreeShallowDeep,
  },
  heights: (_model, options) => [options.exit],
  signals: ({ measure }) => contract.declareSignals("token", measure),
  decide: decideFreeShallowDeep,
};
