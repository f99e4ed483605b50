/**
 * The words that ROUGE compares: lower case, cut at all but a–z and 0–9, no stemming.
 *
 *     "Café isn't  42.5%" → caf, isn, t, 42, 5
 *
 * Source: the reference scorer `rouge-score` 0.1.2.
 *
 * @module
 */

/** What ROUGE gives for one pair of texts, each in [0, 1]. */
export interface RougeScore {
  /** Share of the answer's units that the target has. */
  readonly precision: number;
  /** Share of the target's units that the answer has. */
  readonly recall: number;
  /** Harmonic mean of both. */
  readonly f1: number;
}

/** The words of a text. */
export function rougeWords(text: string): readonly string[] {
  return text.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== "");
}

/** Score of `matched` units; an empty side scores 0. */
export function rougeScore(
  matched: number,
  { given, wanted }: { readonly given: number; readonly wanted: number },
): RougeScore {
  if (given === 0 || wanted === 0) return { precision: 0, recall: 0, f1: 0 };
  return {
    precision: matched / given,
    recall: matched / wanted,
    f1: 2 * matched / (given + wanted),
  };
}
