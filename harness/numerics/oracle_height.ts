/**
 * The token oracle: the height at which a token could have left unharmed, known
 * only in hindsight.
 *
 *     first     lowest h with token_h = token_L
 *     stable    lowest h with token_h' = token_L for all h' ≥ h
 *
 * token_h is the greedy token of the readout at height h of a full-depth pass,
 * so the history of every token is full depth's. The gap between the two is
 * where a rule that stops at the first agreement would have been lucky.
 *
 * @module
 */

/** Heights of agreement with full depth. */
export interface OracleHeights {
  /** First agreement. */
  readonly first: number;
  /** Agreement from there on. */
  readonly stable: number;
}

/**
 * Heights of agreement of one token. `tokens` are the greedy tokens at
 * `heights`, ascending and ending with full depth; heights between are not seen.
 */
export function oracleHeights(
  tokens: ArrayLike<number>,
  heights: ArrayLike<number>,
): OracleHeights {
  const top = heights.length - 1;
  if (top < 0 || tokens.length !== heights.length) {
    throw new RangeError(
      `Cannot find oracle heights: expected as many tokens as heights, at least one: they are ` +
        `${tokens.length} and ${heights.length}`,
    );
  }
  let first = top;
  let stable = top;
  for (let i = top - 1; i >= 0; i--) {
    if (tokens[i] !== tokens[top]) continue;
    first = i;
    if (stable === i + 1) stable = i;
  }
  return { first: heights[first]!, stable: heights[stable]! };
}
