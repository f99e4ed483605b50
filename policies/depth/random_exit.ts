/**
 * Random exit: every token leaves at a height drawn by chance. A control.
 *
 *     histogram    height h with chance weight_h ÷ Σ weights, h = 0..L
 *     blocks > 0   at each height from `minExit` on with chance q, solved so that the mean
 *                  height minExit + Σ_{k=1..L−minExit} (1 − q)^k is `blocks`
 *     else         the same with q = `rate`
 *
 * With the depth histogram of another policy it has that policy's cost and
 * depths, and knows nothing of the token: a rule that looks at it must do
 * better. Draws are hashed from seed, item and position.
 *
 * Source: none; the control of exit policies.
 * Cost: the height's blocks and one readout per token, and the fill above it.
 * Output: lossy unless every token leaves at L.
 * Errors: `RangeError` if `blocks`, `minExit` or the histogram do not fit L.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode randomExit}. */
export interface RandomExitOptions {
  /** Mean height at which tokens leave; 0 goes by `rate`. */
  readonly blocks: number;
  /** Chance of leaving at each height reached, when `blocks` is 0. */
  readonly rate: number;
  /** Lowest height at which tokens leave. */
  readonly minExit: number;
  /** Weights of the heights 0..L; empty goes by `blocks` or `rate`. */
  readonly histogram: readonly number[];
}

/** Mean height above the lowest of `count` further heights, at chance q of leaving at each. */
function meanClimb(q: number, count: number): number {
  let sum = 0;
  let left = 1;
  for (let k = 0; k < count; k++) sum += left *= 1 - q;
  return sum;
}

/** Chance of leaving at each height for a mean height of `blocks`, by bisection to 2⁻⁴⁰. */
export function solveExitRate(
  blocks: number,
  { layerCount, minExit }: { readonly layerCount: number; readonly minExit: number },
): number {
  const count = layerCount - minExit;
  const climb = blocks - minExit;
  if (climb >= count) return 0;
  let low = 0;
  let high = 1;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (meanClimb(middle, count) > climb) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The height of a histogram below which a share `draw` of its weights lies. */
function heightOf(histogram: readonly number[], draw: number): number {
  let left = draw * histogram.reduce((sum, weight) => sum + weight, 0);
  let last = 0;
  for (let height = 0; height < histogram.length; height++) {
    const weight = histogram[height]!;
    if (weight <= 0) continue;
    if (left < weight) return height;
    left -= weight;
    last = height;
  }
  return last;
}

/** The height at which a token leaves, by chance. Expects validated options. */
export function randomExitHeight(
  point: contract.TokenPoint,
  options: RandomExitOptions,
): number {
  const { layerCount } = point.model;
  const { blocks, minExit, histogram } = options;
  if (histogram.length > 0) return heightOf(histogram, point.uniform(0));
  const rate = blocks > 0 ? solveExitRate(blocks, { layerCount, minExit }) : options.rate;
  let height = minExit;
  while (height < layerCount && point.uniform(height) >= rate) height++;
  return height;
}

/** The blocks below the height drawn. */
export function planRandomExit(
  point: contract.TokenPoint,
  options: RandomExitOptions,
): contract.Plan {
  return contract.planUpTo(randomExitHeight(point, options));
}

/** Refuses heights and histograms that do not fit the model. */
export function validateRandomExit(
  model: contract.ModelInfo,
  { blocks, minExit, histogram }: RandomExitOptions,
): void {
  const { layerCount, name } = model;
  if (minExit > layerCount) {
    throw new RangeError(
      `Cannot exit from height ${minExit} on: expected at most ${layerCount}, the number of ` +
        `blocks of model "${name}": lower option "minExit"`,
    );
  }
  if (blocks > 0 && (blocks < minExit || blocks > layerCount)) {
    throw new RangeError(
      `Cannot exit at height ${blocks} on average: expected ${minExit} to ${layerCount}, from ` +
        `the lowest exit to all blocks of model "${name}": correct option "blocks"`,
    );
  }
  if (histogram.length === 0) return;
  if (histogram.length !== layerCount + 1) {
    throw new RangeError(
      `Cannot draw heights: expected ${layerCount + 1} weights, of the heights 0 to ` +
        `${layerCount} of model "${name}": option "histogram" has ${histogram.length}`,
    );
  }
  if (histogram.every((weight) => weight === 0)) {
    throw new RangeError(
      'Cannot draw heights: expected a weight above 0: option "histogram" has none',
    );
  }
}

/** Random exit as a plugin. */
export const randomExit: contract.TokenPolicy<RandomExitOptions> = {
  name: "random_exit",
  family: "depth",
  scope: "token",
  card: {
    summary: "Reads every token out at a random height: the control of exit policies",
    source: "none",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "none",
    layers: "Heights: an exit at height h has run blocks 0 to h − 1",
    deviations: [],
  },
  options: {
    blocks: contract.numberOption({
      help: "Mean height, such as another policy's; 0 goes by the rate",
      min: 0,
      default: 0,
    }),
    rate: contract.unitInterval({
      help: "Chance of leaving at each height reached, when blocks is 0",
      default: 0.1,
    }),
    minExit: contract.numberOption({
      help: "Lowest height at which tokens leave",
      min: 0,
      integer: true,
      default: 1,
    }),
    histogram: contract.numbersOption({
      help: "Weights of the heights 0 to L, such as another policy's depth histogram; [] for none",
      min: 0,
      default: [],
    }),
  },
  defaultFill: () => "project",
  validate: validateRandomExit,
  plan: planRandomExit,
};
