/**
 * What drafts are expected to bring.
 *
 *     N(α, γ) = (1 − α^{γ+1}) / (1 − α)        tokens of a round, α < 1; γ + 1 at α = 1
 *     S = N / (γ·c + v)
 *
 * α: chance that a drafted token is accepted, given that those before it were.
 * c: time of a drafted token, v: of a verification, both ÷ a full-depth step.
 *
 * Source: Leviathan et al. 2023, arXiv:2211.17192, equations 1 and 3.8, with v kept.
 *
 * @module
 */

/** Lengths and costs of a round. */
export interface RoundCosts {
  /** γ: tokens drafted per round. */
  readonly draft: number;
  /** c. */
  readonly draftCost: number;
  /** v. */
  readonly verifyCost: number;
}

/** N(α, γ): expected tokens of a round. */
export function expectedTokens(alpha: number, draft: number): number {
  return alpha >= 1 ? draft + 1 : (1 - alpha ** (draft + 1)) / (1 - alpha);
}

/** N / (γ·c + v): expected speed-up. */
export function expectedSpeedUp(alpha: number, costs: RoundCosts): number {
  const { draft, draftCost, verifyCost } = costs;
  return expectedTokens(alpha, draft) / (draft * draftCost + verifyCost);
}

/** The α from which on a round pays, to 1e-9; `undefined` when even α = 1 does not. */
export function breakEvenAlpha(costs: RoundCosts): number | undefined {
  if (expectedSpeedUp(1, costs) < 1) return undefined;
  let low = 0;
  let high = 1;
  if (expectedSpeedUp(0, costs) >= 1) return 0;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (expectedSpeedUp(middle, costs) < 1) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The α at which accepted ÷ drafted is `acceptance`: (N(α, γ) − 1) / γ solved for α,
 * to 1e-9. The two are not the same number.
 */
export function alphaOfAcceptance(acceptance: number, draft: number): number {
  let low = 0;
  let high = 1;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if ((expectedTokens(middle, draft) - 1) / draft < acceptance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
