import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ModelFormatError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";
import { Fields, writeGguf, type WrittenValue } from "../../tests/gguf_writer.ts";
import { TINY_TOKENS, tinyGguf, withTensor } from "../../tests/tiny_gguf.ts";
import { memorySource } from "../byte_source.ts";
import { readGguf } from "./read_gguf.ts";

const raw = (number: number, fields: Fields): WrittenValue => ({
  type: "raw",
  number,
  bytes: fields.joined(),
});

/** Reads a file of metadata alone. */
async function readPairs(...metadata: (readonly [string, WrittenValue])[]) {
  const bytes = writeGguf({ metadata, tensors: [] });
  return (await readGguf(memorySource("pairs.gguf", bytes))).metadata;
}

Deno.test("readGguf() reads counts, tensors and their places", async () => {
  const bytes = writeGguf(tinyGguf());
  const file = await readGguf(memorySource("tiny.gguf", bytes));
  assertStrictEquals(file.version, 3);
  assertStrictEquals(file.alignment, 32);
  assertStrictEquals(file.tensors.size, 20);
  const key = file.tensors.get("blk.1.attn_k.weight")!;
  assertEquals(key.dimensions, [32, 16]);
  assertStrictEquals(key.byteLength, 2048);
  const last = file.tensors.get("blk.1.ffn_down.weight")!;
  assertStrictEquals(last.dataOffset + last.byteLength, bytes.length);
});

Deno.test("readGguf() reads version 2 and any allowed alignment", async () => {
  for (const alignment of [8, 64, 65_536]) {
    const file = tinyGguf();
    const bytes = writeGguf({
      ...file,
      version: 2,
      alignment,
      metadata: [...file.metadata, ["general.alignment", { type: "uint32", value: alignment }]],
    });
    const read = await readGguf(memorySource("aligned.gguf", bytes));
    assertStrictEquals(read.alignment, alignment);
    for (const tensor of read.tensors.values()) {
      assertStrictEquals(tensor.dataOffset % alignment, 0);
    }
  }
});

Deno.test("readGguf() accepts gaps between tensors and any order of data", async () => {
  const file = withTensor(tinyGguf(), "output_norm.weight", { offset: 2n ** 17n });
  const bytes = new Uint8Array(2 ** 18);
  bytes.set(writeGguf(file));
  const read = await readGguf(memorySource("gaps.gguf", bytes));
  assert(read.tensors.get("output_norm.weight")!.dataOffset > 2 ** 17);
});

Deno.test("readGguf() keeps integers of 64 bits exact", async () => {
  const metadata = await readPairs(
    ["u64", { type: "uint64", value: 2n ** 64n - 1n }],
    ["i64", raw(11, new Fields().u64(2n ** 64n - 2n))],
  );
  assertStrictEquals(metadata.entries.get("u64")!.value, 2n ** 64n - 1n);
  assertStrictEquals(metadata.entries.get("i64")!.value, -2n);
});

Deno.test("readGguf() reads every other value type", async () => {
  const metadata = await readPairs(
    ["u8", { type: "uint8", value: 200 }],
    ["i8", raw(1, new Fields().bytes(Uint8Array.of(0xfe)))],
    ["u16", raw(2, new Fields().bytes(Uint8Array.of(0x34, 0x12)))],
    ["i16", raw(3, new Fields().bytes(Uint8Array.of(0xfe, 0xff)))],
    ["u32", { type: "uint32", value: 4_000_000_000 }],
    ["i32", { type: "int32", value: -5 }],
    ["f32", { type: "float32", value: 0.5 }],
    ["bool", { type: "bool", value: 1 }],
    ["string", { type: "string", value: "\ufeffé" }], // a byte order mark is text
    ["f64", raw(12, new Fields().bytes(new Uint8Array(Float64Array.of(0.1).buffer)))],
  );
  assertEquals([...metadata.entries.values()].map(({ value }) => value), [
    200,
    -2,
    0x1234,
    -2,
    4_000_000_000,
    -5,
    0.5,
    true,
    "\ufeffé",
    0.1,
  ]);
});

Deno.test("readGguf() keeps keys apart from an object's own properties", async () => {
  const metadata = await readPairs(["__proto__", { type: "uint32", value: 7 }]);
  assertStrictEquals(metadata.integer("__proto__", { min: 0, max: 9 }), 7);
  assertStrictEquals(metadata.has("constructor"), false);
});

Deno.test("readGguf() reads arrays of strings across chunks, the empty string too", async () => {
  const words = Array.from({ length: 60_000 }, (_, i) => i % 100 === 0 ? "" : `é${i}`);
  const metadata = await readPairs(["words", { type: "strings", value: words }]);
  const list = metadata.strings("words")!;
  assertEquals(Array.from({ length: list.length }, (_, i) => list.at(i)), words);
});

Deno.test("readGguf() reads arrays of numbers across pieces", async () => {
  const values = Array.from({ length: 150_000 }, (_, i) => i * 7 - 9);
  const metadata = await readPairs(["ints", { type: "int32s", value: values }]);
  const list = metadata.integers("ints")!;
  assertEquals(Array.from({ length: list.length }, (_, i) => list.at(i)), values);
});

Deno.test("readGguf() names the string of an array that is not UTF-8", async () => {
  const fields = new Fields().u32(8).u64(2n).text("ok").text(Uint8Array.of(0xff));
  const list = (await readPairs(["words", raw(9, fields)])).strings("words")!;
  assertStrictEquals(list.at(0), "ok");
  const error = await assertRejects(
    () => Promise.resolve().then(() => list.at(1)),
    ModelFormatError,
  );
  assertStrictEquals(error.field, "words[1]");
  assertStrictEquals(error.offset, 24 + 8 + 5 + 4 + 12 + 8 + 2 + 8); // header, key, array head, "ok"
});

Deno.test("readGguf() reads the header in few ranges and leaves data alone", async () => {
  const bytes = writeGguf(tinyGguf());
  const padded = new Uint8Array(bytes.length + 10_000_000);
  padded.set(bytes);
  const inner = memorySource("large.gguf", padded);
  const ranges: number[] = [];
  const source: ByteSource = {
    ...inner,
    read(offset, length) {
      ranges.push(length);
      return inner.read(offset, length);
    },
  };
  await readGguf(source);
  assertEquals(ranges, [65_536]);
});

Deno.test("readGguf() writes control characters of names as escapes", async () => {
  const file = tinyGguf();
  const evil = { ...file.tensors[0]!, name: "\x1b[2J\u202e", dimensions: [0n] };
  const bytes = writeGguf({ ...file, tensors: [evil] });
  const error = await assertRejects(
    () => readGguf(memorySource("evil.gguf", bytes)),
    ModelFormatError,
  );
  assertStrictEquals(error.field, "\\u{1b}[2J\\u{202e}.dimensions");
});

Deno.test("Metadata getters refuse other types and say which came", async () => {
  const metadata = await readPairs(
    ["n", { type: "uint32", value: 1 }],
    ["f", { type: "float32", value: 1 }],
    ["s", { type: "strings", value: [...TINY_TOKENS] }],
  );
  const message = (get: () => unknown): string => {
    try {
      get();
    } catch (error) {
      if (error instanceof ModelFormatError) return error.message;
    }
    return "";
  };
  assert(message(() => metadata.string("n")).includes("expected a string"));
  assert(message(() => metadata.boolean("n")).includes("expected a bool"));
  assert(message(() => metadata.integer("f", { min: 0, max: 1 })).includes("expected an integer"));
  assert(message(() => metadata.float("n", { min: 0, max: 1 })).includes("floating-point"));
  assert(message(() => metadata.strings("n")).includes("array of strings"));
  assert(message(() => metadata.integers("s")).includes("array of integers"));
  assert(message(() => metadata.required("gone", undefined)).includes("missing"));
});
