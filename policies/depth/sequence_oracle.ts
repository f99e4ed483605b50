/**
 * The sequence oracle: one depth per sequence, chosen in hindsight.
 *
 *     depth(sequence n) = b_n        from the list of choices
 *     exit      blocks 0, …, b − 1
 *     even      blocks ⌊k (L − 1) / (b − 1) + ½⌋, k = 0..b − 1: both ends, evenly spaced
 *
 * The choices are the exact solution of  maximise Σ s[n][b_n] under Σ b_n ≤ budget
 * over the scores s of whole answers at every depth. The study `oracle_gap` makes
 * them from a run of all depths and prints them; this policy repeats them, so
 * that its cost and score can be measured as any other's. A sequence is named by
 * the number that stands for its item; one that is not listed runs `blocks`.
 *
 * Source: Glavas et al. 2024, arXiv:2410.20022, the per-sequence oracle.
 * Cost: b_n blocks and one readout per token, the prompt and first token at full depth.
 * Output: lossy. Undeployable: a choice needs the score of the finished answer.
 * Errors: `RangeError` for a list that is no list of pairs, or depths outside 1..L.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Which blocks a depth stands for. */
export type DepthPattern = "exit" | "even";

/** Options of {@linkcode sequenceOracle}. */
export interface SequenceOracleOptions {
  /** Which blocks a depth stands for. */
  readonly pattern: DepthPattern;
  /** Pairs: number of a sequence, its depth in blocks. */
  readonly choices: readonly number[];
  /** Depth of other sequences; 0 for full depth. */
  readonly blocks: number;
}

/** The blocks that a depth of `count` blocks stands for, ascending. */
export function depthBlocks(
  count: number,
  { layerCount, pattern }: { readonly layerCount: number; readonly pattern: DepthPattern },
): readonly number[] {
  if (pattern === "exit" || count === layerCount) {
    return Array.from({ length: count }, (_, block) => block);
  }
  if (count === 1) return [layerCount - 1];
  return Array.from(
    { length: count },
    (_, k) => Math.floor(k * (layerCount - 1) / (count - 1) + 0.5),
  );
}

/** The depth chosen for a sequence. */
export function chosenDepth(
  sequence: number,
  { layerCount, options: { choices, blocks } }: {
    readonly layerCount: number;
    readonly options: SequenceOracleOptions;
  },
): number {
  for (let i = 0; i < choices.length; i += 2) {
    if (choices[i] === sequence) return choices[i + 1]!;
  }
  return blocks === 0 ? layerCount : blocks;
}

/** The plan of every token of a sequence. Expects validated options. */
export function planSequenceOracle(
  { sequence, model: { layerCount } }: Pick<contract.TokenPoint, "sequence" | "model">,
  options: SequenceOracleOptions,
): contract.Plan {
  const count = chosenDepth(sequence, { layerCount, options });
  return contract.planOf(depthBlocks(count, { layerCount, pattern: options.pattern }));
}

/** Refuses lists without pairs and depths that the model lacks. */
export function validateSequenceOracle(
  { layerCount, name }: contract.ModelInfo,
  { choices, blocks }: SequenceOracleOptions,
): void {
  if (choices.length % 2 !== 0) {
    throw new RangeError(
      'Cannot choose depths: expected pairs of sequence and depth: option "choices" has ' +
        `${choices.length} numbers`,
    );
  }
  const wrong = choices.find((depth, i) => i % 2 === 1 && (depth < 1 || depth > layerCount));
  const odd = wrong ?? (blocks > layerCount ? blocks : undefined);
  if (odd === undefined) return;
  throw new RangeError(
    `Cannot run ${odd} blocks: expected 1 to ${layerCount}, the blocks of model "${name}": ` +
      `correct option "${wrong === undefined ? "blocks" : "choices"}"`,
  );
}

/** The sequence oracle as a plugin. */
export const sequenceOracle: contract.TokenPolicy<SequenceOracleOptions> = {
  name: "sequence_oracle",
  family: "depth",
  scope: "token",
  card: {
    summary: "Runs each sequence at the depth that was best for it in hindsight: an upper bound",
    source: "Glavas et al. 2024, arXiv:2410.20022, the per-sequence oracle",
    acts: ["generation"],
    lossless: false,
    training: "none",
    layers:
      "A depth is a number of blocks; pattern=exit keeps the lowest, pattern=even spreads them",
    deviations: [
      "One frozen model at all depths; the paper fine-tunes one checkpoint per depth",
      "Every sequence weighs the same, as in the paper, and costs its blocks whatever its length",
      "pattern=even keeps both ends; the authors' code keeps the first block only",
    ],
    deployable: false,
  },
  options: {
    pattern: contract.choiceOption<DepthPattern>({
      help: "Which blocks a depth stands for: the lowest, or an even spread with both ends",
      choices: ["exit", "even"],
      default: "even",
    }),
    choices: contract.numbersOption({
      help: "Pairs of sequence and depth, as the study oracle_gap prints them",
      min: 0,
      integer: true,
      default: [],
    }),
    blocks: contract.numberOption({
      help: "Blocks run for a sequence that is not listed; 0 for all",
      min: 0,
      integer: true,
      default: 0,
    }),
  },
  defaultFill: () => "none",
  validate: validateSequenceOracle,
  plan: planSequenceOracle,
};
