/**
 * Q8_0: 32 values as one half-precision scale d and 32 signed bytes q.
 *
 *     x = d · q            d = max|x| / 127
 *
 * Block: d (2 bytes), q₀ … q₃₁ (32 bytes).
 *
 * @module
 */
import { HALF, inverse, largest, type WritableFormat } from "./_block_format.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

/** 8.5 bits per value, symmetric. */
export const q80: WritableFormat = {
  blockSize: 32,
  blockBytes: 34,
  floatAt: 0,
  floatBytes: 2,
  float: HALF,
  decode(out, bytes, at) {
    for (let start = 0; start < out.length; start += 32, at += 34) {
      const d = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
      for (let i = 0; i < 32; i++) out[start + i] = d * ((bytes[at + 2 + i]! << 24) >> 24);
    }
  },
  encode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += 32, at += 34) {
      const d = Math.fround(Math.abs(largest(values, start, 32)) / 127);
      const scale = inverse(d);
      const half = floatToHalf(d);
      bytes[at] = half;
      bytes[at + 1] = half >> 8;
      for (let i = 0; i < 32; i++) {
        const q = Math.fround(values[start + i]! * scale);
        bytes[at + 2 + i] = Math.sign(q) * Math.floor(Math.abs(q) + 0.5); // half away from zero
      }
    }
  },
};
