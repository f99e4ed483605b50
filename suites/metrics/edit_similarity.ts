/**
 * Edit similarity: likeness of two texts in [0, 1], white space at the ends cut.
 *
 *     1 − d / max(length a, length b)      d: Levenshtein's distance in code points
 *
 * Two empty texts score 1. Takes length a · length b steps.
 *
 * @module
 */

/** Edit similarity of two texts; the order does not matter. */
export function editSimilarity(a: string, b: string): number {
  const from = [...a.trim()];
  const to = [...b.trim()];
  const longest = Math.max(from.length, to.length);
  if (longest === 0) return 1;
  let row = Array.from({ length: to.length + 1 }, (_, j) => j); // distances from no symbol of `from`
  from.forEach((symbol, i) => {
    const next = [i + 1];
    to.forEach((wanted, j) => {
      const replaced = row[j]! + (symbol === wanted ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1]! + 1, next[j]! + 1));
    });
    row = next;
  });
  return 1 - row[to.length]! / longest;
}
