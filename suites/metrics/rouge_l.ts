/**
 * ROUGE-L: the longest common subsequence of words.
 *
 *     P = lcs / words of the answer      R = lcs / words of the target      F1 = 2PR / (P + R)
 *
 * Of a set of pairs, the mean of their F1. Takes length · length steps.
 * Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".
 *
 * @module
 */
import { type RougeScore, rougeScore, rougeWords } from "./rouge_words.ts";

/** ROUGE-L of an answer. */
export function rougeL(answer: string, target: string): RougeScore {
  const given = rougeWords(answer);
  const wanted = rougeWords(target);
  const sides = { given: given.length, wanted: wanted.length };
  return rougeScore(commonLength(given, wanted), sides);
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Uint32Array(b.length + 1); // row[j]: longest with the words of `a` so far and b[0..j)
  for (const word of a) {
    const next = new Uint32Array(b.length + 1);
    b.forEach((other, j) => {
      next[j + 1] = word === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!);
    });
    row = next;
  }
  return row[b.length]!;
}
