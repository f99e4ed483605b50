/**
 * Draft & Verify's adaptive threshold: drafts stop below a confidence that follows
 * the acceptance rate.
 *
 *     A ← β₁·A + (1 − β₁)·a          a: accepted ÷ drafted of the round
 *     γ̃ = γ + ε when A ≤ target, else γ − ε
 *     γ ← β₂·γ + (1 − β₂)·γ̃
 *
 * Source: Zhang et al. 2023, arXiv:2309.08168, adaptive draft-exiting.
 *
 * @module
 */

/** How the threshold moves. */
export interface ThresholdOptions {
  /** Acceptance rate aimed at. */
  readonly target: number;
  /** β₁, memory of the acceptance rate. */
  readonly rateMemory: number;
  /** β₂, memory of the threshold. */
  readonly thresholdMemory: number;
  /** ε, size of a move. */
  readonly step: number;
}

/** Where the threshold stands. */
export interface ThresholdState {
  /** Acceptance rate so far; `undefined` before the first draft. */
  readonly rate: number | undefined;
  /** Confidence below which drafts stop. */
  readonly threshold: number;
}

/** The state after a round; rounds without drafts teach nothing. */
export function moveThreshold(
  { rate, threshold }: ThresholdState,
  round: { readonly accepted: number; readonly drafted: number },
  { target, rateMemory, thresholdMemory, step }: ThresholdOptions,
): ThresholdState {
  if (round.drafted === 0) return { rate, threshold };
  const now = round.accepted / round.drafted;
  const next = rate === undefined ? now : rateMemory * rate + (1 - rateMemory) * now;
  const moved = threshold + (next <= target ? step : -step);
  const settled = thresholdMemory * threshold + (1 - thresholdMemory) * moved;
  return { rate: next, threshold: Math.min(1, Math.max(0, settled)) };
}
