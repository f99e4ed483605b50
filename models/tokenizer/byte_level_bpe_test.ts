import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { UnsupportedError } from "../../harness/contract/errors.ts";
import type { Tokenizer } from "../../harness/contract/model.ts";
import { writeGguf, type WrittenFile, type WrittenValue } from "../../tests/gguf_writer.ts";
import { TINY_TOKENS, tinyGguf, withValue } from "../../tests/tiny_gguf.ts";
import { memorySource } from "../byte_source.ts";
import { readGguf } from "../gguf/read_gguf.ts";
import { byteLevelBpe } from "./byte_level_bpe.ts";
import { readVocabulary, type Vocabulary } from "./vocabulary.ts";

async function vocabularyOf(file: WrittenFile): Promise<Vocabulary> {
  const { metadata } = await readGguf(memorySource("tiny.gguf", writeGguf(file)));
  const vocabSize = metadata.strings("tokenizer.ggml.tokens")!.length;
  return readVocabulary(metadata, { vocabSize, name: "tiny.gguf" });
}

async function tiny(file: WrittenFile = tinyGguf()): Promise<Tokenizer> {
  return byteLevelBpe(await vocabularyOf(file));
}

const id = (token: string): number => TINY_TOKENS.indexOf(token);
const strings = (value: readonly string[]): WrittenValue => ({ type: "strings", value });

Deno.test("byteLevelBpe() merges by rank inside words", async () => {
  const tokenizer = await tiny();
  assertEquals(tokenizer.encode("the"), [id("t"), id("he")]);
  assertEquals(tokenizer.encode(" the"), [id("Ġthe")]);
  assertEquals(tokenizer.encode("too"), [id("t"), id("oo")]);
});

Deno.test("byteLevelBpe() recognizes control tokens on request, user-defined ones always", async () => {
  const tokenizer = await tiny();
  const text = "<|im_start|><user>";
  assertEquals(tokenizer.encode(text, { special: true }), [id("<|im_start|>"), id("<user>")]);
  const plain = tokenizer.encode(text);
  assertStrictEquals(plain.length, "<|im_start|>".length + 1);
  assertStrictEquals(plain.at(-1), id("<user>"));
});

Deno.test("byteLevelBpe() gives text back, special tokens written out", async () => {
  const tokenizer = await tiny();
  const text = "The 12 cats\r\n\t“söö” <|im_end|> 👩‍💻 \u0000\u0085\ufeff";
  for (const special of [true, false]) {
    assertStrictEquals(tokenizer.decode(tokenizer.encode(text, { special })), text);
  }
});

Deno.test("byteLevelBpe() streams text without cutting characters", async () => {
  const tokenizer = await tiny();
  const stream = tokenizer.stream();
  const pieces = tokenizer.encode("é the").map((token) => stream.push(token));
  assertEquals(pieces, ["", "é", " the"]);
  assertStrictEquals(stream.end(), "");
});

Deno.test("byteLevelBpe() reads lone surrogates as U+FFFD", async () => {
  const tokenizer = await tiny();
  assertEquals(tokenizer.encode("\ud800"), tokenizer.encode("\ufffd"));
});

Deno.test("bytes() of byteLevelBpe() hands out copies and refuses unknown ids", async () => {
  const tokenizer = await tiny();
  const bytes = tokenizer.bytes(id("Ġthe"));
  assertEquals([...bytes], [...new TextEncoder().encode(" the")]);
  bytes.fill(0);
  assertStrictEquals(tokenizer.decode([id("Ġthe")]), " the");
  for (const unknown of [-1, 264, 0.5]) {
    assertThrows(() => tokenizer.bytes(unknown), RangeError, "< 264");
  }
});

Deno.test("byteLevelBpe() drops bytes that the vocabulary lacks, after merging", async () => {
  // Id 260 takes the place of the letter x, so no token is left for it.
  const tokens = TINY_TOKENS.map((token) => token === "x" ? "<gone>" : token);
  const tokenizer = await tiny(withValue(tinyGguf(), "tokenizer.ggml.tokens", strings(tokens)));
  assertEquals(tokenizer.encode("hxe"), [id("h"), id("e")]); // not merged to "he"
});

Deno.test("byteLevelBpe() falls back to byte tokens where the vocabulary has them", async () => {
  const tokens = TINY_TOKENS.map((token) => token === "x" ? "<0x78>" : token);
  const kinds = tokens.map((token) => token === "<0x78>" ? 6 : 1);
  let file = withValue(tinyGguf(), "tokenizer.ggml.tokens", strings(tokens));
  file = withValue(file, "tokenizer.ggml.token_type", { type: "int32s", value: kinds });
  const tokenizer = await tiny(file);
  assertEquals(tokenizer.encode("axb"), [id("a"), id("x"), id("b")]);
  assertStrictEquals(tokenizer.decode(tokenizer.encode("axb")), "axb");
  assertEquals([...tokenizer.bytes(id("x"))], [0x78]);
});

Deno.test("byteLevelBpe() takes tokens named like properties of objects", async () => {
  const tokens = TINY_TOKENS.map((token) => token === "<user>" ? "__proto__" : token);
  const tokenizer = await tiny(withValue(tinyGguf(), "tokenizer.ggml.tokens", strings(tokens)));
  assertEquals(tokenizer.encode("__proto__"), [263]); // user-defined
  assertStrictEquals(tokenizer.decode([263]), "__proto__");
  assertStrictEquals(tokenizer.encode("constructor").length, "constructor".length);
});

Deno.test("readVocabulary() ends generations at the named token and known ends of turns", async () => {
  assertEquals([...(await tiny()).eos], [id("<|im_end|>"), id("<|endoftext|>")]);
  const without = withValue(tinyGguf(), "tokenizer.ggml.eos_token_id", undefined);
  assertEquals([...(await tiny(without)).eos], [id("<|im_end|>"), id("<|endoftext|>")]);
});

Deno.test("readVocabulary() has a begin token only where the file wants one added", async () => {
  const begin = withValue(tinyGguf(), "tokenizer.ggml.bos_token_id", {
    type: "uint32",
    value: 261,
  });
  assertStrictEquals((await tiny(begin)).bos, undefined);
  const added = withValue(begin, "tokenizer.ggml.add_bos_token", { type: "bool", value: 1 });
  assertStrictEquals((await tiny(added)).bos, 261);
});

Deno.test("readVocabulary() lets the first of two equal merges count", async () => {
  const merges = strings(["h e", "t h", "h e"]);
  const tokens = strings(TINY_TOKENS.map((token) => token === "oo" ? "th" : token));
  const file = withValue(tinyGguf(), "tokenizer.ggml.merges", merges);
  const tokenizer = await tiny(withValue(file, "tokenizer.ggml.tokens", tokens));
  assertEquals(tokenizer.encode("the"), [id("t"), id("he")]);
});

Deno.test("readVocabulary() refuses unknown models and pre-tokenizers by name", async () => {
  for (const [key, value] of [["model", "llama"], ["pre", "viking"]] as const) {
    const file = withValue(tinyGguf(), `tokenizer.ggml.${key}`, { type: "string", value });
    await assertRejects(() => vocabularyOf(file), UnsupportedError, `"${value}" is not supported`);
  }
});

Deno.test("the digest of byteLevelBpe() tells vocabularies and pre-tokenizers apart", async () => {
  const digest = (await tiny()).digest;
  assert(/^sha256:[0-9a-f]{64}$/.test(digest));
  assertStrictEquals((await tiny()).digest, digest);
  const other = withValue(tinyGguf(), "tokenizer.ggml.pre", { type: "string", value: "gpt-2" });
  assert((await tiny(other)).digest !== digest);
  const fewer = withValue(tinyGguf(), "tokenizer.ggml.merges", strings(["h e"]));
  assert((await tiny(fewer)).digest !== digest);
});
