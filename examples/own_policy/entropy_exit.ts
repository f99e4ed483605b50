/**
 * Entropy exit: leave once the next token is certain enough.
 *
 * At each height h in `at`, with p the readout of the state at h:
 *
 *     exit iff  −Σ p ln p ≤ threshold        [nats, over the vocabulary]
 *
 * Source: the entropy rule of BranchyNet (Teerapittayanon et al. 2016).
 * Cost: one readout (vocabSize × dModel MACs) per height checked.
 * Output: lossy. A threshold of 0 never exits: rounding can make entropy 0.
 * Errors: `RangeError` if `at` names a height that the model lacks.
 *
 * @module
 */
import * as contract from "@depthbench/depthbench/contract";

/** Options of {@linkcode entropyExit}. */
export interface EntropyExitOptions {
  /** Largest entropy in nats that permits an exit; 0 never exits. */
  readonly threshold: number;
  /** Heights checked, each in 1..L−1. */
  readonly at: readonly number[];
}

/** Exits once the entropy is small. A NaN entropy never exits. */
export function decideEntropyExit(
  point: contract.BlockPoint,
  options: EntropyExitOptions,
): contract.Action {
  if (options.threshold <= 0 || !options.at.includes(point.height)) return "run";
  return point.signals["entropy"]! <= options.threshold ? "exit" : "run";
}

/** Entropy exit as a plugin. */
export const entropyExit: contract.BlockPolicy<EntropyExitOptions> = {
  name: "entropy_exit",
  family: "depth",
  scope: "block",
  card: {
    summary: "Exits at chosen heights once the next token's entropy is small",
    source: "Teerapittayanon et al. 2016, BranchyNet",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "recommended",
    layers: "A state after the paper's branch behind layer j, counted from 1, is height j",
    deviations: ["BranchyNet trains a classifier per branch; here the shared head reads out"],
  },
  options: {
    threshold: contract.numberOption({
      help: "Largest entropy in nats that permits an exit; 0 never exits",
      min: 0,
      default: 0.5,
    }),
    at: contract.numbersOption({
      help: "Heights checked",
      min: 1,
      integer: true,
      default: [4, 6, 8],
    }),
  },
  defaultFill: () => "project",
  validate: (model, { at }) => {
    const wrong = at.find((height) => height >= model.layerCount);
    if (wrong === undefined) return;
    throw new RangeError(
      `Cannot check at height ${wrong}: expected heights below ${model.layerCount}: correct "at"`,
    );
  },
  heights: (_model, { at }) => [...new Set(at)].sort((a, b) => a - b),
  signals: () => contract.declareSignals("entropy"),
  decide: decideEntropyExit,
};

export default entropyExit;
