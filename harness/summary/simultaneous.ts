/**
 * Intervals that hold for a whole family of comparisons at once, by bootstrap
 * max-T.
 *
 * Comparisons k share the resamples b. With t*_kb of {@linkcode studentise},
 *
 *     u = q.(1−α/2) over b of max_k t*_kb       l = q.(α/2) over b of min_k t*_kb
 *     interval_k = [ m_k − u·se_k , m_k − l·se_k ]
 *
 * which errs anywhere in the family with probability α. A single comparison has
 * its own interval. Comparisons whose t* cannot be trusted alone (below 8
 * clusters, lattice values) would widen all others: they stay out of the maximum
 * and get their own interval, the wider of both kinds, at level 1 − α/K of K
 * comparisons; the others share what is left of α.
 *
 * Source: Romano and Wolf 2005, Econometrica 73(4), the single step.
 *
 * @module
 */
import { quantileOfSorted } from "../numerics/quantile.ts";
import { hasSpread, type Interval, intervalAt, intervalOf, type Studentised } from "./bootstrap.ts";

/** Simultaneous intervals of a family, in its order; `level` is 0.95 by default. */
export function simultaneousIntervals(
  family: readonly Studentised[],
  level = 0.95,
): readonly Interval[] {
  if (family.length === 1) return [intervalAt(family[0]!, level)];
  const alpha = 1 - level;
  const shared = family.filter((each) => !each.widened && hasSpread(each));
  const own = 1 - alpha / Math.max(1, family.length);
  if (shared.length === 0) return family.map((each) => intervalAt(each, own));
  const part = 1 - alpha * shared.length / family.length;
  const { upper, lower } = extremes(shared);
  const above = quantileOfSorted(upper, (1 + part) / 2);
  const below = quantileOfSorted(lower, (1 - part) / 2);
  return family.map((each) =>
    shared.includes(each)
      ? intervalOf(each, { below: above * each.standardError, above: -below * each.standardError })
      : intervalAt(each, own)
  );
}

/** Largest and smallest t* of each resample, both sorted. */
function extremes(
  family: readonly Studentised[],
): { readonly upper: Float64Array; readonly lower: Float64Array } {
  const resamples = Math.min(...family.map(({ students }) => students.length));
  const upper = new Float64Array(resamples).fill(-Infinity);
  const lower = new Float64Array(resamples).fill(Infinity);
  for (const { students } of family) {
    for (let b = 0; b < resamples; b++) {
      const student = students[b]!;
      if (student > upper[b]!) upper[b] = student; // false for NaN
      if (student < lower[b]!) lower[b] = student;
    }
  }
  return { upper: upper.sort(), lower: lower.sort() };
}
