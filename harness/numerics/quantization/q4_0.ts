/**
 * Q4_0: 32 values as one half-precision scale d and 32 nibbles q.
 *
 *     x = d · (q − 8)      d = (value of largest magnitude, signed) / −8
 *
 * Block: d (2 bytes), 16 bytes; byte i holds qᵢ in its low and qᵢ₊₁₆ in its
 * high nibble.
 *
 * @module
 */
import { HALF, inverse, largest, type WritableFormat } from "./_block_format.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

/** 4.5 bits per value, symmetric. */
export const q40: WritableFormat = {
  blockSize: 32,
  blockBytes: 18,
  floatAt: 0,
  floatBytes: 2,
  float: HALF,
  decode(out, bytes, at) {
    for (let start = 0; start < out.length; start += 32, at += 18) {
      const d = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + 2 + i]!;
        out[start + i] = d * ((pair & 15) - 8);
        out[start + i + 16] = d * ((pair >> 4) - 8);
      }
    }
  },
  encode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += 32, at += 18) {
      const d = Math.fround(largest(values, start, 32) / -8);
      const scale = inverse(d);
      const half = floatToHalf(d);
      bytes[at] = half;
      bytes[at + 1] = half >> 8;
      for (let i = 0; i < 16; i++) {
        const low = quantize(values[start + i]!, scale);
        bytes[at + 2 + i] = low | (quantize(values[start + i + 16]!, scale) << 4);
      }
    }
  },
};

/** Rounds in f32, as the oracle does; the result never falls below 0. */
function quantize(value: number, scale: number): number {
  return Math.min(15, Math.trunc(Math.fround(Math.fround(value * scale) + 8.5)));
}
