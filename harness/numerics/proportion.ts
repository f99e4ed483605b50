/**
 * Shares of counts: Wilson's 95 % interval and McNemar's exact test.
 *
 * @module
 */

const Z = 1.959963984540054; // 97.5 % point of the normal distribution

/** A share with its 95 % interval. */
export interface Share {
  /** successes ÷ trials; NaN without trials. */
  readonly value: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/**
 * Wilson's score interval, z = 1.96, p = k/n:
 *
 *     ( p + z²/2n ± z·√( p(1−p)/n + z²/4n² ) ) / ( 1 + z²/n )
 */
export function wilsonInterval(successes: number, trials: number): Share {
  const value = successes / trials;
  const square = (Z * Z) / trials;
  const centre = (value + square / 2) / (1 + square);
  const half = (Z / (1 + square)) *
    Math.sqrt((value * (1 - value)) / trials + square / (4 * trials));
  return {
    value,
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
  };
}

/**
 * McNemar's exact p-value for b and c discordant pairs, n = b + c:
 *
 *     p = min(1, 2 · Σ_{j ≤ min(b, c)} C(n, j) · 2^−n)
 *
 * Terms are summed as logarithms, so large counts neither overflow nor vanish.
 */
export function mcNemarExact(b: number, c: number): number {
  const pairs = b + c;
  let logTerm = -pairs * Math.LN2; // ln( C(n, 0) · 2^−n )
  let tail = 0;
  for (let j = 0; j <= Math.min(b, c); j++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((pairs - j) / (j + 1));
  }
  return Math.min(1, 2 * tail);
}
