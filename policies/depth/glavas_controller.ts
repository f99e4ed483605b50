/**
 * Token-level skip controllers, and the control that sees nothing.
 *
 *     g(x) = W x + c in front of blocks 1..L−2        input "constant": W = 0
 *     the block runs iff softmax(g)₁ ≥ 1/2             index 0 skip, 1 execute
 *     stochastic: the block runs iff u < softmax(g)₁   u uniform in [0, 1), per token, block
 *
 * First and last block always run; prompt and first token run full depth. The study's
 * finding is that the input of a trained controller does not matter: compare both at
 * equal blocks run. A deterministic constant controller is a fixed list of blocks.
 *
 * Source: Glavas et al. 2024, arXiv:2410.20022.
 * Cost: 2 · dModel MACs and one wait per gated block, charged to both inputs alike,
 * although a constant needs neither: `layer_list` runs the same blocks without them.
 * Output: lossy.
 * Errors: `UsageError` without the trained parts "glavas_<input>.<height>".
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode glavasController}. */
export interface GlavasControllerOptions {
  /** What the controller sees: the state in front of the block, or nothing. */
  readonly input: "hidden" | "constant";
  /** Whether a block runs with its probability instead of by the larger logit. */
  readonly stochastic: boolean;
}

/** Blocks that have a gate. */
export function gatedBlocks(layerCount: number): readonly number[] {
  return Array.from({ length: Math.max(0, layerCount - 2) }, (_, i) => i + 1);
}

/** Whether a gated block runs. A NaN probability runs it. */
export function decideGlavas(
  point: contract.BlockPoint,
  { stochastic }: GlavasControllerOptions,
): contract.Action {
  const isGated = point.height >= 1 && point.height <= point.model.layerCount - 2;
  const execute = point.signals["execute"];
  if (!isGated || execute === undefined || Number.isNaN(execute)) return "run";
  const runs = stochastic ? point.uniform(0) < execute : execute >= 0.5;
  return runs ? "run" : "skip";
}

/** Glavas' controllers as a plugin. */
export const glavasController: contract.BlockPolicy<GlavasControllerOptions> = {
  name: "glavas_controller",
  family: "depth",
  scope: "block",
  card: {
    summary: "Skips blocks as a trained linear gate decides, with the state or with nothing to see",
    source: "Glavas et al. 2024, arXiv:2410.20022; its text was not at hand, its code was",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "required",
    layers: "Layer i from 0 is block i; its gate reads the state at height i; L runs in any case",
    deviations: [
      "Decides by the larger logit, a tie runs; the released code samples: stochastic=true",
      "Trained for a share of blocks, |mean keep rate − target|, in place of a price on each, so that both inputs land on as many blocks",
      "Gates alone are trained, on the frozen model; the study fine-tunes it",
      "The constant input is read as a gate with zero weights, so that both inputs cost the same",
      "Inputs embedding, position and initial state are left out",
      "A skipped block is not computed; the released code computes it and masks it",
    ],
  },
  options: {
    input: contract.choiceOption<"hidden" | "constant">({
      help: "What the gates see: the state in front of the block, or nothing",
      choices: ["hidden", "constant"],
      default: "hidden",
    }),
    stochastic: contract.flagOption({
      help: "Whether a block runs with its probability instead of by the larger logit",
      default: false,
    }),
  },
  defaultFill: () => "project",
  heights: ({ layerCount }) => gatedBlocks(layerCount),
  signals: ({ input }) => [{
    name: "execute",
    kind: "probe",
    probe: `glavas_${input}`,
    output: 1,
    perHeight: true,
  }],
  decide: decideGlavas,
};
