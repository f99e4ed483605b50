/**
 * Q5_1: 32 values as a half-precision scale d, a half-precision minimum m and
 * 32 five-bit numbers q.
 *
 *     x = d · q + m        d = (max − min) / 31, m = min
 *
 * Block: d (2 bytes), m (2 bytes), the fifth bits as a little-endian u32 with
 * bit i for qᵢ, 16 bytes; byte i holds the low four bits of qᵢ in its low and
 * of qᵢ₊₁₆ in its high nibble.
 *
 * @module
 */
import { HALF, inverse, type WritableFormat } from "./_block_format.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

/** 6 bits per value, with an offset. */
export const q51: WritableFormat = {
  blockSize: 32,
  blockBytes: 24,
  floatAt: 0,
  floatBytes: 4,
  float: HALF,
  decode(out, bytes, at) {
    for (let start = 0; start < out.length; start += 32, at += 24) {
      const d = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
      const m = halfToFloat(bytes[at + 2]! | (bytes[at + 3]! << 8));
      const lowFifths = bytes[at + 4]! | (bytes[at + 5]! << 8);
      const highFifths = bytes[at + 6]! | (bytes[at + 7]! << 8);
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + 8 + i]!;
        out[start + i] = d * ((pair & 15) | (((lowFifths >> i) & 1) << 4)) + m;
        out[start + i + 16] = d * ((pair >> 4) | (((highFifths >> i) & 1) << 4)) + m;
      }
    }
  },
  encode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += 32, at += 24) {
      const block = values.subarray(start, start + 32);
      const min = Math.min(...block);
      const d = Math.fround(Math.fround(Math.max(...block) - min) / 31);
      const scale = inverse(d);
      const half = floatToHalf(d);
      const offset = floatToHalf(min);
      bytes[at] = half;
      bytes[at + 1] = half >> 8;
      bytes[at + 2] = offset;
      bytes[at + 3] = offset >> 8;
      let fifths = 0;
      for (let i = 0; i < 16; i++) {
        const low = quantize(block[i]!, min, scale);
        const high = quantize(block[i + 16]!, min, scale);
        fifths |= ((low >> 4) << i) | ((high >> 4) << (i + 16));
        bytes[at + 8 + i] = (low & 15) | ((high & 15) << 4);
      }
      for (let i = 0; i < 4; i++) bytes[at + 4 + i] = fifths >>> (8 * i);
    }
  },
};

/** Rounds in f32, as the oracle does. */
function quantize(value: number, min: number, scale: number): number {
  const steps = Math.fround(Math.fround(value - min) * scale);
  return Math.min(31, Math.trunc(Math.fround(steps + 0.5)));
}
