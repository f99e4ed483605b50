import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { InputError, ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import { openSmolLm2, SMOLLM2_SKIPPED, smolLm2IsThere } from "../tests/smollm2.ts";
import { writeGguf } from "../tests/gguf_writer.ts";
import { tinyGguf, withTensor, withValue } from "../tests/tiny_gguf.ts";
import { memorySource } from "./byte_source.ts";
import { openGguf, openModel } from "./open.ts";

const tiny = () => memorySource("tiny.gguf", writeGguf(tinyGguf()));

Deno.test("openModel() opens a GGUF file by its first bytes", async () => {
  const { checkpoint, tokenizer, chat } = await openModel(tiny());
  assertStrictEquals(checkpoint.info.vocabSize, tokenizer.vocabSize);
  assertStrictEquals(chat, undefined);
});

Deno.test("openModel() refuses other files in one sentence", async () => {
  for (const content of ["", "{}", "PK\x03\x04 a zip file", "<!doctype html>"]) {
    const error = await assertRejects(
      () => openModel(memorySource("other.bin", new TextEncoder().encode(content))),
      InputError,
      'Cannot open "other.bin": expected a GGUF file',
    );
    assert(!/\p{Cc}/u.test(error.message), error.message);
  }
});

Deno.test("openGguf() digests the file as sha256sum does", async () => {
  const bytes = writeGguf(tinyGguf());
  const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const { checkpoint } = await openGguf(memorySource("tiny.gguf", bytes));
  assertStrictEquals(checkpoint.info.digest, `sha256:${expected}`);
});

Deno.test("openGguf() refuses unknown architectures and split files by name", async () => {
  const text = (value: string) => ({ type: "string", value }) as const;
  const gemma = withValue(tinyGguf(), "general.architecture", text("gemma"));
  await assertRejects(
    () => openGguf(memorySource("gemma.gguf", writeGguf(gemma))),
    UnsupportedError,
    'Cannot open "gemma.gguf": expected architecture "llama", "smollm3", "qwen2", "qwen3" or "gpt2": architecture "gemma" is not supported',
  );
  const part = withValue(tinyGguf(), "split.count", { type: "uint32", value: 3 });
  await assertRejects(
    () => openGguf(memorySource("part.gguf", writeGguf(part))),
    UnsupportedError,
    "join its parts",
  );
});

Deno.test("reading a weight refuses block scales that are not finite", async () => {
  const file = tinyGguf("q8_0");
  const name = "blk.0.attn_q.weight";
  const data = file.tensors.find((tensor) => tensor.name === name)!.data.slice();
  data.set([0x00, 0x7c], 34 * 3); // an infinite scale in the fourth block
  const bytes = writeGguf(withTensor(file, name, { data }));
  const { checkpoint } = await openGguf(memorySource("tiny.gguf", bytes));
  const tensor = checkpoint.blockTensor(0, "query");
  const error = await assertRejects(() => tensor.read(), ModelFormatError, "finite");
  assertStrictEquals(error.field, name);
  assertEquals([bytes[error.offset], bytes[error.offset + 1]], [0x00, 0x7c]);
});

Deno.test("openGguf() opens the models that Python wrote", async () => {
  for (const name of ["llama_tied", "llama_untied", "llama_wide_heads"]) {
    const url = new URL(`../tests/testdata/${name}.gguf`, import.meta.url);
    const { checkpoint } = await openGguf(memorySource(name, await Deno.readFile(url)));
    assertStrictEquals(checkpoint.info.tiedHead, name !== "llama_untied", name);
  }
});

Deno.test({
  name: `openGguf() opens the real SmolLM2${SMOLLM2_SKIPPED}`,
  ignore: !smolLm2IsThere(),
  fn: async () => {
    const { checkpoint, tokenizer, chat } = await openSmolLm2();
    assertEquals(checkpoint.info, {
      name: "Smollm2 135M 8k Lc100K Mix1 Ep2",
      family: "llama",
      layerCount: 30,
      dModel: 576,
      ffnSize: 1536,
      gated: true,
      heads: 9,
      kvHeads: 3,
      headDim: 64,
      vocabSize: 49_152,
      tiedHead: true,
      context: 8192,
      digest: "sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    });
    assertEquals(checkpoint.architecture.rope, {
      base: 100_000,
      dimensions: 64,
      pairing: "adjacent",
    });
    assertStrictEquals(checkpoint.tensor("output").type, "q8_0");
    assertStrictEquals(checkpoint.blockTensor(29, "down").type, "q4_1");
    assertStrictEquals(chat?.name, "smollm2");
    assertEquals([...tokenizer.eos], [2, 0]);
    assertStrictEquals(tokenizer.bos, undefined);
  },
});
