/**
 * Random skipping: every token leaves out blocks by chance. A control.
 *
 *     blocks > 0    k = ⌊blocks⌋, or one more with chance blocks − ⌊blocks⌋; the protected
 *                   blocks run, and of the U others a uniform subset fills up to k
 *     blocks = 0    each unprotected block is skipped with chance `rate`, by itself
 *
 * The subset is drawn by selection: going upwards, a block is taken with chance
 * (still to take) ÷ (still to see). A rule that looks at the token must beat
 * this at an equal mean number of blocks. Draws are hashed from seed, item and
 * position, so a text given at once and token by token meets the same ones; with
 * `route=sequence` from seed and item alone, so that all tokens of a sequence run
 * the same blocks. `draw` names one of many independent sets of draws.
 *
 * Source: the random layer skipping of Glavas et al. 2024, arXiv:2410.20022.
 * Cost: `blocks`, or L − rate · U, blocks per token and a fill for each other.
 * Output: lossy unless nothing is skipped.
 * Errors: `RangeError` if `blocks` is above L or below the protected blocks.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode randomSkip}. */
export interface RandomSkipOptions {
  /** Mean number of blocks run per token; 0 goes by `rate`. */
  readonly blocks: number;
  /** Chance that an unprotected block is skipped, when `blocks` is 0. */
  readonly rate: number;
  /** Lowest blocks that always run. */
  readonly protectFirst: number;
  /** Topmost blocks that always run. */
  readonly protectLast: number;
  /** Whether every token or every sequence draws anew. */
  readonly route: "token" | "sequence";
  /** Which of many independent sets of draws. */
  readonly draw: number;
}

/** Whether a block always runs. */
function isProtected(
  block: number,
  { layerCount, options: { protectFirst, protectLast } }: {
    readonly layerCount: number;
    readonly options: RandomSkipOptions;
  },
): boolean {
  return block < protectFirst || block >= layerCount - protectLast;
}

/** Number of blocks that always run. */
function protectedCount(layerCount: number, options: RandomSkipOptions): number {
  return Math.min(layerCount, options.protectFirst + options.protectLast);
}

/** The blocks of a token, by chance. Draw 0 rounds the budget, draw 1 + b decides on block b. */
export function planRandomSkip(
  point: contract.TokenPoint,
  options: RandomSkipOptions,
): contract.Plan {
  const { layerCount } = point.model;
  const { blocks, rate, route, draw } = options;
  const of = route === "sequence" ? "sequence" : "position";
  const uniform = (i: number) => point.uniform(draw * (layerCount + 1) + i, of);
  const kept: number[] = [];
  let unseen = layerCount - protectedCount(layerCount, options);
  const whole = Math.floor(blocks);
  let wanted = whole + (uniform(0) < blocks - whole ? 1 : 0) - (layerCount - unseen);
  for (let block = 0; block < layerCount; block++) {
    if (isProtected(block, { layerCount, options })) {
      kept.push(block);
      continue;
    }
    const chance = uniform(1 + block);
    const runs = blocks > 0 ? chance * unseen < wanted : chance >= rate;
    unseen--;
    if (!runs) continue;
    kept.push(block);
    wanted--;
  }
  return contract.planOf(kept);
}

/** Refuses budgets that the model or the protected blocks do not leave. */
export function validateRandomSkip(
  model: contract.ModelInfo,
  options: RandomSkipOptions,
): void {
  const { layerCount, name } = model;
  const least = protectedCount(layerCount, options);
  if (options.blocks > 0 && (options.blocks < least || options.blocks > layerCount)) {
    throw new RangeError(
      `Cannot run ${options.blocks} blocks per token: expected ${least} to ${layerCount}, from ` +
        `the protected ones to all of model "${name}": correct option "blocks"`,
    );
  }
}

function protectOption(which: string): contract.OptionSpec<number> {
  return contract.numberOption({
    help: `${which} blocks that always run`,
    min: 0,
    integer: true,
    default: 1,
  });
}

/** Random skipping as a plugin. */
export const randomSkip: contract.TokenPolicy<RandomSkipOptions> = {
  name: "random_skip",
  family: "depth",
  scope: "token",
  card: {
    summary: "Leaves out random blocks, anew for every token: the control of skipping policies",
    source: "Control; random layer skipping of Glavas et al. 2024, arXiv:2410.20022",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "none",
    layers: "Blocks are 0-based; all tokens are read out at height L",
    deviations: [
      "A new subset is drawn for every token by default, as the authors' code does; route=sequence draws one per sequence",
      "First and last block are protected by default; the paper's variants protect none or the first",
      "Skipped positions get projected entries by default, as the authors' code computes them",
    ],
  },
  options: {
    blocks: contract.numberOption({
      help: "Mean number of blocks run per token, such as another policy's; 0 goes by the rate",
      min: 0,
      default: 0,
    }),
    rate: contract.unitInterval({
      help: "Chance that an unprotected block is skipped, when blocks is 0",
      default: 0.25,
    }),
    protectFirst: protectOption("Lowest"),
    protectLast: protectOption("Topmost"),
    route: contract.choiceOption<"token" | "sequence">({
      help: "Whether every token draws its blocks anew, or every sequence",
      choices: ["token", "sequence"],
      default: "token",
    }),
    draw: contract.numberOption({
      help: "Which of many independent sets of draws",
      min: 0,
      integer: true,
      default: 0,
    }),
  },
  defaultFill: () => "project",
  validate: validateRandomSkip,
  plan: planRandomSkip,
};
