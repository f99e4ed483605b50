/**
 * Fixed exit: every token leaves at the same height.
 *
 *     plan = 0, 1, …, exit − 1        read out by the shared head at height `exit`
 *
 * The static control of every exit policy: a rule that looks at the token must
 * beat it at an equal mean number of blocks. With `prompt` the prompt leaves at
 * the same height, as when the upper blocks are cut off the model; without it
 * prompt and first token run full depth. The plans are nested, so no later
 * token reads an entry that was not written.
 *
 * Source: the static exit that CALM compares with (Schuster et al. 2022,
 * arXiv:2207.07061); `prompt=true` is early exit at a layer as LayerSkip
 * evaluates it (Elhoushi et al. 2024, arXiv:2404.16710).
 * Cost: `exit` blocks and one readout per token.
 * Output: lossy unless `exit` is L.
 * Errors: `RangeError` if `exit` is above the model's number of blocks.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode fixedExit}. */
export interface FixedExitOptions {
  /** Height at which tokens are read out, 1..L. */
  readonly exit: number;
  /** Whether prompt positions leave there as well. */
  readonly prompt: boolean;
}

/** Blocks 0 to `exit` − 1. */
export function planFixedExit(
  _point: contract.RunPoint,
  options: FixedExitOptions,
): contract.Plan {
  return contract.planUpTo(options.exit);
}

/** Refuses a height that the model does not have. */
export function validateFixedExit(model: contract.ModelInfo, options: FixedExitOptions): void {
  if (options.exit > model.layerCount) {
    throw new RangeError(
      `Cannot exit at height ${options.exit}: expected a height from 1 to ${model.layerCount}, ` +
        `the number of blocks of model "${model.name}": lower option "exit"`,
    );
  }
}

/** A fixed exit as a plugin. */
export const fixedExit: contract.RunPolicy<FixedExitOptions> = {
  name: "fixed_exit",
  family: "depth",
  scope: "run",
  card: {
    summary: "Reads every token out at one fixed height: the static control",
    source: "Static baseline of arXiv:2207.07061; with prompt=true early exit of arXiv:2404.16710",
    acts: ["generation", "scoring", "classification"],
    lossless: false,
    training: "recommended",
    layers: "A paper's exit after its layer j, counted from 1, is height j here",
    deviations: [
      "LayerSkip trains with layer dropout and exit losses; on a model trained without them early readouts are poor",
    ],
  },
  options: {
    exit: contract.numberOption({
      help: "Height at which every token is read out; the number of blocks is full depth",
      min: 1,
      integer: true,
    }),
    prompt: contract.flagOption({
      help: "Whether the prompt and the first token leave there as well",
      default: false,
    }),
  },
  defaultFill: () => "none",
  actsOnPrompt: (options) => options.prompt,
  validate: validateFixedExit,
  plan: planFixedExit,
};
