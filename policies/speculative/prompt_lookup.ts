/**
 * Prompt lookup: drafts what followed the last occurrence of the newest tokens.
 *
 *     for n = ngram..shortest: find an earlier i with  x_{i−n+1..i} = x_{T−n+1..T}
 *     propose x_{i+1} … x_{i+draft}
 *
 * Source: Saxena 2023, prompt lookup decoding; `prompt_lookup_num_tokens` in
 * transformers.
 * Cost: no model work to draft; a scan of the text, and rows in the verification.
 * Output: lossless.
 *
 * @module
 */
import * as contract from "../../harness/contract/mod.ts";

/** Options of {@linkcode promptLookup}. */
export interface PromptLookupOptions {
  /** Longest run of newest tokens that is looked for. */
  readonly ngram: number;
  /** Shortest run that counts; longer ones are rarer and right more often. */
  readonly shortest: number;
  /** Most tokens drafted per round. */
  readonly draft: number;
  /** Which occurrence counts. */
  readonly match: "latest" | "earliest";
}

/** Index at which what followed an earlier occurrence starts, or −1. */
export function findContinuation(
  tokens: readonly number[],
  { ngram, shortest, match }: Pick<PromptLookupOptions, "ngram" | "shortest" | "match">,
): number {
  const last = tokens.length - 1;
  for (let n = Math.min(ngram, last); n >= shortest; n--) {
    const first = n - 1;
    for (let k = 0; k < last - first; k++) {
      const end = match === "latest" ? last - 1 - k : first + k;
      let equal = 0;
      while (equal < n && tokens[end - equal] === tokens[last - equal]) equal++;
      if (equal === n) return end + 1;
    }
  }
  return -1;
}

/** Prompt lookup as a plugin. */
export const promptLookup: contract.RoundPolicy<PromptLookupOptions> = {
  name: "prompt_lookup",
  family: "speculative",
  scope: "round",
  card: {
    summary: "Drafts what followed the last occurrence of the newest tokens",
    source: "Saxena 2023, prompt lookup decoding",
    acts: ["generation"],
    lossless: true,
    training: "none",
    layers: "No layers: drafts come from the text",
    deviations: [
      "The text is scanned each round, in place of a map that is kept: microseconds for a thousand tokens",
    ],
  },
  options: {
    ngram: contract.numberOption({
      help: "Longest run of newest tokens that is looked for",
      min: 1,
      max: 16,
      integer: true,
      default: 3,
    }),
    shortest: contract.numberOption({
      help: "Shortest run that counts; longer ones are rarer and right more often",
      min: 1,
      max: 16,
      integer: true,
      default: 1,
    }),
    draft: contract.numberOption({
      help: "Most tokens drafted per round",
      min: 1,
      max: 64,
      integer: true,
      default: 10,
    }),
    match: contract.choiceOption<"latest" | "earliest">({
      help: "Which occurrence counts",
      choices: ["latest", "earliest"],
      default: "latest",
    }),
  },
  defaultFill: () => "none",
  propose: ({ tokens, room }, options) => {
    const from = findContinuation(tokens, options);
    if (from < 0) return { kind: "none" };
    const drafted = tokens.slice(from, from + Math.min(room, options.draft));
    return drafted.length === 0 ? { kind: "none" } : { kind: "tokens", tokens: drafted };
  },
};
