/**
 * Unified layer skipping: one evenly spaced set of blocks for all tokens.
 *
 * With N blocks and target ratio r, m = ⌊N / r⌋ blocks are kept:
 *
 *     released     first and last; then, upwards, multiples of g = ⌊N / (m − 1)⌋
 *                  while fewer than m are kept (the last gap may be the widest)
 *     even         round_half_up(k (N − 1) / (m − 1)), k = 0..m−1; m = 1 keeps N − 1
 *     contiguous_bottom, contiguous_top    the m lowest, the m highest (ablations)
 *
 * Between 1 and 2, g is 1 and "released" would keep a contiguous prefix and the
 * last block, which its authors never meant (their ratio is an integer): such a
 * ratio is refused and "even" is the way out. So is "released" with m = 1, where
 * g divides by zero.
 *
 * Prompt and first token run full depth, as in the paper, unless `prompt` says
 * otherwise. Kept blocks have all entries, skipped ones are never read.
 *
 * Source: Liu, Meng and Zhou 2024, arXiv:2404.06954, and its released rule.
 * Cost: m blocks and one readout per token; no signal.
 * Output: lossy unless ratio is 1; training-free here.
 * Errors: `RangeError` for a ratio that leaves no usable set.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Where the kept blocks lie. */
export type Spacing = "released" | "even" | "contiguous_top" | "contiguous_bottom";

/** Options of {@linkcode unifiedLayerSkipping}. */
export interface UnifiedLayerSkippingOptions {
  /** Target speed-up of the block stack, ≥ 1: N / ratio blocks are kept, rounded down. */
  readonly ratio: number;
  /** Where they lie. */
  readonly spacing: Spacing;
  /** Whether prompt positions skip as well. */
  readonly prompt: boolean;
}

/** The authors' released rule, for 2 ≤ budget ≤ layerCount. */
function releasedSet(layerCount: number, budget: number): number[] {
  const gap = Math.floor(layerCount / (budget - 1));
  const kept = [0];
  for (let block = 1; block < layerCount - 1 && kept.length < budget - 1; block++) {
    if (block % gap === 0) kept.push(block);
  }
  return [...kept, layerCount - 1];
}

/** Blocks at equal distances, both ends kept; the last block alone for a budget of 1. */
function evenSet(layerCount: number, budget: number): number[] {
  if (budget === 1) return [layerCount - 1];
  return Array.from(
    { length: budget },
    (_, k) => Math.floor(k * (layerCount - 1) / (budget - 1) + 0.5),
  );
}

/** Blocks kept of `layerCount`, 0-based and ascending. Expects validated options. */
export function keepSet(
  layerCount: number,
  { ratio, spacing }: Pick<UnifiedLayerSkippingOptions, "ratio" | "spacing">,
): readonly number[] {
  const budget = Math.floor(layerCount / ratio);
  if (budget === layerCount) return contract.planUpTo(layerCount).map((visit) => visit.block);
  switch (spacing) {
    case "released":
      return releasedSet(layerCount, budget);
    case "even":
      return evenSet(layerCount, budget);
    case "contiguous_bottom":
      return Array.from({ length: budget }, (_, k) => k);
    case "contiguous_top":
      return Array.from({ length: budget }, (_, k) => layerCount - budget + k);
  }
}

/** Refuses ratios that keep no block, and those for which "released" has no meaning. */
export function validateUnifiedLayerSkipping(
  model: contract.ModelInfo,
  { ratio, spacing }: UnifiedLayerSkippingOptions,
): void {
  const { layerCount, name } = model;
  const budget = Math.floor(layerCount / ratio);
  if (budget < 1) {
    throw new RangeError(
      `Cannot keep blocks at ratio ${ratio}: expected a ratio of at most ${layerCount}, the ` +
        `number of blocks of model "${name}": lower option "ratio"`,
    );
  }
  if (spacing !== "released" || budget === layerCount) return;
  if (ratio < 2) {
    throw new RangeError(
      `Cannot use spacing "released" at ratio ${ratio}: expected a ratio of 1 or >= 2, because ` +
        `in between the released rule leaves one contiguous hole: give spacing=even`,
    );
  }
  if (budget < 2) {
    throw new RangeError(
      `Cannot use spacing "released" at ratio ${ratio}: expected at least 2 of the ` +
        `${layerCount} blocks of model "${name}" to be kept: give a ratio of at most ` +
        `${layerCount / 2} or spacing=even`,
    );
  }
}

/** The kept blocks, in order. */
export function planUnifiedLayerSkipping(
  point: contract.RunPoint,
  options: UnifiedLayerSkippingOptions,
): contract.Plan {
  return contract.planOf(keepSet(point.model.layerCount, options));
}

/** Unified layer skipping as a plugin. */
export const unifiedLayerSkipping: contract.RunPolicy<UnifiedLayerSkippingOptions> = {
  name: "unified_layer_skipping",
  family: "depth",
  scope: "run",
  card: {
    summary: "Runs one evenly spaced set of blocks, chosen from the target speed-up alone",
    source: "Liu, Meng and Zhou 2024, arXiv:2404.06954; keep-set rule of the released code",
    acts: ["generation", "scoring", "classification"],
    lossless: false,
    training: "recommended",
    layers: "The paper counts layers from 0: its layer l is block l; all tokens are read out at " +
      "height L",
    deviations: [
      "Training-free: the paper fine-tunes the model under the same set",
      'spacing=released is refused for ratios between 1 and 2, which the authors\' integer ratio never takes; spacing=even is "round half up" of equal distances',
      "contiguous_bottom and contiguous_top are pure prefix and suffix, ablations at equal budget",
      "Report blocks kept, not the ratio asked for: 30 blocks at ratio 4 keep 7, a ratio of 4.286",
    ],
  },
  options: {
    ratio: contract.numberOption({
      help: "Target speed-up of the block stack: the number of blocks ÷ ratio are kept, " +
        "rounded down",
      min: 1,
      default: 2,
    }),
    spacing: contract.choiceOption<Spacing>({
      help: "Where the kept blocks lie",
      choices: ["released", "even", "contiguous_top", "contiguous_bottom"],
      default: "released",
    }),
    prompt: contract.flagOption({
      help: "Whether the prompt and the first token skip as well (the paper: false)",
      default: false,
    }),
  },
  defaultFill: () => "none",
  actsOnPrompt: (options) => options.prompt,
  validate: validateUnifiedLayerSkipping,
  plan: planUnifiedLayerSkipping,
};
