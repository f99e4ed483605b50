/**
 * Digest of a model file, its identity in every record.
 *
 * Up to 1 GiB it is the SHA-256 of the file, `sha256:<hex>`, as `sha256sum`
 * prints it. WebCrypto takes only whole buffers, so beyond that it is the
 * SHA-256 of the chained SHA-256 digests (32 bytes each) of chunks of 64 MiB,
 * `sha256-tree:<hex>`.
 *
 * @module
 */
import type { ByteSource } from "../harness/contract/model.ts";

/** Sizes in bytes at which the digest changes its form. */
export interface DigestSizes {
  /** Largest file that is digested as a whole. */
  readonly whole: number;
  /** Length of a chunk of larger files. */
  readonly chunk: number;
}

const SIZES: DigestSizes = { whole: 2 ** 30, chunk: 2 ** 26 };

/** Digest of all bytes of `source`. */
export async function digestSource(
  source: ByteSource,
  { whole, chunk }: DigestSizes = SIZES,
): Promise<string> {
  if (source.size <= whole) {
    return `sha256:${toHex(await sha256(await source.read(0, source.size)))}`;
  }
  const leaves = new Uint8Array(32 * Math.ceil(source.size / chunk));
  for (let i = 0; i * chunk < source.size; i++) {
    const length = Math.min(chunk, source.size - i * chunk);
    leaves.set(await sha256(await source.read(i * chunk, length)), 32 * i);
  }
  return `sha256-tree:${toHex(await sha256(leaves))}`;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
