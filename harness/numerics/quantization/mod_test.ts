import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  blockBytes,
  blockSize,
  dequantize,
  findNonFinite,
  quantize,
  STORAGE_TYPES,
  tensorBytes,
  WRITABLE_TYPES,
} from "./mod.ts";

/** What the Python package `gguf` makes of seeded values; tools/golden/quantization.py. */
interface Golden {
  readonly values: readonly number[]; // f32 bit patterns; none where only reading is tested
  readonly stored: string; // hexadecimal
  readonly decoded: readonly number[]; // f32 bit patterns
}

async function readGolden(type: string): Promise<Golden> {
  const url = new URL(`../../../tests/golden/quantization/${type}.json`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(url));
}

function floats(bits: readonly number[]): Float32Array {
  return new Float32Array(Uint32Array.from(bits).buffer);
}

function bitsOf(values: Float32Array): number[] {
  return [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
}

for (const type of STORAGE_TYPES) {
  Deno.test(`dequantize() reads ${type} bit for bit as gguf does`, async () => {
    const golden = await readGolden(type);
    const out = new Float32Array(golden.decoded.length);
    dequantize(type, Uint8Array.fromHex(golden.stored), out);
    assertEquals(bitsOf(out), golden.decoded);
  });

  Deno.test(`dequantize() reads one row out of the middle of ${type}`, async () => {
    const golden = await readGolden(type);
    const bytes = new Uint8Array(golden.stored.length / 2 + 3); // not aligned
    bytes.set(Uint8Array.fromHex(golden.stored), 3);
    const length = Math.max(64, blockSize(type));
    const row = new Float32Array(length);
    dequantize(type, bytes.subarray(3), row, 5 * length);
    assertEquals(bitsOf(row), golden.decoded.slice(5 * length, 6 * length));
  });

  Deno.test(`findNonFinite() points at a broken number of ${type}`, async () => {
    const bytes = Uint8Array.fromHex((await readGolden(type)).stored);
    assertStrictEquals(findNonFinite(type, bytes), undefined);
    const third = 3 * blockBytes(type) + (type === "q6_k" ? 208 : 0); // its scale comes last
    for (const value of [NaN, Infinity, -Infinity]) {
      const broken = bytes.slice();
      const plain = type === "f32" || type === "bf16" ? type : "f16";
      broken.set(quantize(plain, Float32Array.of(value)), third);
      assertStrictEquals(findNonFinite(type, broken), third);
    }
  });
}

for (const type of WRITABLE_TYPES) {
  Deno.test(`quantize() writes ${type} byte for byte as gguf does`, async () => {
    const golden = await readGolden(type);
    assertEquals(quantize(type, floats(golden.values)).toHex(), golden.stored);
  });
}

Deno.test("findNonFinite() sees the minimum of an offset format", () => {
  const bytes = quantize("q4_1", new Float32Array(64).fill(1));
  bytes.set(quantize("f16", Float32Array.of(NaN)), 22);
  assertStrictEquals(findNonFinite("q4_1", bytes), 22);
});

Deno.test("dequantize() reads every half, specials included", () => {
  const bytes = new Uint8Array(2 * 65536);
  const view = new DataView(bytes.buffer);
  for (let bits = 0; bits < 65536; bits++) view.setUint16(2 * bits, bits, true);
  const out = new Float32Array(65536);
  dequantize("f16", bytes, out);
  for (let bits = 0; bits < 65536; bits++) {
    assertStrictEquals(out[bits], view.getFloat16(2 * bits, true), `bits ${bits}`);
  }
});

Deno.test("quantize() rounds to the nearest half, ties to even", () => {
  const view = new DataView(new ArrayBuffer(2));
  const values: number[] = [0, -0, 65504, 65519.99, 65520, -1e9, NaN, Infinity, 2 ** -24, 2 ** -25];
  for (let i = -300; i < 300; i++) {
    values.push(1 + i / 4096, i * 2 ** -26, 2 ** -14 + i * 2 ** -25, 1.1 ** i);
  }
  const single = Float32Array.from(values);
  const bytes = quantize("f16", single);
  single.forEach((value, i) => {
    view.setFloat16(0, value, true);
    const got = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
    assertStrictEquals(got, view.getUint16(0, true), `value ${value}`);
  });
});

Deno.test("tensorBytes() counts whole blocks and refuses parts of one", () => {
  assertStrictEquals(tensorBytes("q4_1", 64), 40);
  assertStrictEquals(tensorBytes("f32", 3), 12);
  assertStrictEquals(tensorBytes("q8_0", 0), 0);
  assertStrictEquals(blockSize("q8_0"), 32);
  assertThrows(() => tensorBytes("q8_0", 33), RangeError, "multiple of 32");
  assertThrows(() => tensorBytes("f32", -1), RangeError);
  assertThrows(() => tensorBytes("f32", 1.5), RangeError);
});

Deno.test("dequantize() refuses bytes that end too early", () => {
  assertThrows(
    () => dequantize("q8_0", new Uint8Array(67), new Float32Array(64)),
    RangeError,
    "expected 68 bytes",
  );
  assertThrows(
    () => dequantize("q8_0", new Uint8Array(68), new Float32Array(32), 16),
    RangeError,
    "multiple of 32",
  );
});
