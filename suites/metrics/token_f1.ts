/**
 * Token F1: how many words two texts share, as bags.
 *
 *     matched = Σ over words of min(count in one, count in the other)
 *     F1 = 2 · precision · recall / (precision + recall) = 2 · matched / (both counts)
 *
 * Two empty bags score 1, one empty bag 0.
 *
 * @module
 */
import { squadWords } from "./squad_words.ts";

/** F1 of two bags of words; the order does not matter. */
export function bagF1(given: readonly string[], wanted: readonly string[]): number {
  if (given.length + wanted.length === 0) return 1;
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let matched = 0;
  for (const word of given) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    matched++;
  }
  return 2 * matched / (given.length + wanted.length);
}

/** Token F1 of two texts after SQuAD's normalisation. */
export function squadF1(answer: string, target: string): number {
  return bagF1(squadWords(answer), squadWords(target));
}
