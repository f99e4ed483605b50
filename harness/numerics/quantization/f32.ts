/**
 * F32: IEEE 754 single precision, little-endian, one value per block.
 *
 * Assumes a little-endian machine, as WebAssembly memory does everywhere.
 *
 * @module
 */
import type { WritableFormat } from "./_block_format.ts";

/** Single precision. */
export const f32: WritableFormat = {
  blockSize: 1,
  blockBytes: 4,
  floatAt: 0,
  floatBytes: 4,
  float: { width: 4, exponent: 0x7f80_0000 },
  decode(out, bytes, at) {
    new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
      .set(bytes.subarray(at, at + out.byteLength));
  },
  encode(bytes, values) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  },
};
