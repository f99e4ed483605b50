/**
 * A toy tokenizer for synthetic models: one byte per token.
 *
 *     id 0                    "<|end|>", ends a generation
 *     ids 1 … n               bytes, in rotation from 0x20: id 1 is the space
 *     ids n + 1 … V − 1       filler words " w0", " w1", …
 *
 * n = min(256, V − 1). With fewer than 257 ids some bytes have none of their
 * own and share one (modulo n), so that any text can be fed to any model.
 * Encoding never gives filler words: only a model's output holds them.
 *
 * @module
 */
import type { Tokenizer } from "../../harness/contract/model.ts";
import { sha256Hex } from "../../harness/numerics/sha256.ts";
import { createTextStream, decodeTokens } from "./text_stream.ts";

const END = "<|end|>";
const FIRST_BYTE = 0x20;

/**
 * A tokenizer of exactly `vocabSize` ids.
 *
 * Errors: `RangeError` if `vocabSize` is not an integer ≥ 2, or on unknown ids.
 */
export function toyTokenizer(vocabSize: number): Tokenizer {
  if (!Number.isSafeInteger(vocabSize) || vocabSize < 2) {
    throw new RangeError(
      `Cannot make a toy tokenizer: vocabSize must be an integer >= 2: current value is ${vocabSize}`,
    );
  }
  const byteCount = Math.min(256, vocabSize - 1);
  const utf8 = new TextEncoder();

  const bytes = (token: number): Uint8Array => {
    if (!Number.isInteger(token) || token < 0 || token >= vocabSize) {
      throw new RangeError(
        `Cannot decode a token: id must be >= 0 and < ${vocabSize}: current value is ${token}`,
      );
    }
    if (token === 0) return utf8.encode(END);
    if (token <= byteCount) return Uint8Array.of((FIRST_BYTE + token - 1) & 255);
    return utf8.encode(` w${token - byteCount - 1}`);
  };
  const encodePlain = (text: string): number[] =>
    Array.from(utf8.encode(text), (byte) => 1 + (((byte - FIRST_BYTE) & 255) % byteCount));

  return {
    vocabSize,
    digest: `sha256:${sha256Hex(`toy tokenizer, ${vocabSize} ids`)}`,
    bos: undefined,
    eos: [0],
    encode(text, options) {
      if (!options?.special) return encodePlain(text);
      return text.split(END).flatMap((part, i) => [...(i > 0 ? [0] : []), ...encodePlain(part)]);
    },
    decode: (tokens) => decodeTokens(tokens, bytes),
    bytes,
    stream: () => createTextStream(bytes),
  };
}
