/**
 * The real model SmolLM2-135M-Instruct for tests that need one.
 *
 * @module
 */
import type { ByteSource, LoadedModel } from "../harness/contract/model.ts";
import { openGguf } from "../models/open.ts";

/** Where `deno task model smollm2` puts the file, from the repository root. */
export const SMOLLM2_PATH = ".cache/models/SmolLM2-135M-Instruct.Q4_1.gguf";

const url = new URL(`../${SMOLLM2_PATH}`, import.meta.url);

/** Whether the file is there. Tests that need it are ignored if it is not. */
export function smolLm2IsThere(): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}

/** What the name of a test that needs the file ends with: nothing, or why it is skipped. */
export const SMOLLM2_SKIPPED: string = smolLm2IsThere()
  ? ""
  : ` (skipped: no file ${SMOLLM2_PATH}: run "deno task model smollm2")`;

/** Opens the model: its tokenizer and shapes; weights cannot be read, the file is closed. */
export async function openSmolLm2(): Promise<LoadedModel> {
  const file = await Deno.open(url);
  const { size } = await file.stat();
  const source: ByteSource = {
    name: "SmolLM2-135M-Instruct.Q4_1.gguf",
    size,
    read: (offset, length) => Promise.resolve(readFully(file, offset, length)),
  };
  try {
    return await openGguf(source);
  } finally {
    file.close();
  }
}

function readFully(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) throw new Error(`Cannot read ${SMOLLM2_PATH}: it ended early`);
    at += count;
  }
  return bytes;
}
