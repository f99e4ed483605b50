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

/** Bytes to the byte-level alphabet; with the regular expression of GPT-2, or no cutting. */
const byteLevel = (cuts: boolean): PreTokenizerConfig => ({
  type: "ByteLevel",
  "add_prefix_space": false,
  "trim_offsets": true,
  "use_regex": cuts,
});

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
/** Contractions in any case; words with one leading symbol; numbers; symbols; line ends; spaces. */
const wordsAndNumbers = (numbers: string): PreTokenizerConfig =>
  split(
    "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" +
      numbers + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  );
/** Numbers in groups of up to three digits. */
const LLAMA_3_WORDS = wordsAndNumbers("\\p{N}{1,3}");
/** Every digit on its own. */
const QWEN_2_WORDS = wordsAndNumbers("\\p{N}");
/** Every numeric character on its own. */
const SINGLE_NUMBERS = split("\\p{N}");
const BYTES: PreTokenizerConfig = byteLevel(false);

const sequence = (...steps: PreTokenizerConfig[]): PreTokenizerConfig => ({
  type: "Sequence",
  pretokenizers: steps,
});

/** How a family cuts text and merges what it has cut. */
export interface PreTokenizer {
  /** The cutting. */
  readonly config: PreTokenizerConfig;
  /** Whether a word that is a token is taken whole, whatever the merges say. */
  readonly wholeWords: boolean;
}

const GPT_2: PreTokenizer = { config: sequence(GPT_2_WORDS, BYTES), wholeWords: false };
const SMOLLM: PreTokenizer = {
  config: sequence(SINGLE_NUMBERS, GPT_2_WORDS, BYTES),
  wholeWords: false,
};
const LLAMA_3: PreTokenizer = { config: sequence(LLAMA_3_WORDS, BYTES), wholeWords: true };
const QWEN_2: PreTokenizer = { config: sequence(QWEN_2_WORDS, BYTES), wholeWords: false };

/** Pre-tokenizers by their names in `tokenizer.ggml.pre`. */
export const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizer> = new Map([
  ["gpt-2", GPT_2],
  ["phi-2", GPT_2],
  ["mpt", GPT_2],
  ["smollm", SMOLLM],
  ["starcoder", SMOLLM],
  ["refact", SMOLLM],
  ["command-r", SMOLLM],
  ["codeshell", SMOLLM],
  ["llama-bpe", LLAMA_3],
  ["llama3", LLAMA_3],
  ["llama-v3", LLAMA_3],
  ["falcon3", LLAMA_3],
  ["pixtral", LLAMA_3],
  ["qwen2", QWEN_2],
  ["deepseek-r1-qwen", QWEN_2],
]);

/** Words of Llama 3 and Qwen 2 as their own files write them. */
const inWords = (numbers: string): PreTokenizerConfig =>
  sequence(
    split(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + numbers +
        "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    ),
    BYTES,
  );

/**
 * How the same pre-tokenizers stand in a `tokenizer.json`. A file's own configuration is
 * only compared with these; what runs is ours.
 */
export const IN_TOKENIZER_JSON: ReadonlyMap<string, PreTokenizerConfig> = new Map([
  ["gpt-2", byteLevel(true)],
  ["smollm", sequence({ type: "Digits", "individual_digits": true }, byteLevel(true))],
  ["llama-bpe", inWords("\\p{N}{1,3}")],
  ["qwen2", inWords("\\p{N}")],
]);
