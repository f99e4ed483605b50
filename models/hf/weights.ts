/**
 * Tensors of a folder: one safetensors file, or shards with an index.
 *
 * @module
 */
import { InputError } from "../../harness/contract/errors.ts";
import type { ByteSource, StoredTensor } from "../../harness/contract/model.ts";
import { visible } from "../gguf/visible.ts";
import { readSafetensors } from "../safetensors/read_safetensors.ts";
import { JsonFields } from "./json_fields.ts";
import { type ModelFolder, readJson } from "./model_folder.ts";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
/** Most shards that are opened. */
const MOST_SHARDS = 1024;
/** Names that a shard may have: no folders, nothing hidden. */
const SHARD_NAME = /^[\w-][\w.-]*\.safetensors$/;

/** All tensors by name, and the files that they lie in, by name. */
export interface FolderWeights {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly sources: readonly ByteSource[];
}

/**
 * Opens the file or the shards.
 *
 * Errors: `InputError` where files are missing or the index and the shards disagree;
 * those of `readSafetensors`.
 */
export async function readWeights(folder: ModelFolder): Promise<FolderWeights> {
  const single = await folder.file(SINGLE);
  if (single !== undefined) {
    const { tensors } = await readSafetensors(single);
    return { tensors, sources: [single] };
  }
  const index = await readJson(folder, INDEX);
  if (index === undefined) {
    throw new InputError(
      `Cannot open "${folder.name}": expected "${SINGLE}" or "${INDEX}": there is neither`,
    );
  }
  const fields = new JsonFields(index, INDEX);
  const places = fields.required("weight_map", fields.record("weight_map"));
  const shards = [...new Set(Object.values(places))].sort();
  if (shards.length > MOST_SHARDS) throw fields.fault("weight_map", `<= ${MOST_SHARDS} shards`);
  const tensors = new Map<string, StoredTensor>();
  const sources: ByteSource[] = [];
  for (const shard of shards) {
    if (typeof shard !== "string" || !SHARD_NAME.test(shard)) {
      throw fields.fault("weight_map", "names of safetensors files in the folder");
    }
    const source = await folder.file(shard);
    if (source === undefined) {
      throw new InputError(`Cannot open "${folder.name}": shard "${shard}" is missing`);
    }
    sources.push(source);
    for (const [name, tensor] of (await readSafetensors(source)).tensors) {
      if (places[name] !== shard) {
        throw new InputError(
          `Cannot open "${folder.name}": tensor "${visible(name)}" lies in "${shard}", not where ` +
            `"${INDEX}" says`,
        );
      }
      tensors.set(name, tensor);
    }
  }
  const lost = Object.keys(places).find((name) => !tensors.has(name));
  if (lost === undefined) return { tensors, sources };
  throw new InputError(`Cannot open "${folder.name}": tensor "${visible(lost)}" is in no shard`);
}
