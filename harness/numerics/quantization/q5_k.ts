/**
 * Q5_K: 256 values in eight parts of 32, as half-precision scales d and m of the
 * block, a 6-bit scale s and minimum t of each part, and 5-bit numbers q.
 *
 *     x = (d · s) · q − m · t
 *
 * Block, 176 bytes: d (2), m (2), scales and minima (12, `_k_scales.ts`), 32 bytes
 * of fifth bits (bit p of byte i for qᵢ of part p), then 128 bytes of low four
 * bits as in Q4_K. Read only: such files are made elsewhere.
 *
 * @module
 */
import { type BlockFormat, HALF } from "./_block_format.ts";
import { K_BLOCK, kMinimum, kScale } from "./_k_scales.ts";
import { halfToFloat } from "./half.ts";

const BYTES = 176;

/** 5.5 bits per value, with offsets. */
export const q5K: BlockFormat = {
  blockSize: K_BLOCK,
  blockBytes: BYTES,
  floatAt: 0,
  floatBytes: 4,
  float: HALF,
  decode(out, bytes, at) {
    for (let start = 0; start < out.length; start += K_BLOCK, at += BYTES) {
      const d = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
      const m = halfToFloat(bytes[at + 2]! | (bytes[at + 3]! << 8));
      for (let part = 0; part < 8; part++) {
        const scale = d * kScale(bytes, at + 4, part);
        const offset = m * kMinimum(bytes, at + 4, part);
        const numbers = at + 48 + 32 * (part >> 1);
        const shift = 4 * (part & 1);
        const to = start + 32 * part;
        for (let i = 0; i < 32; i++) {
          const low = (bytes[numbers + i]! >> shift) & 15;
          const fifth = (bytes[at + 16 + i]! >> part) & 1;
          out[to + i] = scale * (low | (fifth << 4)) - offset;
        }
      }
    }
  },
};
