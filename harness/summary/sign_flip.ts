/**
 * Sign-flip test of "no difference" for paired differences d_i.
 *
 *     statistic |Σ d_i|; under no difference each sign is equally likely
 *     n ≤ 16: p = share of all 2ⁿ sign patterns that reach the observed value
 *     n > 16: p = (1 + #reached) / (1 + B) over B = 20 000 random patterns
 *
 * Both tails. Sums within 1e-12 of the largest possible one count as equal. All
 * patterns are counted without visiting each: the sums of two halves are sorted,
 * and pairs that reach the value are counted in one walk, O(2^(n/2) · n).
 *
 * @module
 */
import { sum } from "../numerics/moments.ts";
import { createRandom } from "../numerics/random.ts";

const EXACT_UP_TO = 16;
const FLIPS = 20_000;

/** Two-sided p-value; 1 when there are no differences. */
export function signFlipTest(differences: ArrayLike<number>, seed: number): number {
  const n = differences.length;
  const sizes = Float64Array.from(differences, Math.abs);
  const reached = Math.abs(sum(differences)) - 1e-12 * sum(sizes);
  if (reached <= 0) return 1;
  if (n <= EXACT_UP_TO) return 2 * countReaching(sizes, reached) / 2 ** n;
  const random = createRandom(seed);
  let count = 0;
  for (let flip = 0; flip < FLIPS; flip++) {
    let total = 0;
    for (let i = 0; i < n; i += 32) {
      total += flippedSum(sizes.subarray(i, i + 32), random.uint32());
    }
    if (Math.abs(total) >= reached) count++;
  }
  return (1 + count) / (1 + FLIPS);
}

/** Sign patterns with Σ ± sizes ≥ reached, a positive number. */
function countReaching(sizes: Float64Array, reached: number): number {
  const middle = sizes.length >> 1;
  const left = allSums(sizes.subarray(0, middle)), right = allSums(sizes.subarray(middle));
  let count = 0, place = right.length; // right sums from `place` on reach together with the left one
  for (const sum of left) {
    while (place > 0 && sum + right[place - 1]! >= reached) place--;
    count += right.length - place;
  }
  return count;
}

/** Σ ± sizes of all patterns, ascending. */
function allSums(sizes: Float64Array): Float64Array {
  const sums = new Float64Array(2 ** sizes.length);
  for (let i = 0, count = 1; i < sizes.length; i++, count *= 2) {
    for (let k = 0; k < count; k++) {
      sums[count + k] = sums[k]! - sizes[i]!;
      sums[k]! += sizes[i]!;
    }
  }
  return sums.sort();
}

/** Σ ± sizes, minus where the bit of `signs` is set; at most 32 of them. */
function flippedSum(sizes: Float64Array, signs: number): number {
  let total = 0;
  for (let i = 0; i < sizes.length; i++) {
    total += (signs >>> i) & 1 ? -sizes[i]! : sizes[i]!;
  }
  return total;
}
