/**
 * Draft & Verify: the model without a fixed set of attention and MLP sub-blocks drafts.
 *
 *     stop drafting once p(t_i) < γ, or at `draft` tokens; the weak token is verified too
 *     γ follows the acceptance rate (`_draft_threshold.ts`), or stays
 *
 * Source: Zhang et al. 2023, arXiv:2309.08168; recalled, the paper was not at hand.
 * Cost per round: the plan's blocks and one readout per drafted token, then a
 * full-depth pass over all rows: nothing of the draft's cache is used again.
 * Output: lossless.
 * Errors: `RangeError` if a block is not in the model.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";
import { moveThreshold, type ThresholdOptions, type ThresholdState } from "./_draft_threshold.ts";
import { planWithout, refuseUnknownBlocks, type SkipSet } from "./_skip_set.ts";

/** Options of {@linkcode draftAndVerify}. */
export interface DraftAndVerifyOptions extends SkipSet, ThresholdOptions {
  /** Most tokens drafted per round. */
  readonly draft: number;
  /** γ₀: confidence below which drafts stop at first; 0 never stops. */
  readonly threshold: number;
  /** Whether γ follows the acceptance rate. */
  readonly adaptive: boolean;
}

/** Draft & Verify as a plugin. */
export const draftAndVerify: contract.RoundPolicy<DraftAndVerifyOptions, ThresholdState> = {
  name: "draft_and_verify",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts without some attention and MLP sub-blocks, up to an adaptive confidence",
    source: "Zhang et al. 2023, arXiv:2309.08168; recalled",
    acts: ["generation"],
    lossless: true,
    training: "none",
    layers: "The paper's z over 2L sub-layers is two lists of 0-based blocks here",
    deviations: [
      "The set is given: the paper finds it offline by Bayesian optimisation of time per token",
      "The first round's acceptance rate starts the average, which the paper leaves open",
    ],
  },
  options: {
    attention: contract.numbersOption({
      help: "Blocks that draft without attention, 0-based",
      min: 0,
      integer: true,
      default: [],
    }),
    mlp: contract.numbersOption({
      help: "Blocks that draft without MLP, 0-based",
      min: 0,
      integer: true,
      default: [],
    }),
    draft: contract.numberOption({
      help: "Most tokens drafted per round",
      min: 1,
      max: 64,
      integer: true,
      default: 12,
    }),
    threshold: contract.unitInterval({
      help: "Confidence below which drafts stop at first; 0 never stops",
      default: 0.6,
    }),
    adaptive: contract.flagOption({
      help: "Whether the threshold follows the acceptance rate",
      default: true,
    }),
    target: contract.unitInterval({ help: "Acceptance rate aimed at", default: 0.9 }),
    rateMemory: contract.unitInterval({ help: "Memory of the acceptance rate", default: 0.5 }),
    thresholdMemory: contract.unitInterval({ help: "Memory of the threshold", default: 0.9 }),
    step: contract.unitInterval({ help: "Size of a move of the threshold", default: 0.01 }),
  },
  defaultFill: () => "none",
  validate: (model, options) => refuseUnknownBlocks(options, model),
  state: {
    life: "sequence",
    initial: (_point, { threshold }) => ({ rate: undefined, threshold }),
    reduce: (state, event, options) =>
      event.kind === "round" && options.adaptive
        ? moveThreshold(
          state,
          { accepted: event.accepted, drafted: event.drafted.length },
          options,
        )
        : state,
  },
  signals: () => ["top1"],
  propose: ({ model }, options) => ({
    kind: "plan",
    plan: planWithout(options, model.layerCount),
    maxTokens: options.draft,
  }),
  decide: ({ signals, state }) => signals["top1"]! < state.threshold ? "stop" : "go_on",
};
