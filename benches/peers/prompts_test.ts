import { assertEquals, assertThrows } from "@std/assert";
import { promptOf } from "./prompts.ts";

// Letters are tokens, and "ab" is one token, 100.
const tokenizer = {
  encode: (text: string) =>
    (text.match(/ab|./g) ?? []).map((part) => part === "ab" ? 100 : part.charCodeAt(0)),
  decode: (tokens: readonly number[]) =>
    tokens.map((token) => token === 100 ? "ab" : String.fromCharCode(token)).join(""),
};

Deno.test("promptOf() passes over tokens that would be joined when encoded again", () => {
  const tokens = [..."xabc"].map((letter) => letter.charCodeAt(0)); // x, a, b, c: never "ab"
  assertEquals(promptOf(tokenizer, { tokens, count: 2 }), {
    tokens: ["x", "a"].map((letter) => letter.charCodeAt(0)),
    text: "xa",
  });
  assertEquals(promptOf(tokenizer, { tokens: tokens.slice(1), count: 2 }).text, "bc");
});

Deno.test("promptOf() says when the text is too short", () => {
  assertThrows(() => promptOf(tokenizer, { tokens: [1], count: 2 }), Error, "2 tokens");
});
