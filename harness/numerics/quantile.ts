/**
 * Quantiles by linear interpolation: position (n − 1)·q of the sorted values
 * (Hyndman and Fan's type 7).
 *
 * @module
 */

/** Quantile `q` in [0, 1] of values that are already ascending; NaN when there are none. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (!(q >= 0 && q <= 1)) {
    throw new RangeError(
      `Cannot take a quantile: expected a share from 0 to 1: current value is ${q}`,
    );
  }
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? NaN;
  return below === place ? low : low + (high - low) * (place - below);
}

/** Quantile `q` in [0, 1] of values in any order; NaN when there are none. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), q);
}

/** The middle value, or the mean of the two middle ones; NaN when there are none. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
