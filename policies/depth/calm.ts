/**
 * Confident adaptive language modeling (CALM): exit once confident enough.
 *
 * Token t leaves at the first checked height h whose confidence c reaches λ_t:
 *
 *     softmax: c = p₍₁₎ − p₍₂₎ of the readout at h
 *     state:   c = cos(h, the state one block or one check lower); 0 at the first
 *     classifier: c = the trained probe "calm" on h, one linear unit and a sigmoid
 *     λ_t = clip₀¹(0.9 λ + 0.1 exp(−τ t / N))     decayForm "paper" (Eq. 5)
 *     λ_t = clip₀¹(λ (0.9 + 0.1 exp(−τ t / N)))   decayForm "code" (released)
 *     λ_t = λ when τ = 0
 *
 * t is the 0-based index of the token being made (`point.emitted`), N the limit
 * on their number. λ ≥ 1 never exits: it bypasses the decay, which would give
 * 0.9018 at t = N, and the bound switches the test off, because a gap or a
 * cosine may round to 1, and so may a sigmoid.
 *
 * Source: Schuster et al. 2022, arXiv:2207.07061, Eqs. 4 and 5.
 * Cost: per check one readout (vocabSize × dModel MACs) for softmax, one dot
 * product and two norms for state, dModel MACs for the classifier.
 * Output: lossy; the token may differ from the full-depth greedy token.
 * Errors: `RangeError` if `at` or `minExit` names heights the model lacks.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode calm}. */
export interface CalmOptions {
  /** How confidence is measured. */
  readonly measure: "softmax" | "state" | "classifier";
  /** λ: smallest confidence that permits an exit, in [0, 1]; 1 never exits. */
  readonly threshold: number;
  /** τ: how fast the threshold falls over the generation; 0 keeps it constant. */
  readonly decay: number;
  /** Which formula the decay follows. */
  readonly decayForm: "paper" | "code";
  /** Heights checked, each in 1..L−1; empty for all of them. */
  readonly at: readonly number[];
  /** Heights below it are not checked, 0..L. */
  readonly minExit: number;
  /** Which lower state the state measure compares with. */
  readonly against: "previous_block" | "previous_check";
}

/** Confidence is a probability gap, a cosine or a sigmoid: 1 at most. */
const BOUND = 1;
/** Name of the classifier among the trained parts. */
const CLASSIFIER = "calm";
/** Name of each measure's signal. */
const SIGNALS = { softmax: "margin", state: "cosine", classifier: "confidence" } as const;
/** Below every cosine, rounding included. */
const BELOW_ALL = -2;

/** λ_t of token `t` of `maxTokens`. A threshold of 1 or more stays as it is. */
export function thresholdAt(
  t: number,
  { options: { threshold, decay, decayForm }, maxTokens }: {
    readonly options: Pick<CalmOptions, "threshold" | "decay" | "decayForm">;
    readonly maxTokens: number;
  },
): number {
  if (decay === 0 || threshold >= BOUND) return threshold;
  const fading = Math.exp(-decay * t / Math.max(1, maxTokens));
  const value = decayForm === "paper"
    ? 0.9 * threshold + 0.1 * fading
    : threshold * (0.9 + 0.1 * fading);
  return Math.min(1, Math.max(0, value));
}

/** Heights checked in a model, ascending and without repetition. */
export function calmHeights(
  layerCount: number,
  { at, minExit }: Pick<CalmOptions, "at" | "minExit">,
): readonly number[] {
  const heights: number[] = [];
  for (let height = Math.max(1, minExit); height < layerCount; height++) {
    if (at.length === 0 || at.includes(height)) heights.push(height);
  }
  return heights;
}

/** The signal that measures confidence. */
export function calmSignals(
  { measure, against }: Pick<CalmOptions, "measure" | "against">,
): readonly contract.SignalDeclaration[] {
  const name = SIGNALS[measure];
  switch (measure) {
    case "softmax":
      return contract.declareSignals("margin");
    case "state":
      return [{ name, kind: "state", signal: "cosine", against }];
    case "classifier":
      return [{ name, kind: "probe", probe: CLASSIFIER, output: 0 }];
  }
}

/** The exit rule as data. */
export function calmRule(model: contract.ModelInfo, options: CalmOptions): contract.Rule {
  const heights = calmHeights(model.layerCount, options);
  const signal = SIGNALS[options.measure];
  const value = options.decay === 0 || options.threshold >= BOUND
    ? options.threshold
    : (point: contract.TokenPoint) =>
      thresholdAt(point.emitted, { options, maxTokens: point.limits.maxTokens });
  const test = (at: readonly number[]): contract.RuleTest => ({
    at,
    signal,
    is: ">=",
    value,
    bound: BOUND,
  });
  if (options.measure !== "state") return test(heights);
  // The state measure has confidence 0 where there is no lower state to compare with.
  const first = options.against === "previous_block" ? 1 : heights[0];
  const compared = test(heights.filter((height) => height !== first));
  if (first === undefined || !heights.includes(first)) return compared;
  // A confidence of 0 reaches λ_t only when that is 0. Otherwise the first check is left out, or
  // switched off where the second one compares with its state.
  const reached = options.threshold === 0 &&
    (options.decay === 0 || options.decayForm === "code");
  if (!reached && options.against === "previous_block") return compared;
  const zero = reached ? BELOW_ALL : BOUND;
  return { any: [{ at: [first], signal, is: ">=", value: zero, bound: BOUND }, compared] };
}

/** Refuses heights that the model does not have. */
export function validateCalm(model: contract.ModelInfo, options: CalmOptions): void {
  const { layerCount, name } = model;
  const wrong = options.at.find((height) => height >= layerCount);
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot check for an exit at height ${wrong}: expected heights below ${layerCount}, the ` +
        `number of blocks of model "${name}": correct option "at"`,
    );
  }
  if (options.minExit > layerCount) {
    throw new RangeError(
      `Cannot exit from height ${options.minExit} on: expected at most ${layerCount}, the number ` +
        `of blocks of model "${name}": lower option "minExit"`,
    );
  }
}

/** CALM as a plugin. */
export const calm: contract.RulePolicy<CalmOptions> = {
  name: "calm",
  family: "depth",
  scope: "rule",
  card: {
    summary: "Exits at the first height whose confidence reaches a (decaying) threshold",
    source: "Schuster et al. 2022, arXiv:2207.07061, Eqs. 4 and 5",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "recommended",
    layers: "The paper counts layers from 1: its output of layer i is height i; L is the last exit",
    deviations: [
      "Prompt and first token run full depth: the paper's model is an encoder-decoder, whose prompt never exits",
      "Decoder-only and pre-norm: states are read out through the final norm and the shared head",
      "The threshold is an option; calibrate it for each model and workload, it does not carry over",
      "The classifier reads the RMS-normalised state, because a pre-norm residual stream grows with height; it needs trained parts, the other measures none",
      "The released code propagates the first exit's state; the fill project writes the state at the exit, as Eq. 4 has it",
      "Each row decides for itself; the released code lets the least confident row of a batch decide",
    ],
  },
  options: {
    measure: contract.choiceOption<"softmax" | "state" | "classifier">({
      help: "Confidence: gap of the two likeliest tokens, cosine to the lower state, trained part",
      choices: ["softmax", "state", "classifier"],
      default: "softmax",
    }),
    threshold: contract.unitInterval({
      help: "Smallest confidence that permits an exit; 1 never exits",
      default: 0.9,
    }),
    decay: contract.numberOption({
      help: "How fast the threshold falls over the generation; 0 keeps it (the paper: 0 or 4)",
      min: 0,
      default: 0,
    }),
    decayForm: contract.choiceOption<"paper" | "code">({
      help: "Decay by the paper's equation 5 or as the released code has it",
      choices: ["paper", "code"],
      default: "paper",
    }),
    at: contract.numbersOption({
      help: "Heights checked; [] checks every height below full depth",
      min: 1,
      integer: true,
      default: [],
    }),
    minExit: contract.numberOption({
      help: "Heights below it are not checked",
      min: 0,
      integer: true,
      default: 0,
    }),
    against: contract.choiceOption<"previous_block" | "previous_check">({
      help: "State with which the state measure compares",
      choices: ["previous_block", "previous_check"],
      default: "previous_block",
    }),
  },
  defaultFill: () => "project",
  validate: validateCalm,
  signals: calmSignals,
  rule: (model, options) => ({ when: calmRule(model, options), then: "exit" }),
};
