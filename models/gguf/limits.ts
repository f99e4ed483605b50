/**
 * Bounds of the GGUF reader. Every field of a file is chosen by whoever made
 * it, so each number is checked against one of these before it sizes anything.
 *
 * @module
 */

/** Bounds that callers may tighten or relax. */
export interface GgufLimits {
  /** Key–value pairs of metadata. */
  readonly metadataCount: number;
  /** Tensors. */
  readonly tensorCount: number;
  /** Bytes of a key or of a tensor's name. */
  readonly keyBytes: number;
  /** Bytes of a string value. */
  readonly stringBytes: number;
  /** Elements of an array. */
  readonly arrayLength: number;
  /** Bytes of header, metadata and tensor list together. */
  readonly headerBytes: number;
  /** Elements of one tensor. */
  readonly tensorElements: bigint;
}

/** The bounds that apply unless a caller says otherwise. */
export const DEFAULT_LIMITS: GgufLimits = {
  metadataCount: 65_536,
  tensorCount: 65_536,
  keyBytes: 256,
  stringBytes: 1 << 20,
  arrayLength: 1 << 22,
  headerBytes: 32 << 20,
  tensorElements: 1n << 40n,
};

/** Dimensions of a tensor. */
export const MAX_DIMENSIONS = 4;
/** Alignment of tensor data in bytes, used when a file names none. */
export const DEFAULT_ALIGNMENT = 32;
/** Bounds of the alignment in bytes, a power of two. */
export const ALIGNMENT_RANGE: readonly [number, number] = [8, 65_536];
