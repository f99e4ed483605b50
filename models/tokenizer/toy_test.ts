import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { toyTokenizer } from "./toy.ts";

Deno.test("toyTokenizer() gives text back with 257 ids or more", () => {
  const text = "Hello, Wörld 👋\n";
  for (const size of [257, 1000]) {
    const toy = toyTokenizer(size);
    assertStrictEquals(toy.decode(toy.encode(text)), text);
    assertStrictEquals(toy.vocabSize, size);
  }
});

Deno.test("toyTokenizer() knows its end token on request only", () => {
  const toy = toyTokenizer(300);
  assertEquals(toy.encode("a<|end|>", { special: true }), [1 + 0x61 - 0x20, 0]);
  assertStrictEquals(toy.encode("a<|end|>").length, 1 + "<|end|>".length);
  assertEquals([...toy.eos], [0]);
});

Deno.test("toyTokenizer() feeds any text to a small vocabulary", () => {
  const toy = toyTokenizer(64);
  const ids = toy.encode("Any text, ö and \u0000");
  assertStrictEquals(ids.every((id) => id > 0 && id < 64), true);
  assertStrictEquals(toy.decode(toy.encode("123 ABC")), "123 ABC");
});

Deno.test("toyTokenizer() gives every id its own bytes", () => {
  const toy = toyTokenizer(1000);
  const seen = new Set(Array.from({ length: 1000 }, (_, id) => toy.bytes(id).toHex()));
  assertStrictEquals(seen.size, 1000);
  assertThrows(() => toy.bytes(1000), RangeError, "< 1000");
  assertThrows(() => toyTokenizer(1), RangeError);
});
