/**
 * The name that a misspelt one was probably meant to be.
 *
 * @module
 */
import { levenshteinDistance } from "@std/text";

/** Most edits at which a name still counts as a misspelling, as a share of the longer one. */
const FARTHEST = 0.5;

/**
 * The nearest of `names` by edit distance, case and `-` against `_` ignored, or
 * `undefined` when none is within half of the longer name's length.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll("-", "_");
  let nearest: string | undefined;
  let fewest = Infinity;
  for (const name of names) {
    const edits = editsBetween(plain(given), plain(name));
    if (edits < fewest && edits <= FARTHEST * Math.max(given.length, name.length)) {
      nearest = name;
      fewest = edits;
    }
  }
  return nearest;
}

/** Edits between two words; letters in another order count as one, as transpositions are common. */
function editsBetween(a: string, b: string): number {
  const sorted = (word: string) => [...word].sort().join("");
  return a !== b && sorted(a) === sorted(b) ? 1 : levenshteinDistance(a, b);
}

/** `did you mean "calm"?`, or the list of names when none is near. */
export function didYouMean(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  return `expected one of ${names.map((name) => `"${name}"`).join(", ")}`;
}
