/**
 * Bounds of the safetensors reader. Every field of a file is chosen by whoever
 * made it, so each number is checked against one of these before it sizes anything.
 *
 * @module
 */

/** Bounds that callers may tighten or relax. */
export interface SafetensorsLimits {
  /** Bytes of the whole file. */
  readonly fileBytes: number;
  /** Bytes of the JSON header. */
  readonly headerBytes: number;
  /** Tensors. */
  readonly tensorCount: number;
  /** Entries of `__metadata__`. */
  readonly metadataCount: number;
  /** UTF-16 units of a tensor's name or of a key of `__metadata__`. */
  readonly keyLength: number;
  /** UTF-16 units of a value of `__metadata__`. */
  readonly valueLength: number;
  /** Elements of one tensor. */
  readonly tensorElements: bigint;
}

/** The bounds that apply unless a caller says otherwise. */
export const DEFAULT_SAFETENSORS_LIMITS: SafetensorsLimits = {
  fileBytes: 2 ** 40,
  headerBytes: 32 << 20,
  tensorCount: 65_536,
  metadataCount: 4_096,
  keyLength: 256,
  valueLength: 1 << 20,
  tensorElements: 1n << 40n,
};

/** Most dimensions of a tensor. */
export const MAX_SAFETENSORS_RANK = 8;
