/**
 * Prefix accuracy: how far an answer agrees with its target before it first differs.
 *
 *     position of the first different code point / length of the target
 *
 * Nothing is cut; what follows the whole target does not count. Of an empty target,
 * 1 for an empty answer and else 0.
 *
 * @module
 */

/** Members that two sequences share before they first differ. */
export function prefixLength<T>(a: readonly T[], b: readonly T[]): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return shorter;
}

/** Share of the target that an answer begins with, in [0, 1]. */
export function prefixAccuracy(answer: string, target: string): number {
  const wanted = [...target];
  if (wanted.length === 0) return answer === "" ? 1 : 0;
  return prefixLength([...answer], wanted) / wanted.length;
}
