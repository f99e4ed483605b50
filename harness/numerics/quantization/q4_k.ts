/**
 * Q4_K: 256 values in eight parts of 32, as half-precision scales d and m of the
 * block, a 6-bit scale s and minimum t of each part, and 4-bit numbers q.
 *
 *     x = (d · s) · q − m · t
 *
 * Block, 144 bytes: d (2), m (2), scales and minima (12, `_k_scales.ts`), then 128
 * bytes: byte i of the 32 that parts 2k and 2k + 1 share holds qᵢ of the first
 * in its low nibble, of the second in its high one. Read only: such files are
 * made elsewhere.
 *
 * @module
 */
import { type BlockFormat, HALF } from "./_block_format.ts";
import { K_BLOCK, kMinimum, kScale } from "./_k_scales.ts";
import { halfToFloat } from "./half.ts";

const BYTES = 144;

/** 4.5 bits per value, with offsets. */
export const q4K: BlockFormat = {
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
        const numbers = at + 16 + 32 * (part >> 1);
        const shift = 4 * (part & 1);
        const to = start + 32 * part;
        for (let i = 0; i < 32; i++) {
          out[to + i] = scale * ((bytes[numbers + i]! >> shift) & 15) - offset;
        }
      }
    }
  },
};
