/**
 * Lag-1 autocorrelation of a series.
 *
 *     r₁ = Σ_{i ≥ 1} (x_i − x̄)(x_{i−1} − x̄) / Σ_i (x_i − x̄)²
 *
 * @module
 */
import { mean } from "./moments.ts";

/** r₁, in [−1, 1]; NaN for fewer than three values or a constant series. */
export function lagOneAutocorrelation(values: ArrayLike<number>): number {
  if (values.length < 3) return NaN;
  const centre = mean(values);
  let products = 0, squares = 0;
  for (let i = 0; i < values.length; i++) {
    const offset = values[i]! - centre;
    squares += offset * offset;
    if (i > 0) products += offset * (values[i - 1]! - centre);
  }
  return squares === 0 ? NaN : products / squares;
}
