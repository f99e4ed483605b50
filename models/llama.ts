/**
 * The Llama family out of a GGUF file: tensors by role, with their shapes
 * checked against the hyper-parameters.
 *
 * Converters permute the rows of queries and keys so that dimensions 2i and
 * 2i + 1 of a head form a rotary pair: pairing "adjacent".
 *
 * @module
 */
import { ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import type {
  BlockRole,
  Checkpoint,
  GlobalRole,
  ModelInfo,
  StoredTensor,
} from "../harness/contract/model.ts";
import type { GgufFile } from "./gguf/read_gguf.ts";
import { storedTensor } from "./gguf/stored_tensor.ts";
import { visible } from "./gguf/visible.ts";
import { tensorsOf } from "./tensors.ts";
import { type LlamaConfig, readLlamaConfig } from "./llama_config.ts";

type LlamaRole = Exclude<BlockRole, `${string}Bias` | "queryNorm" | "keyNorm">;

const BLOCK_NAMES: Readonly<Record<LlamaRole, string>> = {
  attentionNorm: "attn_norm",
  query: "attn_q",
  key: "attn_k",
  value: "attn_v",
  attentionOutput: "attn_output",
  mlpNorm: "ffn_norm",
  gate: "ffn_gate",
  up: "ffn_up",
  down: "ffn_down",
};

/** A file whose hyper-parameters and tensors agree, not yet identified by a digest. */
export interface LlamaFile {
  readonly config: LlamaConfig;
  readonly info: Omit<ModelInfo, "digest">;
  readonly globals: Readonly<
    Record<Exclude<GlobalRole, "positions" | "outputNormBias">, StoredTensor>
  >;
  readonly blocks: readonly Readonly<Record<LlamaRole, StoredTensor>>[];
  readonly weightBytes: number;
}

/**
 * Finds every tensor and checks its shape.
 *
 * Errors: `ModelFormatError` for missing or misshapen tensors;
 * `UnsupportedError` for tensors of unknown meaning or type.
 */
export function readLlama(
  file: GgufFile,
  options: { readonly contextCap?: number } = {},
): LlamaFile {
  const config = readLlamaConfig(file, options);
  const { layerCount, dModel, ffnSize, heads, kvHeads, headDim } = config;
  const used = new Set<string>();
  const take = (name: string, shape: readonly number[]): StoredTensor => {
    used.add(name);
    return findTensor(file, name, shape);
  };

  const vocabSize = readVocabSize(file, config);
  const embedding = take("token_embd.weight", [vocabSize, dModel]);
  const tiedHead = !file.tensors.has("output.weight");
  const globals = {
    embedding,
    outputNorm: take("output_norm.weight", [dModel]),
    output: tiedHead ? embedding : take("output.weight", [vocabSize, dModel]),
  };
  const shapes: Readonly<Record<LlamaRole, readonly number[]>> = {
    attentionNorm: [dModel],
    query: [heads * headDim, dModel],
    key: [kvHeads * headDim, dModel],
    value: [kvHeads * headDim, dModel],
    attentionOutput: [dModel, heads * headDim],
    mlpNorm: [dModel],
    gate: [ffnSize, dModel],
    up: [ffnSize, dModel],
    down: [dModel, ffnSize],
  };
  const roles = Object.keys(BLOCK_NAMES) as LlamaRole[];
  const blocks = Array.from({ length: layerCount }, (_, l) =>
    Object.fromEntries(
      roles.map((role) => [role, take(`blk.${l}.${BLOCK_NAMES[role]}.weight`, shapes[role])]),
    ) as Record<LlamaRole, StoredTensor>);

  const stranger = [...file.tensors.keys()].find((name) => !used.has(name));
  if (stranger !== undefined) {
    throw new UnsupportedError(
      `Cannot open "${file.source.name}": expected only tensors of the Llama family: tensor "${
        visible(stranger)
      }" is not supported yet`,
    );
  }
  const name = file.metadata.string("general.name");
  return {
    config,
    info: {
      name: visible(name === undefined || name === "" ? file.source.name : name),
      family: "llama",
      layerCount,
      dModel,
      ffnSize,
      gated: true,
      heads,
      kvHeads,
      headDim,
      vocabSize,
      tiedHead,
      context: config.context,
    },
    globals,
    blocks,
    weightBytes: [...file.tensors.values()].reduce((sum, t) => sum + t.byteLength, 0),
  };
}

/** The file as the contract's checkpoint, identified by `digest`. */
export function llamaCheckpoint(llama: LlamaFile, digest: string): Checkpoint {
  const { config, globals, blocks, weightBytes } = llama;
  return {
    info: { ...llama.info, digest },
    architecture: {
      family: "llama",
      norm: "rms",
      normEpsilon: config.normEpsilon,
      activation: "silu",
      blockRoles: Object.keys(BLOCK_NAMES) as BlockRole[],
      globalRoles: ["embedding", "outputNorm", "output"],
      rope: {
        base: config.ropeBase,
        dimensions: config.ropeDimensions,
        pairing: "adjacent",
      },
    },
    weightBytes,
    ...tensorsOf(globals, blocks),
  };
}

/** Rows of the embedding, the one place where a file cannot leave the vocabulary out. */
function readVocabSize(file: GgufFile, config: LlamaConfig): number {
  const name = "token_embd.weight";
  const embedding = file.tensors.get(name);
  if (embedding === undefined) throw missing(file, name);
  const rows = embedding.dimensions[1] ?? 1;
  if (config.vocabSize !== undefined && config.vocabSize !== rows) {
    throw new ModelFormatError(
      `must equal the ${rows} rows of the embedding: current value is ${config.vocabSize}`,
      {
        offset: file.metadata.offsetOf("llama.vocab_size"),
        field: "llama.vocab_size",
        limit: rows,
      },
    );
  }
  return rows;
}

function findTensor(file: GgufFile, name: string, shape: readonly number[]): StoredTensor {
  const tensor = file.tensors.get(name);
  if (tensor === undefined) throw missing(file, name);
  const stored = storedTensor(file.source, tensor);
  const actual = [...stored.shape];
  while (actual.length > shape.length && actual[0] === 1) actual.shift(); // padded with ones
  if (actual.length !== shape.length || actual.some((n, i) => n !== shape[i])) {
    throw new ModelFormatError(
      `shape must be [${shape.join(", ")}]: current value is [${actual.join(", ")}]`,
      { offset: tensor.infoOffset, field: name },
    );
  }
  return { ...stored, shape };
}

function missing(file: GgufFile, name: string): ModelFormatError {
  return new ModelFormatError("the tensor is missing", {
    offset: file.metadata.end,
    field: name,
  });
}
