/** The part of `@std/text` that this repository uses. */

/** The word nearest to `givenWord`; throws `TypeError` when there are none. */
export declare function closestString(
  givenWord: string,
  possibleWords: readonly string[],
  options?: { readonly caseSensitive?: boolean },
): string;

/** Number of insertions, deletions and substitutions between two strings. */
export declare function levenshteinDistance(str1: string, str2: string): number;
