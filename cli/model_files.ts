/**
 * Model names and paths → opened models.
 *
 *     tiny_exit, tiny           embedded, need nothing
 *     smollm2, …                fetched once by `deno task model`
 *     synthetic(layers=4,…)     seeded random weights, for plumbing and tests
 *     any path                  a GGUF file, or a folder of Hugging Face files
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { ByteSource, LoadedModel } from "../harness/contract/model.ts";
import { numberOption, type OptionSchema, parseOptions } from "../harness/contract/options.ts";
import { nearestName } from "../harness/nearest_name.ts";
import { parsePolicySpecs } from "../harness/spec_text.ts";
import { embeddedModels } from "../models/embedded/mod.ts";
import { KNOWN_MODELS, type KnownModel, MODELS_FOLDER } from "../models/known.ts";
import { openFolder, openModel, syntheticModel } from "../models/mod.ts";
import { fileSource } from "./file_source.ts";
import { folderSource, isFolder } from "./folder_source.ts";

/** A model that can be named. */
export interface NamedModel {
  /** Name for `--model`. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Whether it is on this machine. */
  readonly present: boolean;
}

interface SyntheticOptions {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly ffn: number;
  readonly vocab: number;
  readonly context: number;
  readonly seed: number;
}

function size(help: string, fallback: number): ReturnType<typeof numberOption> {
  return numberOption({ help, min: 1, max: 1 << 20, integer: true, default: fallback });
}

const SYNTHETIC: OptionSchema<SyntheticOptions> = {
  layers: size("Number of blocks", 4),
  width: size("Width of the residual stream", 64),
  heads: size("Query heads", 4),
  kvHeads: size("Key/value heads", 2),
  ffn: size("Inner width of the MLP", 128),
  vocab: size("Vocabulary size", 300),
  context: size("Longest sequence in tokens", 512),
  seed: numberOption({ help: "Seed of the weights", min: 0, integer: true, default: 0 }),
};

/** Where `deno task model` puts a known model: a URL below the package. */
function knownUrl({ file }: KnownModel): URL {
  return new URL(`../${MODELS_FOLDER}/${file}`, import.meta.url);
}

/** All models that can be named. */
export async function namedModels(): Promise<readonly NamedModel[]> {
  const known = await Promise.all(KNOWN_MODELS.map(async (model) => ({
    name: model.name,
    summary: `${model.file}, ${Math.round(model.bytes / 1e6)} MB, ${model.licence}`,
    present: await isFile(knownUrl(model)),
  })));
  return [
    ...embeddedModels.map(({ name, summary }) => ({ name, summary, present: true })),
    ...known,
  ];
}

async function isFile(url: URL): Promise<boolean> {
  if (url.protocol !== "file:") return false;
  return await Deno.stat(url).then((info) => info.isFile, () => false);
}

/** Opens the model that `--model` names. Rejects in one sentence. */
export async function loadModel(name: string): Promise<LoadedModel> {
  const embedded = embeddedModels.find((model) => model.name === name);
  if (embedded !== undefined) return await openModel(await embedded.source());
  const known = KNOWN_MODELS.find((model) => model.name === name);
  if (known !== undefined) return await openModel(await knownSource(known));
  if (/^synthetic(?:\(|$)/.test(name)) return synthetic(name);
  if (!/[./\\]/.test(name)) throw unknownModel(name);
  if (await isFolder(name)) return await openFolder(folderSource(name));
  return await openModel(await fileSource(name));
}

async function knownSource(model: KnownModel): Promise<ByteSource> {
  const url = knownUrl(model);
  if (!await isFile(url)) {
    const { origin } = model;
    const task = origin.kind === "package" ? model.name : `${origin.from} --as ${origin.type}`;
    throw new InputError(
      `Cannot open model "${model.name}": expected it in ${MODELS_FOLDER}: run "deno task model ${task}" once`,
    );
  }
  return await fileSource(fileURLToPath(url));
}

function unknownModel(name: string): UsageError {
  const names = [...embeddedModels, ...KNOWN_MODELS].map((model) => model.name);
  const nearest = nearestName(name, names);
  const wayOut = nearest === undefined
    ? `expected one of ${names.map((each) => `"${each}"`).join(", ")}, or a path such as "./x.gguf"`
    : `did you mean "${nearest}"? A file is named by its path, such as "./${name}.gguf"`;
  return new UsageError(`Cannot find model "${name}": ${wayOut}`);
}

function synthetic(text: string): LoadedModel {
  const [spec, ...rest] = parsePolicySpecs(text);
  if (spec === undefined || rest.length > 0) {
    throw new UsageError(`Cannot make model "${text}": expected one such as "synthetic(layers=4)"`);
  }
  try {
    const options = parseOptions({ kind: "model", name: "synthetic" }, {
      schema: SYNTHETIC,
      input: spec.options,
    });
    const { width, heads } = options;
    return syntheticModel({
      layerCount: options.layers,
      dModel: width,
      heads,
      kvHeads: options.kvHeads,
      headDim: width / heads,
      ffnSize: options.ffn,
      vocabSize: options.vocab,
      context: options.context,
      tiedHead: true,
      seed: options.seed,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
