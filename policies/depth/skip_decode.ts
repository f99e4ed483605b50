/**
 * SkipDecode: fewer blocks for later tokens, always the topmost ones.
 *
 * Decode step j (0 makes the second token) runs e_j of the N blocks:
 *
 *     linear    e_j = round((1 − u) e_max + u e_min)      u = min(j / S, 1); S = 0: e_min
 *     step      e_j = e_max for j < S, e_min from S on
 *     adaskip   e_j = N − min(K, ⌈(j + 1)(K − 1) / S⌉ + 1)     K = N − e_min
 *
 *     active(e) = {0..w−1} ∪ {N−(e−w)..N−1}   keep "top": warm-up and the top; all for e ≥ N
 *     active(e) = {0..e−1}                    keep "bottom": an exit that sinks
 *
 * Budgets never rise, so the sets are nested and every block that runs finds the
 * entries of all earlier positions: no fill, no recomputation. All rows of a
 * batch at the same j run the same blocks. With keep "top" e_j is at least
 * w + 1, so that the last block always runs.
 *
 * Source: Del Corro et al. 2023, arXiv:2307.02628; "adaskip" is the schedule of
 * its re-implementation in He et al. 2025, arXiv:2501.02336.
 * Cost: e_j blocks and one readout per token; no signal.
 * Output: lossy unless e_min is N.
 * Errors: `RangeError` for budgets that do not fit the model or each other.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode skipDecode}. */
export interface SkipDecodeOptions {
  /** S: decode steps over which the budget falls; 0 starts and stays at the smallest. */
  readonly scheduleLength: number;
  /** e_max: blocks of the first decode step, warm-up included; 0 for 22 in 32. */
  readonly maxActive: number;
  /** e_min: blocks after the schedule, warm-up included; 0 for 11 in 32. */
  readonly minActive: number;
  /** w: lowest blocks that always run when the top is kept. */
  readonly warmupLayers: number;
  /** Which blocks a budget buys. */
  readonly keep: "top" | "bottom";
  /** How the budget falls. */
  readonly shape: "linear" | "step" | "adaskip";
  /** How the linear budget becomes a whole number. */
  readonly rounding: "half_up" | "floor" | "ceil";
  /** Whether prompt positions run the largest budget instead of all blocks. */
  readonly prompt: boolean;
}

/** Largest and smallest budget of a schedule in a model. */
export interface SkipDecodeBudgets {
  /** e_max. */
  readonly max: number;
  /** e_min. */
  readonly min: number;
}

/** Budgets with defaults filled in: the paper's pair for a twofold speed-up of 32 layers, scaled. */
export function skipDecodeBudgets(
  layerCount: number,
  { maxActive, minActive, shape }: Pick<SkipDecodeOptions, "maxActive" | "minActive" | "shape">,
): SkipDecodeBudgets {
  const scaled = (layers: number) => Math.max(1, Math.floor((layers * layerCount + 16) / 32));
  const max = shape === "adaskip" ? layerCount : maxActive > 0 ? maxActive : scaled(22);
  return { max, min: minActive > 0 ? minActive : Math.min(max, scaled(11)) };
}

/** (e_max (S − j) + e_min j) / S rounded in whole numbers, for j < S. */
function linearBudget(
  j: number,
  { max, min, length, rounding }: SkipDecodeBudgets & {
    readonly length: number;
    readonly rounding: SkipDecodeOptions["rounding"];
  },
): number {
  const sum = max * (length - j) + min * j;
  switch (rounding) {
    case "half_up":
      return Math.floor((2 * sum + length) / (2 * length));
    case "floor":
      return Math.floor(sum / length);
    case "ceil":
      return Math.ceil(sum / length);
  }
}

/** Blocks that step `j` runs; −1 is the prompt. Expects validated options. */
export function skipDecodeBudget(
  j: number,
  { layerCount, options }: { readonly layerCount: number; readonly options: SkipDecodeOptions },
): number {
  const { scheduleLength: length, shape, rounding, keep, warmupLayers } = options;
  const { max, min } = skipDecodeBudgets(layerCount, options);
  const budget = (): number => {
    if (shape === "adaskip") {
      const most = layerCount - min;
      const skipped = length === 0 ? most : Math.ceil((j + 1) * (most - 1) / length) + 1;
      return layerCount - Math.min(most, skipped);
    }
    if (j < 0) return max;
    if (j >= length) return min;
    return shape === "step" ? max : linearBudget(j, { max, min, length, rounding });
  };
  const least = keep === "top" ? warmupLayers + 1 : 1;
  return Math.min(layerCount, Math.max(least, budget()));
}

/** The blocks that a budget buys, ascending. */
export function skipDecodeBlocks(
  budget: number,
  { layerCount, options }: {
    readonly layerCount: number;
    readonly options: Pick<SkipDecodeOptions, "keep" | "warmupLayers">;
  },
): readonly number[] {
  const low = options.keep === "top" ? Math.min(budget, options.warmupLayers) : budget;
  return Array.from({ length: budget }, (_, k) => k < low ? k : layerCount - budget + k);
}

/** The blocks of a token: by its place in the generation alone. */
export function planSkipDecode(
  point: contract.TokenPoint,
  options: SkipDecodeOptions,
): contract.Plan {
  const at = { layerCount: point.model.layerCount, options };
  const j = point.phase === "prompt" ? -1 : point.emitted - 1;
  return contract.planOf(skipDecodeBlocks(skipDecodeBudget(j, at), at));
}

/** Refuses budgets above the model, out of order, or too small for the warm-up. */
export function validateSkipDecode(
  model: contract.ModelInfo,
  options: SkipDecodeOptions,
): void {
  const { layerCount, name } = model;
  const { max, min } = skipDecodeBudgets(layerCount, options);
  if (max > layerCount) {
    throw new RangeError(
      `Cannot run ${max} blocks: expected at most ${layerCount}, the number of blocks of model ` +
        `"${name}": lower option "maxActive"`,
    );
  }
  if (min > max) {
    throw new RangeError(
      `Cannot let ${max} blocks fall to ${min}: expected minActive to be at most maxActive, ` +
        `because a budget that rises would need entries that were not written: lower "minActive"`,
    );
  }
  if (options.keep === "top" && min <= options.warmupLayers && min < layerCount) {
    throw new RangeError(
      `Cannot warm up with ${options.warmupLayers} of ${min} blocks: expected at least one ` +
        `more for the top: lower option "warmupLayers" or raise "minActive"`,
    );
  }
}

function budgetOption(which: string, share: number): contract.OptionSpec<number> {
  return contract.numberOption({
    help: `${which}, warm-up included; 0 takes ${share} of 32, scaled to the model`,
    min: 0,
    integer: true,
    default: 0,
  });
}

/** SkipDecode as a plugin. */
export const skipDecode: contract.TokenPolicy<SkipDecodeOptions> = {
  name: "skip_decode",
  family: "depth",
  scope: "token",
  card: {
    summary: "Runs ever fewer blocks, warm-up and topmost ones, as the generation goes on",
    source: "Del Corro et al. 2023, arXiv:2307.02628; the body of the paper was not at hand",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "recommended",
    layers: "The paper's exit layer counts active layers, warm-up included: a number of blocks " +
      "here; layer l from 0 is block l, and all tokens are read out at height L (keep=top)",
    deviations: [
      "Training-free: the paper fine-tunes the model under the schedule",
      "That the paper's exit layer counts the warm-up, and that budgets round half up, is inferred",
      "scheduleLength has no default: the paper takes the median output length of the training set, so measure it on a calibration split",
      "shape=step, keep=bottom (an exit that sinks) and prompt=true are ablations of ours",
      "shape=adaskip is the schedule of a re-implementation; it starts at one skipped block, and does not use maxActive",
      "The power-law schedule that the paper leaves to future work is left out",
      "Report blocks run: outputs shorter than the schedule save less than the target, longer ones more",
    ],
  },
  options: {
    scheduleLength: contract.numberOption({
      help: "Decode steps over which the budget falls: the usual output length in tokens",
      min: 0,
      integer: true,
    }),
    maxActive: budgetOption("Blocks of the first decode step", 22),
    minActive: budgetOption("Blocks at the end of the schedule and after it", 11),
    warmupLayers: contract.numberOption({
      help: "Lowest blocks that always run when the top is kept",
      min: 0,
      integer: true,
      default: 1,
    }),
    keep: contract.choiceOption<"top" | "bottom">({
      help: "Which blocks the budget buys beside the warm-up: the topmost, or the lowest",
      choices: ["top", "bottom"],
      default: "top",
    }),
    shape: contract.choiceOption<"linear" | "step" | "adaskip">({
      help: "How the budget falls",
      choices: ["linear", "step", "adaskip"],
      default: "linear",
    }),
    rounding: contract.choiceOption<"half_up" | "floor" | "ceil">({
      help: "How the linear budget becomes a whole number",
      choices: ["half_up", "floor", "ceil"],
      default: "half_up",
    }),
    prompt: contract.flagOption({
      help: "Whether prompt and first token run the largest budget (the paper: all blocks)",
      default: false,
    }),
  },
  defaultFill: () => "none",
  actsOnPrompt: (options) => options.prompt,
  validate: validateSkipDecode,
  plan: planSkipDecode,
};
