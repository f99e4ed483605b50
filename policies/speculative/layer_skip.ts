/**
 * LayerSkip: the first `exit` blocks draft, the others verify.
 *
 *     t_i = argmax readout(h_exit)     i = 1..draft, one after the other
 *     verify blocks exit..L−1 over all rows at once; entries of blocks 0..exit−1 stay
 *
 * Source: Elhoushi et al. 2024, arXiv:2404.16710, self-speculative decoding; its
 * training recipe is in `models/training/`.
 * Cost per round: draft · exit blocks one by one, draft readouts, L blocks over
 * draft + 1 rows (the lower ones are not run again), draft + 1 readouts.
 * Output: lossless.
 * Errors: `RangeError` if `exit` is not below the model's number of blocks.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode layerSkip}. */
export interface LayerSkipOptions {
  /** Height at which drafts are read out, 1..L−1. */
  readonly exit: number;
  /** Most tokens drafted per round. */
  readonly draft: number;
  /** Whether the prompt's upper blocks wait for the first draft. */
  readonly prompt: boolean;
}

/** LayerSkip's self-speculation as a plugin. */
export const layerSkip: contract.RoundPolicy<LayerSkipOptions> = {
  name: "layer_skip",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts with the first blocks and verifies with the rest, sharing cache and states",
    source: "Elhoushi et al. 2024, arXiv:2404.16710, section 4.3 and appendix A.4",
    acts: ["generation"],
    lossless: true,
    training: "recommended",
    layers: "The paper's exit layer E, a count of layers, is height E here",
    deviations: [
      "Prompts run at full depth first, so that arms share a prefilled cache; prompt=true splits them as the paper does",
    ],
  },
  options: {
    exit: contract.numberOption({
      help: "Height at which drafts are read out (the paper: a quarter of the depth)",
      min: 1,
      integer: true,
    }),
    draft: contract.numberOption({
      help: "Most tokens drafted per round",
      min: 1,
      max: 64,
      integer: true,
      default: 4,
    }),
    prompt: contract.flagOption({
      help: "Whether the prompt's upper blocks run together with the first draft's",
      default: false,
    }),
  },
  defaultFill: () => "none",
  actsOnPrompt: ({ prompt }) => prompt,
  validate: (model, { exit }) => {
    if (exit < model.layerCount) return;
    throw new RangeError(
      `Cannot draft at height ${exit}: expected a height from 1 to ${
        model.layerCount - 1
      }, below ` +
        `full depth of model "${model.name}": lower option "exit"`,
    );
  },
  propose: (_point, { exit, draft }) => ({
    kind: "plan",
    plan: contract.planUpTo(exit),
    maxTokens: draft,
  }),
};
