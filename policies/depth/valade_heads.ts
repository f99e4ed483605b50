/**
 * Self-supervised exit heads: leave at the first trained head that is sure.
 *
 *     z_m = U_m · norm(x at height b_m)                 heads at heights b_1 < … < b_M
 *     entropy:      leave iff H(softmax z_m) ≤ θ_m      nats; θ = 0 never leaves
 *     top1:         leave iff max softmax z_m ≥ θ_m     θ = 1 never leaves
 *     logit_margin: leave iff z₍₁₎ − z₍₂₎ ≥ θ_m
 *
 * The token is the head's own, argmax z_m. Thresholds come from a calibration that
 * finds the largest share of positions whose agreement with full depth is at least a
 * target, head by head on what lower heads refuse; a file of parts names them.
 *
 * Source: Valade 2024/2026, arXiv:2407.21082.
 * Cost: one readout (vocabSize × dModel MACs) per head checked.
 * Output: lossy; the token may differ from the full-depth greedy token.
 * Errors: `RangeError` if heights and thresholds do not fit; `UsageError` without the
 * trained parts "valade.<height>".
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode valadeHeads}. */
export interface ValadeHeadsOptions {
  /** Heights of the heads, ascending, each in 1..L−1. */
  readonly at: readonly number[];
  /** Threshold of each head, or one for all. */
  readonly thresholds: readonly number[];
  /** What is compared with them. */
  readonly metric: "entropy" | "top1" | "logit_margin";
}

/** Name of the heads among the trained parts. */
const HEADS = "valade";

/** The comparison of each metric. The signal's bound, where it has one, never leaves. */
const TESTS = {
  entropy: { signal: "entropy", is: "<=", bound: 0 },
  top1: { signal: "top1", is: ">=", bound: 1 },
  logit_margin: { signal: "logitMargin", is: ">=" },
} as const;

/** The exit rule as data. */
export function valadeRule(
  { at, thresholds, metric }: ValadeHeadsOptions,
): contract.Rule {
  const test = TESTS[metric];
  return {
    any: at.map((height, m) => ({ ...test, at: [height], value: thresholds[m] ?? thresholds[0]! })),
  };
}

/** Refuses heights and thresholds that do not fit each other or the model. */
export function validateValade(
  { layerCount, name }: contract.ModelInfo,
  { at, thresholds }: ValadeHeadsOptions,
): void {
  const isAscending = at.every((height, m) => m === 0 || height > at[m - 1]!);
  if (at.length === 0 || !isAscending || at.at(-1)! >= layerCount) {
    throw new RangeError(
      `Cannot leave by heads at heights [${at.join(",")}]: expected ascending heights from 1 to ` +
        `${layerCount - 1}, below the top of model "${name}": correct option "at"`,
    );
  }
  if (thresholds.length !== 1 && thresholds.length !== at.length) {
    throw new RangeError(
      `Cannot compare ${at.length} heads with ${thresholds.length} thresholds: expected one for ` +
        `each head, or one for all: correct option "thresholds"`,
    );
  }
}

/** Valade's exit heads as a plugin. */
export const valadeHeads: contract.RulePolicy<ValadeHeadsOptions> = {
  name: "valade_heads",
  family: "depth",
  scope: "rule",
  card: {
    summary: "Leaves at the first trained exit head whose entropy is low enough",
    source: "Valade 2024/2026, arXiv:2407.21082; its body was not at hand, its code was",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "required",
    layers: "A head at height b reads the state after b blocks; the released code's index b " +
      "names the block whose output is read, which is height b + 1 here",
    deviations: [
      "A token leaves at an entropy equal to the threshold: with the released strict < the calibrated coverage would miss its last sample",
      "No default thresholds: a file of parts names those that its recipe calibrated, as specs to copy",
      "The paper's target is marginal per head; the embedded thresholds are fitted in cascade, on what lower heads refuse, with a margin of 1.645 standard errors; neither promises anything for free-running text",
      "The released code has no KV cache and runs the prefix anew: recompute gives the same states; project may be crossed, and then agreement falls below the calibrated target",
      "Prompt and first token run full depth",
      "metric=logit_margin is the first version's; top1 is its other choice",
    ],
  },
  options: {
    at: contract.numbersOption({
      help: "Heights of the heads, ascending",
      min: 1,
      integer: true,
    }),
    thresholds: contract.numbersOption({
      help: "Threshold of each head, or one for all: nats, probability or logits by the metric",
      min: 0,
    }),
    metric: contract.choiceOption<ValadeHeadsOptions["metric"]>({
      help: "What is compared: entropy, largest probability, or gap of the two largest logits",
      choices: ["entropy", "top1", "logit_margin"],
      default: "entropy",
    }),
  },
  defaultFill: () => "recompute",
  validate: validateValade,
  signals: ({ metric }) => [{
    name: TESTS[metric].signal,
    kind: "readout",
    signal: TESTS[metric].signal,
    head: HEADS,
    perHeight: true,
  }],
  readoutHead: (height) => contract.partName(HEADS, { height, perHeight: true }),
  rule: (_model, options) => ({ when: valadeRule(options), then: "exit" }),
};
