import { assertEquals } from "@std/assert";
import { hashText } from "./text_hash.ts";

Deno.test("hashText() equals FNV-1a over UTF-16 bytes computed in Python", () => {
  assertEquals(hashText(""), 2166136261);
  assertEquals(hashText("a"), 723832900);
  assertEquals(hashText("calm(threshold=0.9)"), 4212021442);
  assertEquals(hashText("é→"), 4019053313);
});
