import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import type { Checkpoint } from "../harness/contract/model.ts";
import { dequantize, WRITABLE_TYPES } from "../harness/numerics/quantization/mod.ts";
import { writeGguf, type WrittenFile, type WrittenValue } from "../tests/gguf_writer.ts";
import { tinyGguf, withTensor, withValue } from "../tests/tiny_gguf.ts";
import { memorySource } from "./byte_source.ts";
import { llama } from "./families/llama.ts";
import { readGguf } from "./gguf/read_gguf.ts";
import { ggufCheckpoint, readGgufModel } from "./gguf_checkpoint.ts";

async function open(file: WrittenFile): Promise<Checkpoint> {
  const read = await readGguf(memorySource("tiny.gguf", writeGguf(file)));
  return ggufCheckpoint(await readGgufModel(read, llama), "sha256:00");
}

Deno.test("ggufCheckpoint() gives the shapes and the architecture of the file", async () => {
  const { info, architecture, weightBytes } = await open(tinyGguf());
  assertEquals(info, {
    name: "Tiny",
    family: "llama",
    layerCount: 2,
    dModel: 32,
    ffnSize: 64,
    gated: true,
    heads: 4,
    kvHeads: 2,
    headDim: 8,
    vocabSize: 264,
    tiedHead: true,
    context: 64,
    digest: "sha256:00",
  });
  assertEquals(architecture, {
    family: "llama",
    norm: "rms",
    normEpsilon: Math.fround(1e-5),
    activation: "silu",
    blockRoles: [
      "attentionNorm",
      "query",
      "key",
      "value",
      "attentionOutput",
      "mlpNorm",
      "gate",
      "up",
      "down",
    ],
    globalRoles: ["embedding", "outputNorm", "output"],
    rope: { base: 5000, dimensions: 8, pairing: "adjacent" },
  });
  const values = 264 * 32 + 32 + 2 * (2 * 32 + 2 * 32 * 32 + 2 * 16 * 32 + 3 * 64 * 32);
  assertStrictEquals(weightBytes, 4 * values);
});

Deno.test("ggufCheckpoint() finds tensors by role, rows first", async () => {
  const checkpoint = await open(tinyGguf());
  assertEquals(checkpoint.tensor("embedding").shape, [264, 32]);
  assertEquals(checkpoint.tensor("outputNorm").shape, [32]);
  assertEquals(checkpoint.blockTensor(1, "key").shape, [16, 32]);
  assertEquals(checkpoint.blockTensor(1, "gate").shape, [64, 32]);
  assertEquals(checkpoint.blockTensor(1, "down").shape, [32, 64]);
  assertStrictEquals(checkpoint.blockTensor(1, "down").name, "blk.1.ffn_down.weight");
  assertThrows(() => checkpoint.blockTensor(2, "key"), RangeError, "< 2");
});

Deno.test("ggufCheckpoint() gives the embedding for a tied head, the output else", async () => {
  const tied = await open(tinyGguf());
  assertStrictEquals(tied.tensor("output").name, "token_embd.weight");
  const file = tinyGguf();
  const head = { ...file.tensors[0]!, name: "output.weight" };
  const untied = await open({ ...file, tensors: [...file.tensors, head] });
  assertStrictEquals(untied.info.tiedHead, false);
  assertStrictEquals(untied.tensor("output").name, "output.weight");
});

Deno.test("ggufCheckpoint() reads the bytes as they were written, in every type", async () => {
  for (const type of WRITABLE_TYPES) {
    const file = tinyGguf(type);
    const tensor = (await open(file)).blockTensor(0, "query");
    const bytes = await tensor.read();
    assertStrictEquals(tensor.type, type);
    assertStrictEquals(tensor.byteLength, bytes.length);
    assertEquals(bytes, file.tensors.find(({ name }) => name === tensor.name)!.data.slice());
    dequantize(type, bytes, new Float32Array(32 * 32));
  }
});

Deno.test("readGgufModel() takes defaults for RoPE base, RoPE dimensions and KV heads", async () => {
  const file = ["llama.rope.freq_base", "llama.rope.dimension_count", "llama.vocab_size"]
    .reduce((file, key) => withValue(file, key, undefined), tinyGguf());
  const { architecture } = await open(file);
  assertStrictEquals(architecture.rope?.base, 10_000);
  assertStrictEquals(architecture.rope?.dimensions, 8);
});

Deno.test("readGgufModel() takes head dimensions that the width does not imply", async () => {
  let file = withValue(tinyGguf(), "llama.attention.key_length", { type: "uint32", value: 16 });
  file = withValue(file, "llama.attention.head_count", { type: "uint32", value: 2 });
  file = withValue(file, "llama.attention.head_count_kv", { type: "uint32", value: 1 });
  assertStrictEquals((await open(file)).info.headDim, 16);
});

const u32 = (value: number): WrittenValue => ({ type: "uint32", value });
const text = (value: string): WrittenValue => ({ type: "string", value });
const norm = tinyGguf().tensors[1]!;
const withExtra = (name: string): WrittenFile => {
  const file = tinyGguf();
  return { ...file, tensors: [...file.tensors, { ...norm, name }] };
};

const factors = (...values: number[]): WrittenFile => {
  const file = tinyGguf();
  const data = new Uint8Array(Float32Array.from(values).buffer);
  const tensor = { ...norm, name: "rope_freqs.weight", dimensions: [BigInt(values.length)], data };
  return { ...file, tensors: [...file.tensors, tensor] };
};

Deno.test("readGgufModel() reads the frequency factors of a file", async () => {
  const { architecture } = await open(factors(1, 2, 4, 8));
  assertEquals(architecture.rope?.factors, [1, 2, 4, 8]);
});

Deno.test("readGgufModel() refuses factors that cannot divide, and as many as do not fit", async () => {
  for (const values of [[1, 1, 0, 1], [1, 1, -2, 1], [1, 1, 1, 1e9], [1, 1, 1]]) {
    await assertRejects(() => open(factors(...values)), ModelFormatError, "rope_freqs.weight");
  }
});

const UNSUPPORTED: readonly (readonly [string, WrittenFile, string])[] = [
  ["RoPE scaling", withValue(tinyGguf(), "llama.rope.scaling.type", text("yarn")), "RoPE scaling"],
  [
    "linear RoPE scaling",
    withValue(tinyGguf(), "llama.rope.scale_linear", { type: "float32", value: 4 }),
    "RoPE scaling",
  ],
  ["experts", withValue(tinyGguf(), "llama.expert_count", u32(8)), "mixtures of experts"],
  ["value widths", withValue(tinyGguf(), "llama.attention.value_length", u32(4)), "values of 4"],
  ["biases", withExtra("blk.0.attn_q.bias"), 'tensor "blk.0.attn_q.bias"'],
  [
    "K-quants",
    withTensor(tinyGguf(), "blk.0.attn_q.weight", {
      type: 11,
      dimensions: [256n, 4n],
      data: new Uint8Array(4 * 110),
    }),
    "Q3_K",
  ],
];
for (const [title, file, says] of UNSUPPORTED) {
  Deno.test(`readGgufModel() refuses ${title} by name`, async () => {
    // K-quants have another shape here, so the type must be judged before it.
    const error = await assertRejects(() => open(file), UnsupportedError, says);
    assertStrictEquals(error.message.includes("\n"), false);
  });
}
