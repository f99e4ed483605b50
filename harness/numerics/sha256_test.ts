import { assertEquals } from "@std/assert";
import { sha256Hex } from "./sha256.ts";

Deno.test("sha256Hex() gives the digests of the standard's examples", () => {
  assertEquals(
    sha256Hex("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  assertEquals(
    sha256Hex(""),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

Deno.test("sha256Hex() equals WebCrypto around the block borders", async () => {
  for (const length of [1, 55, 56, 63, 64, 65, 119, 120, 128, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertEquals(sha256Hex(bytes), expected.toHex(), `length ${length}`);
  }
});
