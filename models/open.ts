/**
 * Opening a model file: format by its first bytes, then every check, then the
 * digest.
 *
 * @module
 */
import { InputError, ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import type { ByteSource, LoadedModel, StoredTensor } from "../harness/contract/model.ts";
import { detectChatFormat } from "./chat/detect.ts";
import { digestSource } from "./digest.ts";
import { FAMILIES, type Family, familyNames } from "./families/mod.ts";
import { GGUF_MAGIC, type GgufFile, readGguf, type ReadGgufOptions } from "./gguf/read_gguf.ts";
import { visible } from "./gguf/visible.ts";
import { ggufCheckpoint, type GgufModel, readGgufModel } from "./gguf_checkpoint.ts";
import { DEFAULT_MEMORY_BUDGET, estimateMemory } from "./memory.ts";
import { byteLevelBpe } from "./tokenizer/byte_level_bpe.ts";
import { readVocabulary } from "./tokenizer/vocabulary.ts";

/** Options of {@linkcode openModel} and {@linkcode openGguf}. */
export interface OpenModelOptions extends ReadGgufOptions {
  /** Longest context in tokens that is believed. Default 2²⁰. */
  readonly contextCap?: number;
  /** Most bytes that weights and a KV cache may need. Default 8 GiB. */
  readonly memoryBudget?: number;
}

/**
 * Opens a model file of any known format.
 *
 * Errors: `InputError` if the first bytes are of no known format; otherwise
 * those of {@linkcode openGguf}.
 */
export async function openModel(
  source: ByteSource,
  options: OpenModelOptions = {},
): Promise<LoadedModel> {
  const magic = String.fromCharCode(...await source.read(0, Math.min(4, source.size)));
  if (magic === GGUF_MAGIC) return await openGguf(source, options);
  throw new InputError(
    `Cannot open "${source.name}": expected a GGUF file, which begins with "GGUF": first bytes are ${
      JSON.stringify(visible(magic))
    }`,
  );
}

/**
 * Opens a GGUF file: architecture, tensors, tokenizer, chat format, digest.
 *
 * Weights stay in the file until a backend reads them; norms are read once, to
 * look for NaN and infinities.
 *
 * Errors: `ModelFormatError` for malformed files; `UnsupportedError` for what
 * the harness cannot compute yet.
 */
export async function openGguf(
  source: ByteSource,
  options: OpenModelOptions = {},
): Promise<LoadedModel> {
  const file = await readGguf(source, options);
  const model = await readGgufModel(file, readFamily(file), options);
  checkMemory(file, model, options.memoryBudget ?? DEFAULT_MEMORY_BUDGET);
  const vocabulary = readVocabulary(file.metadata, {
    vocabSize: model.info.vocabSize,
    name: source.name,
  });
  const template = file.metadata.string("tokenizer.chat_template");
  for (const norm of norms(model)) await norm.read();
  return {
    checkpoint: ggufCheckpoint(model, await digestSource(source)),
    tokenizer: byteLevelBpe(vocabulary),
    chat: detectChatFormat(template, vocabulary),
  };
}

function readFamily({ metadata, source }: GgufFile): Family {
  const key = "general.architecture";
  const architecture = metadata.required(key, metadata.string(key));
  const family = FAMILIES.find(({ name }) => name === architecture);
  if (family === undefined) {
    throw new UnsupportedError(
      `Cannot open "${source.name}": expected architecture ${familyNames()}: architecture "${
        visible(architecture)
      }" is not supported yet`,
    );
  }
  if ((metadata.integer("split.count", { min: 0, max: 65_536 }) ?? 1) > 1) {
    throw new UnsupportedError(
      `Cannot open "${source.name}": expected a model in one file: join its parts first`,
    );
  }
  return family;
}

function checkMemory({ metadata }: GgufFile, model: GgufModel, budget: number): void {
  const needed = estimateMemory(model.info, model);
  if (needed <= budget) return;
  throw new ModelFormatError(
    `weights and KV cache must fit into ${budget} bytes: current estimate is ${needed}: raise memoryBudget to open it`,
    { offset: metadata.end, field: "memory estimate", limit: budget },
  );
}

/** Vectors: small, and every number in them counts. */
function norms({ globals, blocks }: GgufModel): StoredTensor[] {
  const tensors = [globals, ...blocks].flatMap((each) => Object.values(each));
  return tensors.filter(({ shape }) => shape.length === 1);
}
