/**
 * Files of frozen options: written whole or not at all, read with their digest.
 *
 * @module
 */
import { type FrozenOptions, parseFrozenOptions } from "../harness/calibrate/frozen_options.ts";
import { InputError } from "../harness/contract/errors.ts";
import { sha256Hex } from "../harness/numerics/sha256.ts";
import { causeText, writeAtomically } from "./atomic_write.ts";

/** Largest file that is read, bytes: 100,000 item ids fit. */
const MOST_BYTES = 4_000_000;

/** Reads frozen options and the digest of their file. Rejects with `InputError` in one sentence. */
export async function readFrozenFile(
  path: string,
): Promise<{ readonly frozen: FrozenOptions; readonly digest: string }> {
  const fail = (why: string, cause?: unknown) =>
    new InputError(
      `Cannot read frozen options "${path}": ${why}: expected a file that "calibrate" wrote`,
      { cause },
    );
  let text: string;
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST_BYTES) throw fail(`it has ${size} bytes`);
    text = await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw fail(
      cause instanceof Deno.errors.NotFound ? "there is no such file" : causeText(cause),
      cause,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw fail("it is no JSON", cause);
  }
  const frozen = parseFrozenOptions(parsed, `frozen options "${path}"`);
  return { frozen, digest: `sha256:${sha256Hex(text)}` };
}

/** Writes frozen options. Rejects with `InputError` in one sentence. */
export async function writeFrozenFile(path: string, frozen: FrozenOptions): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(frozen, undefined, 2)}\n`);
}
