/**
 * The binomial law's lower tail.
 *
 *     P[X ≤ k] = Σ_{j=0..k} C(n, j) p^j (1−p)^{n−j}        X ~ Bin(n, p)
 *
 * Terms are summed relative to the largest one, so neither large counts nor
 * small probabilities overflow or vanish.
 *
 * @module
 */

/** P[X ≤ successes] of `trials` draws that succeed with probability `p` in [0, 1]. */
export function binomialTail(
  successes: number,
  { trials, p }: { readonly trials: number; readonly p: number },
): number {
  if (successes < 0) return 0;
  if (successes >= trials || p <= 0) return 1;
  if (p >= 1) return 0;
  const logTerms = new Float64Array(successes + 1);
  const logOdds = Math.log(p) - Math.log1p(-p);
  let logTerm = trials * Math.log1p(-p);
  let largest = -Infinity;
  for (let j = 0; j <= successes; j++) {
    logTerms[j] = logTerm;
    largest = Math.max(largest, logTerm);
    logTerm += Math.log((trials - j) / (j + 1)) + logOdds;
  }
  let sum = 0;
  for (const each of logTerms) sum += Math.exp(each - largest);
  return Math.min(1, sum * Math.exp(largest));
}
