/**
 * Names and paths of trained parts → opened parts.
 *
 *     embedded:calm             the set that comes along for the opened model
 *     any path                  a safetensors file in the published layout
 *
 * @module
 */
import { UsageError } from "../harness/contract/errors.ts";
import type { ByteSource, ModelInfo } from "../harness/contract/model.ts";
import type { TrainedParts } from "../harness/contract/parts.ts";
import { didYouMean } from "../harness/nearest_name.ts";
import { embeddedParts } from "../models/embedded/parts.ts";
import { joinParts, partsFor, readParts } from "../models/parts/read_parts.ts";
import { fileSource } from "./file_source.ts";

const EMBEDDED = "embedded:";

/** The file that a name or path means, for a model; for any, where none is given. */
export async function partsSource(
  name: string,
  model: Pick<ModelInfo, "name"> | undefined,
): Promise<ByteSource> {
  if (!name.startsWith(EMBEDDED)) return await fileSource(name);
  const wanted = name.slice(EMBEDDED.length);
  const sets = embeddedParts.filter((set) => set.name === wanted);
  if (sets.length === 0) {
    const names = [...new Set(embeddedParts.map((set) => set.name))];
    throw new UsageError(
      `Cannot find trained parts "${name}": ${didYouMean(wanted, names)} ("list parts" shows all)`,
    );
  }
  const set = sets.find((each) => model === undefined || each.model === model.name);
  if (set !== undefined) return await set.source();
  throw new UsageError(
    `Cannot use trained parts "${name}" on model "${model!.name}": expected ${
      sets.map((each) => `"${each.model}"`).join(" or ")
    }, on which they were trained: train them on this one`,
  );
}

/** Opens the parts that `--parts` names, as one. Rejects in one sentence. */
export async function loadParts(
  names: readonly string[],
  model: ModelInfo,
): Promise<TrainedParts | undefined> {
  const files: TrainedParts[] = [];
  for (const name of names) {
    files.push(partsFor(await readParts(await partsSource(name, model)), model));
  }
  return joinParts(files);
}
