/**
 * Dynamic vocabulary pruning.
 *
 * The first readout of a token at or above `pruneAt` runs over the whole vocabulary; its k
 * likeliest tokens S are all that later readouts of this token multiply:
 *
 *     S = top-k of W_U · norm(h_p)      h_p: [dModel], W_U: [vocabSize, dModel]
 *     z_l = W_U[S] · norm(h_l)          l > p, [k]; softmax over these k alone
 *
 * A token that leaves at height p is the argmax over all tokens, one that leaves above it
 * the argmax over S; one that never leaves is read out in full at the top.
 *
 * Source: Vincenti et al. 2024, arXiv:2410.18952, "Dynamic Vocabulary Pruning in
 * early-exit LLMs". It composes with any policy that reads out at heights.
 * Heights: the paper's "after l blocks" is our height l; its pruning layer is `pruneAt`.
 * Cost: a readout over S is k · dModel MACs instead of vocabSize · dModel.
 * Output: lossy beyond the policy in front: the best token may have been dropped, and
 * confidence over k tokens is never lower than over all.
 * Errors: `RangeError` if k is below 2 or above the vocabulary, or `pruneAt` above L − 1.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode vocabularyPruning}. */
export interface VocabularyPruningOptions {
  /** Tokens kept, at least 2. */
  readonly k: number;
  /** Lowest height whose readout may choose them. */
  readonly pruneAt: number;
}

/** Which tokens are kept. */
export function keepTokens({ k, pruneAt }: VocabularyPruningOptions): contract.VocabularyKeep {
  return { k, from: pruneAt };
}

/** Dynamic vocabulary pruning as a plugin. */
export const vocabularyPruning: contract.ReadoutPolicy<VocabularyPruningOptions> = {
  name: "vocabulary_pruning",
  family: "readout",
  scope: "readout",
  card: {
    summary: "Reads out over the k likeliest tokens of the first readout only",
    source: "Vincenti et al. 2024, arXiv:2410.18952",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "none",
    layers: 'the paper\'s "after l blocks" is height l; its pruning layer p is pruneAt',
    deviations: [
      "the number of tokens is fixed: the released code's decaying and adaptive numbers are left out",
      "likelihood and divergence are those of the whole readout at the exit: over k tokens most of the vocabulary would have probability 0",
    ],
  },
  options: {
    k: contract.numberOption({ help: "Tokens kept", min: 2, integer: true, default: 256 }),
    pruneAt: contract.numberOption({
      help: "Lowest height whose readout chooses them",
      min: 0,
      integer: true,
      default: 0,
    }),
  },
  defaultFill: () => "project",
  validate(model, { k, pruneAt }) {
    if (k > model.vocabSize) {
      throw new RangeError(
        `Cannot read option "k" of policy "vocabulary_pruning": must be <= ${model.vocabSize}, the vocabulary of "${model.name}": current value is ${k}`,
      );
    }
    if (pruneAt >= model.layerCount) {
      throw new RangeError(
        `Cannot read option "pruneAt" of policy "vocabulary_pruning": must be < ${model.layerCount}, the blocks of "${model.name}": current value is ${pruneAt}`,
      );
    }
  },
  keep: (_model, options) => keepTokens(options),
};
