import { assertEquals, assertStrictEquals } from "@std/assert";
import { createTextStream, decodeTokens } from "./text_stream.ts";

const byte = (token: number): Uint8Array => Uint8Array.of(token);

Deno.test("createTextStream() gives a character when its last byte comes", () => {
  const stream = createTextStream(byte);
  const pushed = [...new TextEncoder().encode("é你👩!")].map((token) => stream.push(token));
  assertEquals(pushed, ["", "é", "", "", "你", "", "", "", "👩", "!"]);
  assertStrictEquals(stream.end(), "");
});

Deno.test("createTextStream() ends a cut character with U+FFFD", () => {
  const stream = createTextStream(byte);
  assertEquals([0xf0, 0x9f, 0x91].map((token) => stream.push(token)), ["", "", ""]);
  assertStrictEquals(stream.end(), "\ufffd");
});

Deno.test("createTextStream() replaces a cut character as soon as the next one begins", () => {
  const stream = createTextStream(byte);
  assertEquals([0xe4, 0xbd, 0x41].map((token) => stream.push(token)), ["", "", "\ufffdA"]);
});

Deno.test("decodeTokens() keeps a byte order mark and replaces invalid bytes", () => {
  assertStrictEquals(decodeTokens([0xef, 0xbb, 0xbf, 0x61], byte), "\ufeffa");
  assertStrictEquals(decodeTokens([0x61, 0xff, 0x62], byte), "a\ufffdb");
  assertStrictEquals(decodeTokens([], byte), "");
});
