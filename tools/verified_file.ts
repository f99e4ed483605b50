/**
 * Files that appear whole and with the right digest, or not at all.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { InputError } from "../harness/contract/errors.ts";

/** What a file must be. */
export interface ExpectedFile {
  /** Name for messages. */
  readonly file: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

/** SHA-256 of a file as `sha256:…`, read in pieces; `undefined` when there is no such file. */
export async function fileDigest(path: string): Promise<string | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const hash = createHash("sha256");
  for await (const chunk of file.readable) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

/** Throws `InputError` unless the file at `path` is the expected one. */
export async function verifyFile(path: string, expected: ExpectedFile): Promise<void> {
  const { size } = await Deno.stat(path);
  if (size !== expected.bytes) {
    throw new InputError(
      `Cannot use "${expected.file}": expected ${expected.bytes} bytes: current value is ${size}`,
    );
  }
  const digest = await fileDigest(path);
  if (digest !== expected.digest) {
    throw new InputError(
      `Cannot use "${expected.file}": expected digest ${expected.digest}: current value is ${digest}`,
    );
  }
}

/** Verifies `from`, makes it durable and moves it to `to` on the same file system. */
export async function placeFile(
  { from, to }: { readonly from: string; readonly to: string },
  expected: ExpectedFile,
): Promise<void> {
  await verifyFile(from, expected);
  using file = await Deno.open(from, { read: true, write: true });
  await file.sync();
  await Deno.rename(from, to);
}
