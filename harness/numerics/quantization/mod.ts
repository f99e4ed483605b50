/**
 * Storage formats of weights: geometry, decoding to f32, encoding from f32.
 *
 * Values are stored in row-major order, block after block, a block never
 * crossing a row.
 *
 * @module
 */
import type { BlockFormat, WritableFormat } from "./_block_format.ts";
import { bf16 } from "./bf16.ts";
import { f16 } from "./f16.ts";
import { f32 } from "./f32.ts";
import { q40 } from "./q4_0.ts";
import { q41 } from "./q4_1.ts";
import { q4K } from "./q4_k.ts";
import { q50 } from "./q5_0.ts";
import { q51 } from "./q5_1.ts";
import { q5K } from "./q5_k.ts";
import { q6K } from "./q6_k.ts";
import { q80 } from "./q8_0.ts";

/** Names of the formats that the harness reads and writes. */
export type WritableType =
  | "f32"
  | "f16"
  | "bf16"
  | "q8_0"
  | "q4_0"
  | "q4_1"
  | "q5_0"
  | "q5_1";

/** Names of all formats; the same as the contract's `TensorType`. */
export type StorageType = WritableType | "q4_k" | "q5_k" | "q6_k";

const WRITABLE: Readonly<Record<WritableType, WritableFormat>> = {
  f32,
  f16,
  bf16,
  "q8_0": q80,
  "q4_0": q40,
  "q4_1": q41,
  "q5_0": q50,
  "q5_1": q51,
};

const FORMATS: Readonly<Record<StorageType, BlockFormat>> = {
  ...WRITABLE,
  "q4_k": q4K,
  "q5_k": q5K,
  "q6_k": q6K,
};

/** Formats that the harness writes, from plain to packed. */
export const WRITABLE_TYPES: readonly WritableType[] = Object.keys(WRITABLE) as WritableType[];

/** All formats, from plain to packed. */
export const STORAGE_TYPES: readonly StorageType[] = Object.keys(FORMATS) as StorageType[];

/** Values per block: 1 for plain formats, 32 for packed ones, 256 for K-formats. */
export function blockSize(type: StorageType): number {
  return FORMATS[type].blockSize;
}

/** Bytes per block. */
export function blockBytes(type: StorageType): number {
  return FORMATS[type].blockBytes;
}

/**
 * Bytes of `elementCount` values.
 *
 * Errors: `RangeError` if the count is not a whole number of blocks.
 */
export function tensorBytes(type: StorageType, elementCount: number): number {
  const format = FORMATS[type];
  const blocks = elementCount / format.blockSize;
  if (!Number.isSafeInteger(blocks) || blocks < 0) {
    throw new RangeError(
      `Cannot size a "${type}" tensor: expected a multiple of ${format.blockSize} values: current value is ${elementCount}`,
    );
  }
  return blocks * format.blockBytes;
}

/**
 * Decodes `out.length` values into `out`, beginning at value `from` of `bytes`.
 *
 * Both `from` and `out.length` are whole numbers of blocks.
 *
 * Errors: `RangeError` if they are not, or if `bytes` ends too early.
 *
 * @example One value in half precision
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dequantize } from "./mod.ts";
 *
 * const out = new Float32Array(1);
 * dequantize("f16", new Uint8Array([0x00, 0x3c]), out);
 * assertEquals(out[0], 1);
 * ```
 */
export function dequantize(
  type: StorageType,
  bytes: Uint8Array,
  out: Float32Array,
  from: number = 0,
): void {
  const start = tensorBytes(type, from);
  const end = start + tensorBytes(type, out.length);
  if (end > bytes.length) {
    throw new RangeError(
      `Cannot decode "${type}" values: expected ${end} bytes: current value is ${bytes.length}`,
    );
  }
  FORMATS[type].decode(out, bytes, start);
}

/** Encodes `values`, a whole number of blocks, as `type`. */
export function quantize(type: WritableType, values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(tensorBytes(type, values.length));
  WRITABLE[type].encode(bytes, values);
  return bytes;
}

/**
 * Byte offset of the first number in `bytes` that is NaN or infinite, `undefined`
 * if all are finite. In packed formats the numbers are the scales and minima
 * of the blocks; integers cannot be wrong.
 */
export function findNonFinite(type: StorageType, bytes: Uint8Array): number | undefined {
  const { blockBytes, floatAt, floatBytes, float } = FORMATS[type];
  const top = float.width - 2; // the exponent lies in the upper two bytes
  const mask = float.width === 4 ? float.exponent >>> 16 : float.exponent;
  for (let block = 0; block + blockBytes <= bytes.length; block += blockBytes) {
    for (let at = block + floatAt, end = at + floatBytes; at < end; at += float.width) {
      const upper = bytes[at + top]! | (bytes[at + top + 1]! << 8);
      if ((upper & mask) === mask) return at;
    }
  }
  return undefined;
}
