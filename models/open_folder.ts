/**
 * Opening a folder of Hugging Face files: `config.json`, safetensors, `tokenizer.json`.
 *
 * @module
 */
import { InputError } from "../harness/contract/errors.ts";
import type { LoadedModel } from "../harness/contract/model.ts";
import { sha256Hex } from "../harness/numerics/sha256.ts";
import { detectChatFormat } from "./chat/detect.ts";
import { digestSource } from "./digest.ts";
import { folderCheckpoint } from "./hf/checkpoint.ts";
import { readConfig } from "./hf/config.ts";
import { type ModelFolder, readJson, requiredJson } from "./hf/model_folder.ts";
import { readTokenizerJson } from "./hf/tokenizer_json.ts";
import { readWeights } from "./hf/weights.ts";
import { DEFAULT_MEMORY_BUDGET, estimateMemory } from "./memory.ts";
import type { OpenModelOptions } from "./open.ts";
import { byteLevelBpe } from "./tokenizer/byte_level_bpe.ts";

export type { ModelFolder };

/**
 * Opens the model of a folder. Weights stay in their files until a backend reads them.
 *
 * Errors: `InputError` for files that are missing or at odds with each other;
 * `ModelFormatError` for malformed safetensors; `UnsupportedError` for what is not
 * computed.
 */
export async function openFolder(
  folder: ModelFolder,
  options: OpenModelOptions = {},
): Promise<LoadedModel> {
  const { name } = folder;
  const json = await requiredJson(folder, "config.json");
  const config = readConfig(json, { name, contextCap: options.contextCap });
  const { tensors, sources } = await readWeights(folder);
  const digests = [];
  for (const source of sources) digests.push(await digestSource(source));
  const digest = `sha256:${sha256Hex(JSON.stringify([json, digests]))}`;
  const checkpoint = folderCheckpoint({ name, config, tensors, digest });
  const budget = options.memoryBudget ?? DEFAULT_MEMORY_BUDGET;
  const needed = estimateMemory(checkpoint.info, checkpoint);
  if (needed > budget) {
    throw new InputError(
      `Cannot open "${name}": weights and KV cache must fit into ${budget} bytes: current ` +
        `estimate is ${needed}: raise memoryBudget to open it`,
    );
  }
  const tokenizerConfig = await readJson(folder, "tokenizer_config.json");
  const generation = await readJson(folder, "generation_config.json");
  const vocabulary = readTokenizerJson({
    name,
    tokenizer: await requiredJson(folder, "tokenizer.json"),
    config: tokenizerConfig,
    eos: [json, generation].flatMap((each) => each?.["eos_token_id"] ?? []) as number[],
    vocabSize: config.vocabSize,
  });
  const template = tokenizerConfig?.["chat_template"];
  return {
    checkpoint,
    tokenizer: byteLevelBpe(vocabulary),
    chat: detectChatFormat(typeof template === "string" ? template : undefined, vocabulary),
  };
}
