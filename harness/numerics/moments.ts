/**
 * Sums, means and variances of lists of numbers, in index order, in f64.
 *
 * @module
 */

/** Sum; 0 when there are no values. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Arithmetic mean; NaN when there are no values. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/** Variance Σ(x − x̄)² / (n − 1), two passes; NaN below two values. */
export function variance(values: ArrayLike<number>): number {
  if (values.length < 2) return NaN;
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return squares / (values.length - 1);
}

/** Standard error s / √n of the mean; NaN below two values. */
export function standardError(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values) / values.length);
}
