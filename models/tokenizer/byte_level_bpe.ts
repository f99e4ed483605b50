/**
 * Byte-level BPE tokenizers, the "gpt2" model of GGUF files.
 *
 * Words are cut and merged by `@huggingface/tokenizers`, from a configuration
 * written here. Special tokens, bytes that the vocabulary lacks and decoding
 * are ours, so that ids equal llama.cpp's:
 *
 * - a byte without a token takes part in merging and is dropped afterwards,
 *   unless the vocabulary has a byte token `<0xNN>` for it;
 * - user-defined tokens are recognized always, control tokens on request.
 *
 * @module
 */
import { Tokenizer as WordTokenizer } from "@huggingface/tokenizers";
import type { Tokenizer } from "../../harness/contract/model.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";
import { BYTE_TO_CHARACTER, byteLevelBytes, byteOfFallback } from "./byte_level.ts";
import { PRE_TOKENIZERS } from "./pre_tokenizers.ts";
import { byLength, type SpecialToken, splitSpecial } from "./split_special.ts";
import { createTextStream, decodeTokens } from "./text_stream.ts";
import type { TokenKind, Vocabulary } from "./vocabulary.ts";

/** Makes the tokenizer of a vocabulary. */
export function byteLevelBpe(vocabulary: Vocabulary): Tokenizer {
  const { tokens, kinds } = vocabulary;
  const words = wordTokenizer(vocabulary);
  const ofKinds = (...wanted: TokenKind[]): SpecialToken[] =>
    byLength(tokens.flatMap((text, id) => wanted.includes(kinds[id]!) ? [{ text, id }] : []));
  const always = ofKinds("userDefined");
  const { normalization: form } = vocabulary;
  const normalized = (text: string) => form === undefined ? text : text.normalize(form);
  const onRequest = ofKinds("userDefined", "control", "unknown");

  const bytesById = new Array<Uint8Array | undefined>(tokens.length);
  const bytes = (id: number): Uint8Array => {
    const token = tokens[id];
    if (token === undefined) {
      throw new RangeError(
        `Cannot decode a token: id must be >= 0 and < ${tokens.length}: current value is ${id}`,
      );
    }
    return bytesById[id] ??= tokenBytes(token, kinds[id]!);
  };
  return {
    vocabSize: tokens.length,
    digest: `sha256:${digestOf(vocabulary)}`,
    bos: vocabulary.bos,
    eos: vocabulary.eos,
    encode(text, options) {
      const special = options?.special ? onRequest : always;
      return splitSpecial(text, special).flatMap((fragment) =>
        typeof fragment === "number"
          ? [fragment]
          : words.encode(normalized(fragment), { add_special_tokens: false }).ids
      );
    },
    decode: (ids) => decodeTokens(ids, bytes),
    bytes: (id) => bytes(id).slice(),
    stream: () => createTextStream(bytes),
  };
}

/** The third-party tokenizer for text without special tokens. */
function wordTokenizer(vocabulary: Vocabulary): WordTokenizer {
  const vocab: Record<string, number> = Object.create(null); // "__proto__" may be a token
  vocabulary.tokens.forEach((token, id) => vocab[token] = id);
  vocabulary.tokens.forEach((token, id) => {
    const byte = vocabulary.kinds[id] === "byte" ? byteOfFallback(token) : undefined;
    if (byte !== undefined) vocab[BYTE_TO_CHARACTER[byte]!] ??= id;
  });
  const { config: cutting, wholeWords } = PRE_TOKENIZERS.get(vocabulary.preTokenizer)!;
  const config = {
    "normalizer": null,
    "pre_tokenizer": cutting,
    "model": {
      type: "BPE",
      vocab,
      merges: vocabulary.merges,
      "byte_fallback": false,
      "ignore_merges": wholeWords,
    },
    "post_processor": null,
    "decoder": null,
    "added_tokens": [],
  };
  return new WordTokenizer(config, {});
}

function tokenBytes(token: string, kind: TokenKind): Uint8Array {
  if (kind === "normal") return byteLevelBytes(token);
  const byte = kind === "byte" ? byteOfFallback(token) : undefined;
  return byte === undefined ? new TextEncoder().encode(token) : Uint8Array.of(byte);
}

/** Digest over all that decides between ids. */
function digestOf({ preTokenizer, tokens, kinds, merges, normalization }: Vocabulary): string {
  const form = normalization === undefined ? [] : [normalization];
  return sha256Hex(
    JSON.stringify(["byte-level BPE", preTokenizer, tokens, kinds, merges, ...form]),
  );
}
