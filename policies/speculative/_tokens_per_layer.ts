/**
 * DEL's estimate of how much an exit and a draft length bring.
 *
 *     N(α, d)   = 1 + α + … + α^d
 *     TPL(l, d) = N(α_l, d) / (d·(l + h) + L + h)
 *
 * α_l: chance that a token read out at height l is full depth's. h: what a readout
 * costs, in blocks; the paper's 0 is right for large models only.
 *
 * Source: Entezari Zarch et al. 2025, arXiv:2504.05598; h is ours.
 *
 * @module
 */

/** Expected tokens of a round with `d` drafts that are each accepted with chance `alpha`. */
export function expectedTokens(alpha: number, d: number): number {
  let sum = 1;
  let power = 1;
  for (let i = 0; i < d; i++) sum += power *= alpha;
  return sum;
}

/** What does not change over a search. */
export interface LayerCosts {
  /** Blocks of the model. */
  readonly layerCount: number;
  /** Cost of a readout in blocks. */
  readonly headLayers: number;
}

/** Tokens per block of a round with drafts at height `exit`. */
export function tokensPerLayer(
  alpha: number,
  { exit, draft }: { readonly exit: number; readonly draft: number },
  { layerCount, headLayers }: LayerCosts,
): number {
  return expectedTokens(alpha, draft) /
    (draft * (exit + headLayers) + layerCount + headLayers);
}

/** An exit and a draft length. */
export interface ExitChoice {
  /** Index of the exit. */
  readonly index: number;
  /** Draft length. */
  readonly draft: number;
}

/**
 * The exit and the length with most tokens per block: lower exits first, then shorter
 * drafts. An exit with unknown α is never chosen; `undefined` when all are unknown.
 */
export function bestExit(
  alphas: readonly number[],
  { exits, mostDrafts, costs }: {
    readonly exits: readonly number[];
    /** Lengths 0 to `mostDrafts` − 1 are weighed. */
    readonly mostDrafts: number;
    readonly costs: LayerCosts;
  },
): ExitChoice | undefined {
  let best: ExitChoice | undefined;
  let most = -Infinity;
  alphas.forEach((alpha, index) => {
    if (Number.isNaN(alpha)) return;
    for (let draft = 0; draft < mostDrafts; draft++) {
      const value = tokensPerLayer(alpha, { exit: exits[index]!, draft }, costs);
      if (value <= most) continue;
      most = value;
      best = { index, draft };
    }
  });
  return best;
}
