/**
 * Pre-tokenizers known by name, as configurations for `@huggingface/tokenizers`.
 *
 * Only the name comes from a model file: the regular expressions are ours, so
 * no file can bring one that never ends.
 *
 * @module
 */

/** A step that cuts text into words, in the form of a `tokenizer.json`. */
export type PreTokenizerConfig = Readonly<Record<string, unknown>>;

/** Cuts at matches and keeps them: `\s` is Unicode's White_Space there. */
const split = (pattern: string): PreTokenizerConfig => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior: "Isolated",
  invert: false,
});

/** Contractions; words, numbers and symbols with one leading space; spaces. */
const GPT_2_WORDS = split(
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
);
/** Every numeric character on its own. */
const SINGLE_NUMBERS = split("\\p{N}");
/** Bytes to the byte-level alphabet, with no cutting of its own. */
const BYTES: PreTokenizerConfig = {
  type: "ByteLevel",
  "add_prefix_space": false,
  "trim_offsets": true,
  "use_regex": false,
};

const sequence = (...steps: PreTokenizerConfig[]): PreTokenizerConfig => ({
  type: "Sequence",
  pretokenizers: steps,
});

/** Pre-tokenizers by their name in `tokenizer.ggml.pre`. */
export const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizerConfig> = new Map([
  ["gpt-2", sequence(GPT_2_WORDS, BYTES)],
  ["smollm", sequence(SINGLE_NUMBERS, GPT_2_WORDS, BYTES)],
]);
