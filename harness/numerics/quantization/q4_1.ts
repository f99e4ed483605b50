/**
 * Q4_1: 32 values as a half-precision scale d, a half-precision minimum m and
 * 32 nibbles q.
 *
 *     x = d · q + m        d = (max − min) / 15, m = min
 *
 * Block: d (2 bytes), m (2 bytes), 16 bytes; byte i holds qᵢ in its low and
 * qᵢ₊₁₆ in its high nibble. Product and sum are rounded to f32 one by one.
 *
 * @module
 */
import { HALF, inverse, type WritableFormat } from "./_block_format.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

/** 5 bits per value, with an offset. */
export const q41: WritableFormat = {
  blockSize: 32,
  blockBytes: 20,
  floatAt: 0,
  floatBytes: 4,
  float: HALF,
  decode(out, bytes, at) {
    for (let start = 0; start < out.length; start += 32, at += 20) {
      const d = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
      const m = halfToFloat(bytes[at + 2]! | (bytes[at + 3]! << 8));
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + 4 + i]!;
        out[start + i] = d * (pair & 15) + m;
        out[start + i + 16] = d * (pair >> 4) + m;
      }
    }
  },
  encode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += 32, at += 20) {
      const block = values.subarray(start, start + 32);
      const min = Math.min(...block);
      const d = Math.fround(Math.fround(Math.max(...block) - min) / 15);
      const scale = inverse(d);
      const half = floatToHalf(d);
      const offset = floatToHalf(min);
      bytes[at] = half;
      bytes[at + 1] = half >> 8;
      bytes[at + 2] = offset;
      bytes[at + 3] = offset >> 8;
      for (let i = 0; i < 16; i++) {
        const low = quantize(block[i]!, min, scale);
        bytes[at + 4 + i] = low | (quantize(block[i + 16]!, min, scale) << 4);
      }
    }
  },
};

/** Rounds in f32, as the oracle does. */
function quantize(value: number, min: number, scale: number): number {
  const steps = Math.fround(Math.fround(value - min) * scale);
  return Math.min(15, Math.trunc(Math.fround(steps + 0.5)));
}
