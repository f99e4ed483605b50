/**
 * The 6-bit scales and minima of Q4_K and Q5_K: eight of each in 12 bytes.
 *
 * With bytes s₀…s₁₁ and parts j = 0…7 of 32 values each:
 *
 *     j < 4:  scale = s_j mod 64                      minimum = s_{j+4} mod 64
 *     j ≥ 4:  scale = s_{j+4} mod 16 + 16·⌊s_{j−4}/64⌋  minimum = ⌊s_{j+4}/16⌋ + 16·⌊s_j/64⌋
 *
 * @module
 */

/** Values per block of every K-format. */
export const K_BLOCK = 256;

/** The scale of part `j`; `at` is the offset of s₀. */
export function kScale(bytes: Uint8Array, at: number, j: number): number {
  return j < 4 ? bytes[at + j]! & 63 : (bytes[at + j + 4]! & 15) | ((bytes[at + j - 4]! >> 6) << 4);
}

/** The minimum of part `j`; `at` is the offset of s₀. */
export function kMinimum(bytes: Uint8Array, at: number, j: number): number {
  return j < 4 ? bytes[at + j + 4]! & 63 : (bytes[at + j + 4]! >> 4) | ((bytes[at + j]! >> 6) << 4);
}
