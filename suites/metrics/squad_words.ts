/**
 * The normalisation of SQuAD: lower case, no ASCII punctuation, no articles,
 * single spaces, in this order.
 *
 *     "The Eiffel-Tower, in Paris!" → "eiffeltower in paris"
 *
 * Source: Rajpurkar et al. 2016, arXiv:1606.05250, the official scorer's rule.
 *
 * @module
 */

/** The normalised words of a text. */
export function squadWords(text: string): readonly string[] {
  const plain = text.toLowerCase().replace(/[!-/:-@[-`{-~]/g, "");
  return plain.replace(/\b(?:a|an|the)\b/g, " ").split(/\s+/).filter((word) => word !== "");
}
