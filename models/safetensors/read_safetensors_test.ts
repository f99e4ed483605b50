import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { ModelFormatError, UnsupportedError } from "../../harness/contract/mod.ts";
import { rawSafetensors, writeSafetensors } from "../../tests/safetensors_writer.ts";
import { memorySource } from "../byte_source.ts";
import { readSafetensors } from "./read_safetensors.ts";

const read = (bytes: Uint8Array) => readSafetensors(memorySource("x.safetensors", bytes));

Deno.test("readSafetensors() gives tensors, shapes and metadata", async () => {
  const file = await read(writeSafetensors({
    "a.weight": { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
    "b": { shape: [1], values: [-0.5] },
  }, { format: "pt", note: 'a "quoted" \u2028 line' }));
  assertEquals([...file.metadata], [["format", "pt"], ["note", 'a "quoted" \u2028 line']]);
  assertEquals([...file.tensors.keys()], ["a.weight", "b"]);
  const { shape, type, byteLength, read: bytes } = file.tensors.get("a.weight")!;
  assertEquals({ shape, type, byteLength }, { shape: [2, 3], type: "f32", byteLength: 24 });
  assertEquals([...new Float32Array((await bytes()).buffer)], [1, 2, 3, 4, 5, 6]);
});

Deno.test("readSafetensors() takes padding, any order of entries, scalars and files without tensors", async () => {
  assertEquals((await read(rawSafetensors("{}      "))).tensors.size, 0);
  const header = '{ "b": {"data_offsets":[4,8],"shape":[],"dtype":"F32"},\n' +
    ' "a": {"dtype":"BF16","shape":[2],"data_offsets":[0,4]} }  ';
  const file = await read(rawSafetensors(header, { data: new Uint8Array(8) }));
  assertEquals([...file.tensors.values()].map(({ name, type, shape }) => [name, type, shape]), [
    ["a", "bf16", [2]],
    ["b", "f32", []],
  ]);
});

Deno.test("readSafetensors() keeps names apart that a plain object would not", async () => {
  const file = await read(writeSafetensors({
    ["__proto__x"]: { shape: [1], values: [1] },
    constructor: { shape: [1], values: [2] },
  }));
  assertEquals([...file.tensors.keys()], ["__proto__x", "constructor"]);
  const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
  const odd = await read(rawSafetensors(`{"__proto__":${entry}}`, { data: new Uint8Array(4) }));
  assertEquals([...odd.tensors.keys()], ["__proto__"]);
});

Deno.test("readSafetensors() refuses types that it cannot decode, and numbers that are not finite", async () => {
  const header = '{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}';
  await assertRejects(
    () => read(rawSafetensors(header, { data: new Uint8Array(8) })),
    UnsupportedError,
    "type I64 is not supported",
  );
  const file = await read(writeSafetensors({ a: { shape: [2], values: [1, NaN] } }));
  await assertRejects(() => file.tensors.get("a")!.read(), ModelFormatError, "finite");
});

Deno.test("readSafetensors() reads or refuses any bytes, and never hangs or throws anything else", async () => {
  const valid = writeSafetensors({
    a: { shape: [2, 2], values: [1, 2, 3, 4] },
    b: { shape: [3], values: [1, 2, 3] },
  }, { k: "v" });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(valid.length),
      async (edits, cut) => {
        const bytes = valid.slice();
        for (const [at, value] of edits) bytes[at] = value;
        try {
          await read(cut % 3 === 0 ? bytes.slice(0, cut) : bytes);
        } catch (error) {
          if (!(error instanceof ModelFormatError || error instanceof UnsupportedError)) {
            throw error;
          }
        }
      },
    ),
    { seed: 7, numRuns: 600 },
  );
});
