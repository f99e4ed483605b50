import { assertEquals } from "@std/assert";
import { byLength, splitSpecial } from "./split_special.ts";

const tokens = byLength([
  { text: "abc", id: 1 },
  { text: "bcde", id: 2 },
  { text: "<é>", id: 3 },
]);

Deno.test("byLength() puts the most bytes first and keeps ids in order", () => {
  assertEquals(tokens.map(({ id }) => id), [2, 3, 1]); // <é> has four bytes too
});

Deno.test("splitSpecial() lets a longer token win over one that starts earlier", () => {
  assertEquals(splitSpecial("abcde", tokens), ["a", 2]);
  assertEquals(splitSpecial("abcdabcde", tokens), [1, "da", 2]);
});

Deno.test("splitSpecial() leaves no empty pieces", () => {
  assertEquals(splitSpecial("", tokens), []);
  assertEquals(splitSpecial("abcabc<é>x", tokens), [1, 1, 3, "x"]);
  assertEquals(splitSpecial("plain", []), ["plain"]);
});
