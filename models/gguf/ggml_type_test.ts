import { assertEquals, assertStrictEquals } from "@std/assert";
import { blockBytes, blockSize, STORAGE_TYPES } from "../../harness/numerics/quantization/mod.ts";
import { GGML_TYPES } from "./ggml_type.ts";

Deno.test("GGML_TYPES agrees with the decoders on their geometry", () => {
  const decodable = [...GGML_TYPES.values()].filter(({ type }) => type !== undefined);
  assertEquals(decodable.map(({ type }) => type!).sort(), [...STORAGE_TYPES].sort());
  for (const ggml of decodable) {
    assertStrictEquals(ggml.blockSize, blockSize(ggml.type!), ggml.name);
    assertStrictEquals(ggml.blockBytes, blockBytes(ggml.type!), ggml.name);
  }
});

Deno.test("GGML_TYPES has no number that was withdrawn", () => {
  for (const withdrawn of [4, 5, 31, 32, 33, 36, 37, 38]) {
    assertStrictEquals(GGML_TYPES.has(withdrawn), false, `${withdrawn}`);
  }
});
