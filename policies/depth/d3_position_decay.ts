/**
 * D3, position-aware depth decay: fewer middle blocks for later tokens.
 *
 * Generated token i (0 comes of the prompt, 1 of the first decode step) runs
 *
 *     b_i = L                              i < i₀ = ⌊start · refLength⌋
 *     b_i = max(H + B, ⌊L α^e + 1e-12⌋)    e = i − i₀ (exponentOrigin "start") or i ("absolute")
 *
 * of the L blocks: all but the first L − b_i of a fixed order of the blocks
 * H..L−B−1 between the protected ends. Default ends: H = ⌈0.15 L⌉, B = ⌈0.08 L⌉.
 *
 *     middle_out     from the centre of the flexible blocks outwards, ties to the lower block
 *     bi_ascending   least block influence first, ties to the lower block
 *     top_down, bottom_up    the highest, the lowest flexible block first
 *
 * Budgets never rise and the order is fixed, so the sets are nested and every
 * block that runs finds the entries of all earlier positions: no fill.
 *
 * With α = 0 it is solved so that tokens 0..refLength−1 run L ÷ target blocks on
 * average, by bisection over the tokens that each flexible block still serves.
 *
 * Source: Fan et al. 2025, arXiv:2503.08524.
 * Cost: b_i blocks and one readout per token; no signal.
 * Output: lossy unless α or start is 1.
 * Errors: `RangeError` for ends that overlap, a target out of reach, influences
 * that do not fit the model.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode d3PositionDecay}. */
export interface D3PositionDecayOptions {
  /** T_ref: usual output length in tokens. */
  readonly refLength: number;
  /** α: share of depth kept per token, in (0, 1]; 0 solves it for `target`. */
  readonly alpha: number;
  /** Depth ÷ mean depth over `refLength` tokens for which α is solved. */
  readonly target: number;
  /** Share of `refLength` before which tokens run full depth. */
  readonly start: number;
  /** H: lowest blocks that always run; 0 for 15 % of them. */
  readonly headCore: number;
  /** B: topmost blocks that always run; 0 for 8 % of them. */
  readonly tailCore: number;
  /** In which order blocks are given up. */
  readonly skipOrder: "middle_out" | "bi_ascending" | "top_down" | "bottom_up";
  /** Influence of each block, for "bi_ascending". */
  readonly influence: readonly number[];
  /** Where the exponent is 0. */
  readonly exponentOrigin: "start" | "absolute";
}

/** Absorbs the rounding of L α^e where it is a whole number. */
const EPSILON = 1e-12;

/** Protected blocks at both ends. */
export interface D3Core {
  /** H. */
  readonly head: number;
  /** B. */
  readonly tail: number;
}

/** The protected ends, defaults filled in. */
export function d3Core(
  layerCount: number,
  { headCore, tailCore }: Pick<D3PositionDecayOptions, "headCore" | "tailCore">,
): D3Core {
  const head = headCore > 0 ? headCore : Math.min(layerCount, Math.ceil(15 * layerCount / 100));
  const most = Math.max(0, layerCount - head);
  return { head, tail: tailCore > 0 ? tailCore : Math.min(most, Math.ceil(8 * layerCount / 100)) };
}

/** The flexible blocks in the order in which they are given up. */
export function d3SkipOrder(
  layerCount: number,
  options: Pick<D3PositionDecayOptions, "headCore" | "tailCore" | "skipOrder" | "influence">,
): readonly number[] {
  const { head, tail } = d3Core(layerCount, options);
  const count = Math.max(0, layerCount - head - tail);
  const flexible = Array.from({ length: count }, (_, k) => head + k);
  const centre = head + (count - 1) / 2;
  switch (options.skipOrder) {
    case "middle_out":
      return flexible.sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre) || a - b);
    case "bi_ascending":
      return flexible.sort((a, b) => options.influence[a]! - options.influence[b]! || a - b);
    case "top_down":
      return flexible.reverse();
    case "bottom_up":
      return flexible;
  }
}

/** Tokens 0..refLength−1 that run at full depth before the decay starts. */
function startOf({ start, refLength }: D3PositionDecayOptions): number {
  return Math.floor(start * refLength);
}

/** Σ of the budgets of tokens 0..refLength−1, as a function of α. */
function blocksByAlpha(
  layerCount: number,
  options: D3PositionDecayOptions,
): (alpha: number) => number {
  const { head, tail } = d3Core(layerCount, options);
  const { refLength } = options;
  const i0 = Math.min(refLength, startOf(options));
  const origin = options.exponentOrigin === "start" ? i0 : 0;
  const least = (head + tail) * refLength + (layerCount - head - tail) * i0;
  // Token e still reaches budget b while L α^e + 1e-12 ≥ b, that is e ≤ ln((b − 1e-12) / L) / ln α.
  const logs: number[] = [];
  for (let budget = head + tail + 1; budget <= layerCount; budget++) {
    logs.push(Math.log((budget - EPSILON) / layerCount));
  }
  return (alpha) => {
    if (alpha === 1) return layerCount * refLength;
    const logAlpha = Math.log(alpha);
    let sum = least;
    for (const log of logs) {
      const served = Math.min(refLength, origin + Math.floor(log / logAlpha) + 1);
      sum += Math.max(0, served - i0);
    }
    return sum;
  };
}

/** The α at which the mean depth of `refLength` tokens is L ÷ target, from above, to 2⁻⁴⁰. */
export function solveD3Alpha(layerCount: number, options: D3PositionDecayOptions): number {
  const wanted = layerCount / options.target * options.refLength;
  const blocks = blocksByAlpha(layerCount, options);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (blocks(middle) < wanted) low = middle;
    else high = middle;
  }
  return high;
}

/** Number of blocks that generated token `i` runs. */
export function d3Budget(
  i: number,
  { layerCount, options }: {
    readonly layerCount: number;
    readonly options: D3PositionDecayOptions;
  },
): number {
  const i0 = startOf(options);
  if (i < i0) return layerCount;
  const { head, tail } = d3Core(layerCount, options);
  const alpha = options.alpha > 0 ? options.alpha : solveD3Alpha(layerCount, options);
  const e = options.exponentOrigin === "start" ? i - i0 : i;
  return Math.max(head + tail, Math.floor(layerCount * alpha ** e + EPSILON));
}

/** The blocks of a token: by its place in the generation alone. */
export function planD3PositionDecay(
  point: contract.TokenPoint,
  options: D3PositionDecayOptions,
): contract.Plan {
  const { layerCount } = point.model;
  const budget = d3Budget(point.emitted, { layerCount, options });
  const skipped = new Set(d3SkipOrder(layerCount, options).slice(0, layerCount - budget));
  return contract.planUpTo(layerCount).filter(({ block }) => !skipped.has(block));
}

/** Refuses ends that overlap, targets out of reach and influences of other models. */
export function validateD3PositionDecay(
  model: contract.ModelInfo,
  options: D3PositionDecayOptions,
): void {
  const { layerCount, name } = model;
  const { head, tail } = d3Core(layerCount, options);
  if (head + tail > layerCount) {
    throw new RangeError(
      `Cannot protect ${head} blocks below and ${tail} above: expected at most ${layerCount} ` +
        `together, the number of blocks of model "${name}": lower "headCore" or "tailCore"`,
    );
  }
  const { influence, skipOrder } = options;
  if (skipOrder === "bi_ascending" && influence.length !== layerCount) {
    throw new RangeError(
      `Cannot order blocks by influence: expected ${layerCount} numbers, one per block of model ` +
        `"${name}": option "influence" has ${influence.length}`,
    );
  }
  const least = blocksByAlpha(layerCount, options)(Number.MIN_VALUE) / options.refLength;
  if (options.alpha === 0 && layerCount / options.target < least) {
    throw new RangeError(
      `Cannot solve the decay for target ${options.target}: expected at most ` +
        `${
          (layerCount / least).toFixed(3)
        }, because the start and the protected ends run anyway: ` +
        `lower "target", "start" or the ends`,
    );
  }
}

function coreOption(which: string, share: string): contract.OptionSpec<number> {
  return contract.numberOption({
    help: `${which} blocks that always run; 0 for ${share} of them, rounded up`,
    min: 0,
    integer: true,
    default: 0,
  });
}

/** D3 as a plugin. */
export const d3PositionDecay: contract.TokenPolicy<D3PositionDecayOptions> = {
  name: "d3_position_decay",
  family: "depth",
  scope: "token",
  card: {
    summary: "Gives up middle blocks one after the other as the generation goes on",
    source: "Fan et al. 2025, arXiv:2503.08524; neither the paper's body nor code was at hand",
    acts: ["generation", "scoring"],
    lossless: false,
    training: "none",
    layers: "The paper counts layers from 0: its layer l is block l; all tokens are read out at " +
      "height L",
    deviations: [
      "Core sizes, skip orders and the role of the start are ours: the paper's were not at hand; every report must say so",
      "The paper copies entries into gaps; with a fixed order the sets are nested and there are no gaps",
      "refLength has no default: measure the usual output length on a calibration split",
      "alpha=0 solves the decay for a target mean depth instead of the paper's search on a task",
      "exponentOrigin=absolute is the abstract's literal formula, which jumps where the decay starts",
      "influence is given, not measured here; the paper motivates the order by cosine and distance",
    ],
  },
  options: {
    refLength: contract.numberOption({
      help: "Usual output length in tokens",
      min: 1,
      integer: true,
    }),
    alpha: contract.numberOption({
      help: "Share of the depth kept from token to token; 0 solves it for the target",
      min: 0,
      max: 1,
      default: 0,
    }),
    target: contract.numberOption({
      help: "Full depth ÷ mean depth over refLength tokens, for which alpha is solved",
      min: 1,
      default: 1.25,
    }),
    start: contract.unitInterval({
      help: "Share of refLength before which tokens run full depth (the paper: 0.2 to 0.8)",
      default: 0.2,
    }),
    headCore: coreOption("Lowest", "15 %"),
    tailCore: coreOption("Topmost", "8 %"),
    skipOrder: contract.choiceOption<D3PositionDecayOptions["skipOrder"]>({
      help: "In which order blocks between the protected ends are given up",
      choices: ["middle_out", "bi_ascending", "top_down", "bottom_up"],
      default: "middle_out",
    }),
    influence: contract.numbersOption({
      help: "Influence of each block, for skipOrder=bi_ascending",
      default: [],
    }),
    exponentOrigin: contract.choiceOption<"start" | "absolute">({
      help: "Token from which the exponent counts: the start of the decay, or the first",
      choices: ["start", "absolute"],
      default: "start",
    }),
  },
  defaultFill: () => "none",
  validate: validateD3PositionDecay,
  plan: planD3PositionDecay,
};
