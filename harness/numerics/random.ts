/**
 * Seeded pseudo-random numbers: xoshiro128** (Blackman and Vigna, 2018).
 *
 *     result = rotl(s₁ · 5, 7) · 9        all in unsigned 32-bit arithmetic
 *     t = s₁ << 9;  s₂ ^= s₀;  s₃ ^= s₁;  s₁ ^= s₂;  s₀ ^= s₃;  s₂ ^= t;  s₃ = rotl(s₃, 11)
 *
 * The four words of state come from SplitMix32 (additive constant 0x9e3779b9,
 * finalizer of MurmurHash3) started at the seed's low word xor a mix of its
 * high word, so equal seeds give equal streams on every platform. Not for
 * cryptography.
 *
 * @module
 */
export { hash32, hashUniform } from "./hash.ts";

/** A stream of pseudo-random numbers. */
export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  uniform(): number;
  /** A standard normal number (mean 0, variance 1). */
  normal(): number;
  /** An integer in [0, 2³²). */
  uint32(): number;
  /** An integer in [0, n), each equally likely; `n` is an integer in [1, 2³²]. */
  int(n: number): number;
}

/** MurmurHash3's 32-bit finalizer: a bijection that mixes all bits. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** x rotated left by k bits. */
function rotateLeft(x: number, k: number): number {
  return ((x << k) | (x >>> (32 - k))) >>> 0;
}

/**
 * A stream that depends on `seed` alone, a safe integer.
 *
 * @example
 * ```ts ignore
 * const random = createRandom(7);
 * const die = 1 + random.int(6);
 * ```
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(
      `Cannot seed a generator: expected a safe integer: current value is ${seed}`,
    );
  }
  let counter = ((seed >>> 0) ^ mix(Math.floor(seed / 2 ** 32) >>> 0)) >>> 0;
  const next = (): number => mix(counter = (counter + 0x9e3779b9) >>> 0);
  let s0 = next(), s1 = next(), s2 = next(), s3 = next();

  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5) >>> 0, 7), 9) >>> 0;
    const t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotateLeft(s3, 11);
    return result;
  };
  const uniform = (): number => uint32() / 2 ** 32;
  const normal = (): number => {
    // Box–Muller; 1 − u lies in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
  const int = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(
        `Cannot draw an integer: expected a bound from 1 to 4294967296: current value is ${n}`,
      );
    }
    const usable = 2 ** 32 - (2 ** 32 % n); // draws at or past it would favor small results
    let drawn = uint32();
    while (drawn >= usable) drawn = uint32();
    return drawn % n;
  };
  return { uniform, normal, uint32, int };
}
