import { assertStrictEquals } from "@std/assert";
import { sha256Hex } from "../harness/numerics/sha256.ts";
import { memorySource } from "./byte_source.ts";
import { digestSource } from "./digest.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

Deno.test("digestSource() is the plain SHA-256 of a file up to the bound", async () => {
  const source = memorySource("abc", new TextEncoder().encode("abc"));
  assertStrictEquals(
    await digestSource(source),
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  const whole = await digestSource(memorySource("x", BYTES), { whole: 100, chunk: 30 });
  assertStrictEquals(whole, `sha256:${sha256Hex(BYTES)}`);
});

Deno.test("digestSource() hashes the hashes of chunks beyond the bound", async () => {
  const leaves = [0, 30, 60, 90].map((at) => sha256Hex(BYTES.subarray(at, at + 30))).join("");
  const tree = await digestSource(memorySource("x", BYTES), { whole: 99, chunk: 30 });
  assertStrictEquals(tree, `sha256-tree:${sha256Hex(Uint8Array.fromHex(leaves))}`);
});
