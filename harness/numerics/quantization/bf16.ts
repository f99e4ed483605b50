/**
 * BF16: the upper half of an f32 (1 sign, 8 exponent, 7 mantissa bits),
 * little-endian, one value per block.
 *
 * @module
 */
import type { WritableFormat } from "./_block_format.ts";

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** Brain floating point; encoding rounds to nearest, ties to even, and keeps NaN quiet. */
export const bf16: WritableFormat = {
  blockSize: 1,
  blockBytes: 2,
  floatAt: 0,
  floatBytes: 2,
  float: { width: 2, exponent: 0x7f80 },
  decode(out, bytes, at) {
    for (let i = 0; i < out.length; i++, at += 2) {
      word[0] = (bytes[at]! << 16) | (bytes[at + 1]! << 24);
      out[i] = single[0]!;
    }
  },
  encode(bytes, values) {
    for (let i = 0; i < values.length; i++) {
      single[0] = values[i]!;
      const bits = word[0]!;
      const isNaN = (bits & 0x7fff_ffff) > 0x7f80_0000;
      const upper = isNaN
        ? (bits >>> 16) | 0x40 // quiet
        : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
      bytes[2 * i] = upper;
      bytes[2 * i + 1] = upper >>> 8;
    }
  },
};
