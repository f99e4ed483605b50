/**
 * Q5_0: 32 values as one half-precision scale d and 32 five-bit numbers q.
 *
 *     x = d · (q − 16)     d = (value of largest magnitude, signed) / −16
 *
 * Block: d (2 bytes), the fifth bits as a little-endian u32 with bit i for qᵢ,
 * 16 bytes; byte i holds the low four bits of qᵢ in its low and of qᵢ₊₁₆ in
 * its high nibble.
 *
 * @module
 */
import { HALF, inverse, largest, type WritableFormat } from "./_block_format.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

/** 5.5 bits per value, symmetric. */
export const q50: WritableFormat = {
  blockSize: 32,
  blockBytes: 22,
  floatAt: 0,
  floatBytes: 2,
  float: HALF,
  decode(out, bytes, at) {
    for (let start = 0; start < out.length; start += 32, at += 22) {
      const d = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
      const lowFifths = bytes[at + 2]! | (bytes[at + 3]! << 8);
      const highFifths = bytes[at + 4]! | (bytes[at + 5]! << 8);
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + 6 + i]!;
        out[start + i] = d * (((pair & 15) | (((lowFifths >> i) & 1) << 4)) - 16);
        out[start + i + 16] = d * (((pair >> 4) | (((highFifths >> i) & 1) << 4)) - 16);
      }
    }
  },
  encode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += 32, at += 22) {
      const d = Math.fround(largest(values, start, 32) / -16);
      const scale = inverse(d);
      const half = floatToHalf(d);
      bytes[at] = half;
      bytes[at + 1] = half >> 8;
      let fifths = 0;
      for (let i = 0; i < 16; i++) {
        const low = quantize(values[start + i]!, scale);
        const high = quantize(values[start + i + 16]!, scale);
        fifths |= ((low >> 4) << i) | ((high >> 4) << (i + 16));
        bytes[at + 6 + i] = (low & 15) | ((high & 15) << 4);
      }
      for (let i = 0; i < 4; i++) bytes[at + 2 + i] = fifths >>> (8 * i);
    }
  },
};

/** Rounds in f32, as the oracle does; the result never falls below 0. */
function quantize(value: number, scale: number): number {
  return Math.min(31, Math.trunc(Math.fround(Math.fround(value * scale) + 16.5)));
}
