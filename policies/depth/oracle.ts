/**
 * The oracle: every token leaves at the lowest height that already predicts what
 * full depth predicts.
 *
 *     T_h = greedy token of the readout at height h of a full-depth run, h = 0..L
 *     first     lowest h ≥ minExit with T_h = T_L
 *     stable    lowest h ≥ minExit with T_k = T_L for all k ≥ h
 *
 * The full-depth run is made by the harness for each token, on the history that
 * the policy has left, and is not counted. Under `recompute` that history is
 * full depth's, so the tokens are too; other fills show what filling alone costs.
 *
 * Source: Schuster et al. 2022, arXiv:2207.07061, the oracle of its tables.
 * Cost: as counted, the blocks below the exit, one readout and the fill. Really
 * L blocks and L + 1 readouts more: nobody can run it.
 * Output: lossless under `recompute`, else lossy.
 * Errors: `RangeError` if `minExit` exceeds the model's number of blocks.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode oracle}. */
export interface OracleOptions {
  /** Which agreement permits an exit. */
  readonly agreement: "first" | "stable";
  /** Lowest height at which tokens leave. */
  readonly minExit: number;
}

/** The height at which a token leaves, given the greedy tokens of the heights 0..L. */
export function oracleExit(
  tokens: readonly number[],
  { agreement, minExit }: OracleOptions,
): number {
  const top = tokens.length - 1;
  if (agreement === "first") {
    return tokens.findIndex((token, height) => height >= minExit && token === tokens[top]);
  }
  let height = top;
  while (height > minExit && tokens[height - 1] === tokens[top]) height--;
  return height;
}

/** The blocks below the exit; all of them where nothing was scouted. */
export function planOracle(point: contract.TokenPoint, options: OracleOptions): contract.Plan {
  const { scouted, model } = point;
  return contract.planUpTo(
    scouted === undefined ? model.layerCount : oracleExit(scouted, options),
  );
}

/** Refuses a lowest exit above the top. */
export function validateOracle(
  { layerCount, name }: contract.ModelInfo,
  { minExit }: OracleOptions,
): void {
  if (minExit > layerCount) {
    throw new RangeError(
      `Cannot exit from height ${minExit} on: expected at most ${layerCount}, the number of ` +
        `blocks of model "${name}": lower option "minExit"`,
    );
  }
}

/** The oracle as a plugin. */
export const oracle: contract.TokenPolicy<OracleOptions> = {
  name: "oracle",
  family: "depth",
  scope: "token",
  scouts: true,
  card: {
    summary: "Leaves where the readout first agrees with full depth: an upper bound, known only " +
      "in hindsight",
    source: "Schuster et al. 2022, arXiv:2207.07061, the oracle measure of its tables",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "none",
    layers: "The paper's layer i is height i here",
    deviations: [
      "minExit=0 also tries the embedding; the paper's lowest exit is its first layer, minExit=1",
      "agreement=stable is ours: it leaves no higher readout that disagrees",
      "Full depth is asked on the history that the exits have left, as a decoder would meet it; " +
      "the fill recompute gives it full depth's own",
    ],
    deployable: false,
  },
  options: {
    agreement: contract.choiceOption<"first" | "stable">({
      help: "Whether the first agreement permits an exit, or only one that lasts to the top",
      choices: ["first", "stable"],
      default: "first",
    }),
    minExit: contract.numberOption({
      help: "Lowest height at which tokens leave",
      min: 0,
      integer: true,
      default: 0,
    }),
  },
  defaultFill: () => "project",
  validate: validateOracle,
  plan: planOracle,
};
