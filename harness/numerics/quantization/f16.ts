/**
 * F16: IEEE 754 half precision, little-endian, one value per block.
 *
 * @module
 */
import { HALF, type WritableFormat } from "./_block_format.ts";
import { floatToHalf, halfToFloat } from "./half.ts";

/** Half precision; encoding rounds to nearest, ties to even. */
export const f16: WritableFormat = {
  blockSize: 1,
  blockBytes: 2,
  floatAt: 0,
  floatBytes: 2,
  float: HALF,
  decode(out, bytes, at) {
    for (let i = 0; i < out.length; i++, at += 2) {
      out[i] = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8));
    }
  },
  encode(bytes, values) {
    for (let i = 0; i < values.length; i++) {
      const half = floatToHalf(values[i]!);
      bytes[2 * i] = half;
      bytes[2 * i + 1] = half >> 8;
    }
  },
};
