/**
 * What one storage format knows about itself.
 *
 * @module
 */

/** A storage format: geometry of its blocks, and the way in and out of them. */
export interface BlockFormat {
  /** Values per block. */
  readonly blockSize: number;
  /** Bytes per block. */
  readonly blockBytes: number;
  /** Where in a block its floating-point numbers begin, the rest being integers. */
  readonly floatAt: number;
  /** Bytes that they take. */
  readonly floatBytes: number;
  /** Width of those numbers in bytes, and the mask of their exponent when read little-endian. */
  readonly float: { readonly width: 2 | 4; readonly exponent: number };
  /**
   * Writes `out.length` values, a multiple of `blockSize`, from the blocks
   * that start at byte `at`. No bounds are checked: callers did.
   */
  decode(out: Float32Array, bytes: Uint8Array, at: number): void;
}

/** A format that the harness writes too. */
export interface WritableFormat extends BlockFormat {
  /** Writes the blocks of `values`, whose length is a multiple of `blockSize`. */
  encode(bytes: Uint8Array, values: Float32Array): void;
}

/** IEEE 754 half precision, the type of block scales. */
export const HALF: BlockFormat["float"] = { width: 2, exponent: 0x7c00 };

/** `1 / d` in f32, and 0 for a block of zeros. */
export function inverse(d: number): number {
  return d === 0 ? 0 : Math.fround(1 / d);
}

/** The value of largest magnitude among `n` values from `at`, the first of equals. */
export function largest(values: Float32Array, at: number, n: number): number {
  let found = values[at]!;
  for (let i = 1; i < n; i++) {
    const value = values[at + i]!;
    if (Math.abs(value) > Math.abs(found)) found = value;
  }
  return found;
}
