/**
 * A folder of files as Hugging Face lays models out.
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";
import { visible } from "../gguf/visible.ts";

/** Files by name. */
export interface ModelFolder {
  /** A short name for messages. */
  readonly name: string;
  /** The file of that name, `undefined` if there is none. */
  file(name: string): Promise<ByteSource | undefined>;
}

/** Most bytes of a JSON file that are read: vocabularies take up to 20 MB. */
const MOST_BYTES = 64 << 20;

/** A JSON object out of a folder; `undefined` if there is no such file. */
export async function readJson(
  folder: ModelFolder,
  name: string,
): Promise<Record<string, unknown> | undefined> {
  const source = await folder.file(name);
  if (source === undefined) return undefined;
  if (source.size > MOST_BYTES) {
    throw new InputError(
      `Cannot read "${name}" of "${folder.name}": expected at most ${MOST_BYTES} bytes: current value is ${source.size}`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(
      await source.read(0, source.size),
    ));
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
    throw new InputError(`Cannot read "${name}" of "${folder.name}": expected JSON in UTF-8`, {
      cause,
    });
  }
  if (isRecord(value)) return value;
  throw new InputError(`Cannot read "${name}" of "${folder.name}": expected a JSON object`);
}

/** The file's JSON object; `InputError` if there is none. */
export async function requiredJson(
  folder: ModelFolder,
  name: string,
): Promise<Record<string, unknown>> {
  const value = await readJson(folder, name);
  if (value !== undefined) return value;
  throw new InputError(
    `Cannot open "${folder.name}": expected a model folder with "${name}": there is no such file`,
  );
}

/** Whether a JSON value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON value for a message, cut short. */
export function shown(value: unknown): string {
  return visible(JSON.stringify(value) ?? String(value)).slice(0, 80);
}
