/**
 * What a paired comparison can detect.
 *
 *     minimum detectable effect = exp( (z.975 + z.8) · se ) − 1
 *     required prompts n ≥ (z.975 + z.8)² · σ_d² / ln(1 + margin)²,   σ_d² = n₀ · se²
 *
 * at the 5 % level with power 0.8, where se is the standard error of the mean
 * of n₀ prompts' log ratios. More visits of the same prompts lower σ_d only as
 * far as it comes from the noise of visits.
 *
 * @module
 */
import type { Studentised } from "./bootstrap.ts";

/** 97.5 % point plus 80 % point of the normal distribution. */
const POWER_FACTOR = 1.959963984540054 + 0.8416212335729143;

type Error = Pick<Studentised, "standardError" | "clusters">;

/** The least effect found in 80 % of such runs, as a ratio − 1; NaN when it cannot be told. */
export function minimumDetectable({ standardError }: Pick<Error, "standardError">): number {
  return Math.expm1(POWER_FACTOR * standardError);
}

/** Prompts that would show an effect of the margin; NaN when that cannot be told. */
export function requiredPrompts({ standardError, clusters }: Error, margin: number): number {
  const ratio = POWER_FACTOR * standardError / Math.log1p(margin);
  const prompts = Math.ceil(clusters * ratio * ratio);
  return Number.isFinite(prompts) ? Math.max(2, prompts) : NaN;
}
