/**
 * ROUGE-N: runs of n words that an answer shares with its target, as bags.
 *
 *     matched = Σ over runs of min(count in one, count in the other)
 *     P = matched / runs of the answer      R = matched / runs of the target
 *
 * Source: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".
 *
 * @module
 */
import { type RougeScore, rougeScore, rougeWords } from "./rouge_words.ts";

/** ROUGE-`n` of an answer. */
export function rougeN(answer: string, target: string, n: 1 | 2): RougeScore {
  const given = runsOf(rougeWords(answer), n);
  const wanted = runsOf(rougeWords(target), n);
  const left = new Map<string, number>();
  for (const run of wanted) left.set(run, (left.get(run) ?? 0) + 1);
  let matched = 0;
  for (const run of given) {
    const count = left.get(run) ?? 0;
    if (count > 0) matched++;
    left.set(run, count - 1);
  }
  return rougeScore(matched, { given: given.length, wanted: wanted.length });
}

function runsOf(words: readonly string[], n: number): readonly string[] {
  return words.slice(n - 1).map((_, i) => words.slice(i, i + n).join(" "));
}
