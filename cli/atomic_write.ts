/**
 * Files that are whole or absent: written beside their place, synced, renamed.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";

/** Where the text lies until the rename. */
export function temporaryPath(path: string): string {
  return `${path}.tmp`;
}

/** Writes `text` to `path`, replacing what is there. Throws `InputError` when it cannot. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await writeSynced(temporary, new TextEncoder().encode(text));
    await Deno.rename(temporary, path);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw new InputError(`Cannot write "${path}": ${causeText(cause)}: choose another --out`, {
      cause,
    });
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
}

/** The words of the system or of the permission check, without advice for others. */
export function causeText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/, run again with the --[\w-]+ flag/, "").replace(/\s*\(os error \d+\)/, "");
}
