import { assertEquals, assertStrictEquals } from "@std/assert";
import { BYTE_TO_CHARACTER, byteLevelBytes, byteOfFallback } from "./byte_level.ts";

Deno.test("BYTE_TO_CHARACTER gives GPT-2's characters, all different", () => {
  assertStrictEquals(BYTE_TO_CHARACTER[0x41], "A");
  assertStrictEquals(BYTE_TO_CHARACTER[0x20], "Ġ");
  assertStrictEquals(BYTE_TO_CHARACTER[0x0a], "Ċ");
  assertStrictEquals(BYTE_TO_CHARACTER[0x00], "Ā");
  assertStrictEquals(BYTE_TO_CHARACTER[0x7f], "ġ");
  assertStrictEquals(BYTE_TO_CHARACTER[0xad], "Ń");
  assertStrictEquals(BYTE_TO_CHARACTER[0xff], "ÿ");
  assertStrictEquals(new Set(BYTE_TO_CHARACTER).size, 256);
});

Deno.test("byteLevelBytes() turns characters back into bytes", () => {
  const all = BYTE_TO_CHARACTER.join("");
  assertEquals([...byteLevelBytes(all)], Array.from({ length: 256 }, (_, byte) => byte));
  assertEquals([...byteLevelBytes("你")], [0xe4, 0xbd, 0xa0]); // outside the alphabet
});

Deno.test("byteOfFallback() takes two hexadecimal digits and nothing else", () => {
  assertStrictEquals(byteOfFallback("<0x0A>"), 10);
  assertStrictEquals(byteOfFallback("<0xff>"), 255);
  for (const token of ["<0x-1>", "<0x1>", "<0x100>", "<0xGG>", "<0x0A>x", "0x0A"]) {
    assertStrictEquals(byteOfFallback(token), undefined, token);
  }
});
