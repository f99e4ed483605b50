/**
 * SHA-256 (FIPS 180-4), synchronous, for short texts: digests of options,
 * vocabularies and synthetic models. Files go through WebCrypto, which is
 * faster and asynchronous.
 *
 * @module
 */

/** Round constants: the first 32 fraction bits of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = fractionBits(64, Math.cbrt);
/** Initial state: the same of the square roots of the first 8 primes. */
const INITIAL_STATE = fractionBits(8, Math.sqrt);

/** Digest of UTF-8 text or bytes as 64 lower-case hexadecimal digits. */
export function sha256Hex(input: string | Uint8Array): string {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  const state = INITIAL_STATE.slice();
  const schedule = new Uint32Array(64);
  const tail = padding(bytes);
  const whole = bytes.length - (bytes.length % 64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole; at += 64) compress(state, schedule, view, at);
  const tailView = new DataView(tail.buffer);
  for (let at = 0; at < tail.length; at += 64) compress(state, schedule, tailView, at);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** The last partial block, a 1 bit, zeros, and the length in bits as a big-endian u64. */
function padding(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const rest = bytes.length % 64;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(bytes.length - rest));
  tail[rest] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n);
  return tail;
}

/** Runs the 64 rounds over the 64 bytes at `at`. */
function compress(state: Uint32Array, w: Uint32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const small0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const small1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = (w[i - 16]! + small0 + w[i - 7]! + small1) | 0;
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + big1 + choice + ROUND_CONSTANTS[i]! + w[i]!) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g, g = f, f = e, e = (d + first) | 0;
    d = c, c = b, b = a, a = (first + big0 + majority) | 0;
  }
  const words = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] = state[i]! + words[i]!;
}

function rotate(x: number, by: number): number {
  return (x >>> by) | (x << (32 - by));
}

/** First 32 bits of the fraction of `root(p)` for the first `count` primes p; exact in f64. */
function fractionBits(count: number, root: (p: number) => number): Uint32Array {
  const words = new Uint32Array(count);
  let found = 0;
  for (let p = 2; found < count; p++) {
    let isPrime = true;
    for (let q = 2; q * q <= p; q++) if (p % q === 0) isPrime = false;
    if (isPrime) words[found++] = Math.floor((root(p) % 1) * 0x1_0000_0000);
  }
  return words;
}
