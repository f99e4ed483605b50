/**
 * Stateless randomness: a hash of integer keys.
 *
 * Chains the 32-bit finalizer of MurmurHash3 over the two 32-bit halves of the
 * seed and of every key, in order. Equal on every machine; not for
 * cryptography.
 *
 * @module
 */

/**
 * A number in [0, 1), a multiple of 2⁻³², that depends on `seed` and `keys`
 * alone: the chance of policies, keyed by item, position and block.
 *
 * Errors: `RangeError` if the seed or a key is not a safe integer.
 */
export function hashUniform(seed: number, ...keys: number[]): number {
  return hash32(seed, ...keys) / 2 ** 32;
}

/** The 32 bits behind {@linkcode hashUniform}; also derives one seed from another. */
export function hash32(seed: number, ...keys: number[]): number {
  let hash = absorb(0x2545f491, seed);
  for (let i = 0; i < keys.length; i++) hash = absorb(hash, keys[i]!);
  return hash >>> 0;
}

/** Mixes both halves of a safe integer into the hash; order matters. */
function absorb(hash: number, key: number): number {
  if (!Number.isSafeInteger(key)) {
    throw new RangeError(`Cannot hash a key: expected a safe integer: current value is ${key}`);
  }
  const low = mix(Math.imul(hash, 5) + 0x6b79d8c5 + (key >>> 0));
  return mix(Math.imul(low, 5) + 0x3c6ef372 + Math.floor(key / 2 ** 32));
}

/** MurmurHash3's 32-bit finalizer, a bijection. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
