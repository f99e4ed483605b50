/**
 * Reads a file that lies beside this module in the package.
 *
 * `new URL(file, import.meta.url)` names it wherever the package lies: on disk
 * (Deno reads `file:` URLs with `--allow-read`), on a registry, or where a
 * bundler put it. No `node:` module is needed.
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import type { ByteSource } from "../../harness/contract/model.ts";
import { memorySource } from "../byte_source.ts";

/** The whole of the file at `url`, in memory, under the name `name`. */
export async function packagedSource(name: string, url: URL): Promise<ByteSource> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new InputError(
      `Cannot read embedded model "${name}": expected its file beside the module: check that the package is whole and may be read`,
      { cause },
    );
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new InputError(
      `Cannot read embedded model "${name}": expected HTTP status 200: current value is ${response.status}`,
    );
  }
  return memorySource(name, new Uint8Array(await response.arrayBuffer()));
}
