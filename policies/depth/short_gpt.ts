/**
 * ShortGPT: the blocks of least influence are left out.
 *
 *     R = the n unprotected blocks of smallest influence, ties to the lower block
 *     delete    every position, prompt included, runs the blocks outside R
 *     gen       prompt positions do, with projected entries for R; generated tokens run all
 *
 * Influences are measured on a calibration split (block influence: 1 minus the
 * mean cosine of what enters and what leaves a block) and given as an option.
 * Any score by which lower means less needed will do, such as the loss that
 * removing the block costs.
 *
 * Source: Men et al. 2024, arXiv:2403.03853, and its released code.
 * Cost: delete: L − n blocks and one readout per token. gen: n blocks less per
 * prompt position, none less per generated token, n fills per prompt position.
 * Output: lossy unless n is 0.
 * Errors: `RangeError` unless there is one influence per block and n blocks to remove.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode shortGpt}. */
export interface ShortGptOptions {
  /** Influence of each block, [L]. */
  readonly influence: readonly number[];
  /** n: number of blocks removed. */
  readonly remove: number;
  /** Who does without them. */
  readonly mode: "delete" | "gen";
  /** Lowest blocks that stay. */
  readonly protectFirst: number;
  /** Topmost blocks that stay. */
  readonly protectLast: number;
}

/** Blocks that may be removed, least influence first. */
export function shortGptOrder(
  layerCount: number,
  { influence, protectFirst, protectLast }: Omit<ShortGptOptions, "remove" | "mode">,
): readonly number[] {
  const count = Math.max(0, layerCount - protectFirst - protectLast);
  return Array.from({ length: count }, (_, k) => protectFirst + k)
    .sort((a, b) => influence[a]! - influence[b]! || a - b);
}

/** All blocks but the removed ones; all for generated tokens in the mode "gen". */
export function planShortGpt(
  point: contract.TokenPoint,
  options: ShortGptOptions,
): contract.Plan {
  const { layerCount } = point.model;
  const everything = contract.planUpTo(layerCount);
  if (options.mode === "gen" && point.phase !== "prompt") return everything;
  const removed = new Set(shortGptOrder(layerCount, options).slice(0, options.remove));
  return everything.filter(({ block }) => !removed.has(block));
}

/** Refuses influences of other models and more removals than there are blocks. */
export function validateShortGpt(model: contract.ModelInfo, options: ShortGptOptions): void {
  const { layerCount, name } = model;
  if (options.influence.length !== layerCount) {
    throw new RangeError(
      `Cannot rank blocks: expected ${layerCount} influences, one per block of model "${name}": ` +
        `option "influence" has ${options.influence.length}`,
    );
  }
  const most = shortGptOrder(layerCount, options).length;
  if (options.remove > most) {
    throw new RangeError(
      `Cannot remove ${options.remove} blocks: expected at most ${most}, the unprotected ones of ` +
        `model "${name}": lower option "remove", "protectFirst" or "protectLast"`,
    );
  }
}

function protectOption(which: string): contract.OptionSpec<number> {
  return contract.numberOption({
    help: `${which} blocks that stay whatever their influence`,
    min: 0,
    integer: true,
    default: 1,
  });
}

/** ShortGPT as a plugin. */
export const shortGpt: contract.TokenPolicy<ShortGptOptions> = {
  name: "short_gpt",
  family: "depth",
  scope: "token",
  card: {
    summary: "Removes the blocks that turn the residual stream least, once for the whole run",
    source: "Men et al. 2024, arXiv:2403.03853; ShortGPT-gen of the released code (mode=gen)",
    acts: ["generation", "scoring", "classification"],
    lossless: false,
    training: "none",
    layers: "The paper counts layers from 0: its layer l is block l; all tokens are read out at " +
      "height L",
    deviations: [
      "First and last block are protected by default; the paper protects none, and the sets that it published spare both",
      "Influences are measured before the final norm; the released code takes the last state after it",
      "mode=gen goes by prompt and generated positions; the released code by forwards of more than one token, so a prompt of one token differs",
      "Influences rank single blocks once; they are not measured anew after each removal",
    ],
  },
  options: {
    influence: contract.numbersOption({
      help: "Influence of each block, measured on a calibration split",
    }),
    remove: contract.numberOption({
      help: "Number of blocks that are removed, least influence first",
      min: 0,
      integer: true,
    }),
    mode: contract.choiceOption<"delete" | "gen">({
      help: "Whether every position does without them, or prompt positions only",
      choices: ["delete", "gen"],
      default: "delete",
    }),
    protectFirst: protectOption("Lowest"),
    protectLast: protectOption("Topmost"),
  },
  defaultFill: (options) => options.mode === "gen" ? "project" : "none",
  actsOnPrompt: () => true,
  validate: validateShortGpt,
  plan: planShortGpt,
};
