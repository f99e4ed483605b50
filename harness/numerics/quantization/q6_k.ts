/**
 * Q6_K: 256 values in sixteen parts of 16, as a half-precision scale d of the block,
 * a signed 8-bit scale s of each part, and 6-bit numbers q.
 *
 *     x = (d · s) · (q − 32)
 *
 * Block, 210 bytes: 128 bytes of low four bits, 64 bytes of high two bits, 16
 * scales, d (2, at the end). Values come in two halves of 128, each of four
 * quarters of 32; qᵢ of quarter k takes byte i + 32·(k mod 2) of its half's 64 low
 * bytes, low nibble for k < 2, and bits 2k and 2k + 1 of byte i of its half's 32 high
 * bytes. Read only: such files are made elsewhere.
 *
 * @module
 */
import { type BlockFormat, HALF } from "./_block_format.ts";
import { K_BLOCK } from "./_k_scales.ts";
import { halfToFloat } from "./half.ts";

const BYTES = 210;
const HIGH_AT = 128;
const SCALES_AT = 192;
const FLOAT_AT = 208;

/** 6.6 bits per value, symmetric. */
export const q6K: BlockFormat = {
  blockSize: K_BLOCK,
  blockBytes: BYTES,
  floatAt: FLOAT_AT,
  floatBytes: 2,
  float: HALF,
  decode(out, bytes, at) {
    for (let start = 0; start < out.length; start += K_BLOCK, at += BYTES) {
      const d = halfToFloat(bytes[at + FLOAT_AT]! | (bytes[at + FLOAT_AT + 1]! << 8));
      for (let quarter = 0; quarter < 8; quarter++) {
        const half = quarter >> 2, k = quarter & 3;
        const low = at + 64 * half + 32 * (k & 1);
        const high = at + HIGH_AT + 32 * half;
        const to = start + 32 * quarter;
        for (let i = 0; i < 32; i++) {
          const scale = bytes[at + SCALES_AT + 2 * quarter + (i >> 4)]! << 24 >> 24;
          const q = ((bytes[low + i]! >> (4 * (k >> 1))) & 15) |
            (((bytes[high + i]! >> (2 * k)) & 3) << 4);
          out[to + i] = d * scale * (q - 32);
        }
      }
    }
  },
};
