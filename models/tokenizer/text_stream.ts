/**
 * Bytes of tokens to text, without splitting UTF-8 characters.
 *
 * Invalid bytes become U+FFFD one maximal prefix at a time, as the Encoding
 * Standard says; a byte order mark is text like any other.
 *
 * @module
 */
import type { TextStream } from "../../harness/contract/model.ts";

/** Starts a streaming decode of tokens whose bytes `bytesOf` gives. */
export function createTextStream(bytesOf: (token: number) => Uint8Array): TextStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: (token) => decoder.decode(bytesOf(token), { stream: true }),
    end: () => decoder.decode(),
  };
}

/** Text of all `tokens` at once. */
export function decodeTokens(
  tokens: readonly number[],
  bytesOf: (token: number) => Uint8Array,
): string {
  const stream = createTextStream(bytesOf);
  let text = "";
  for (const token of tokens) text += stream.push(token);
  return text + stream.end();
}
