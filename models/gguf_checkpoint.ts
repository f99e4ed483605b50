/**
 * A model of any family out of a GGUF file: tensors by role, with their shapes
 * checked against the hyper-parameters.
 *
 * Converters permute the rows of Llama's queries and keys so that dimensions 2i and
 * 2i + 1 of a head form a rotary pair; they leave Qwen's as they are. They write
 * the frequency factors of Llama 3.1 and later as `rope_freqs.weight`.
 *
 * @module
 */
import { ModelFormatError, UnsupportedError } from "../harness/contract/errors.ts";
import type {
  BlockRole,
  Checkpoint,
  GlobalRole,
  ModelInfo,
  Rope,
  StoredTensor,
} from "../harness/contract/model.ts";
import { blockShape, globalShape } from "../harness/contract/tensor_shapes.ts";
import { dequantize } from "../harness/numerics/quantization/mod.ts";
import { architectureOf, type Family, fusedRows, unrotatedBlocks } from "./families/family.ts";
import type { GgufFile } from "./gguf/read_gguf.ts";
import { storedTensor } from "./gguf/stored_tensor.ts";
import { visible } from "./gguf/visible.ts";
import { type GgufConfig, readGgufConfig } from "./gguf_config.ts";
import { sliceRows } from "./tensor_view.ts";
import { tensorsOf } from "./tensors.ts";

const GLOBAL_NAMES: Readonly<Record<GlobalRole, string>> = {
  embedding: "token_embd.weight",
  positions: "position_embd.weight",
  outputNorm: "output_norm.weight",
  outputNormBias: "output_norm.bias",
  output: "output.weight",
};

const BLOCK_NAMES: Readonly<Record<BlockRole, string>> = {
  attentionNorm: "attn_norm.weight",
  attentionNormBias: "attn_norm.bias",
  query: "attn_q.weight",
  queryBias: "attn_q.bias",
  queryNorm: "attn_q_norm.weight",
  key: "attn_k.weight",
  keyBias: "attn_k.bias",
  keyNorm: "attn_k_norm.weight",
  value: "attn_v.weight",
  valueBias: "attn_v.bias",
  attentionOutput: "attn_output.weight",
  attentionOutputBias: "attn_output.bias",
  mlpNorm: "ffn_norm.weight",
  mlpNormBias: "ffn_norm.bias",
  gate: "ffn_gate.weight",
  up: "ffn_up.weight",
  upBias: "ffn_up.bias",
  down: "ffn_down.weight",
  downBias: "ffn_down.bias",
};

const FUSED_NAME = "attn_qkv";
const FACTORS_NAME = "rope_freqs.weight";
/** Largest factor that is believed. */
const MOST_FACTOR = 1e6;

/** A file whose hyper-parameters and tensors agree, not yet identified by a digest. */
export interface GgufModel {
  readonly family: Family;
  readonly config: GgufConfig;
  readonly info: Omit<ModelInfo, "digest">;
  readonly rope: Rope | undefined;
  readonly globals: Readonly<Partial<Record<GlobalRole, StoredTensor>>>;
  readonly blocks: readonly Readonly<Partial<Record<BlockRole, StoredTensor>>>[];
  readonly weightBytes: number;
}

/**
 * Finds every tensor and checks its shape.
 *
 * Errors: `ModelFormatError` for missing or misshapen tensors;
 * `UnsupportedError` for tensors of unknown meaning or type.
 */
export async function readGgufModel(
  file: GgufFile,
  family: Family,
  options: { readonly contextCap?: number } = {},
): Promise<GgufModel> {
  const config = readGgufConfig(file, family, options);
  const name = file.metadata.string("general.name");
  const info: Omit<ModelInfo, "digest"> = {
    name: visible(name === undefined || name === "" ? file.source.name : name),
    family: family.name,
    layerCount: config.layerCount,
    dModel: config.dModel,
    ffnSize: config.ffnSize,
    gated: family.gated,
    heads: config.heads,
    kvHeads: config.kvHeads,
    headDim: config.headDim,
    vocabSize: readVocabSize(file, { config, family }),
    tiedHead: !file.tensors.has(GLOBAL_NAMES.output),
    context: config.context,
  };
  const used = new Set<string>();
  const take = (tensor: string, shape: readonly number[]): StoredTensor => {
    used.add(tensor);
    return findTensor(file, tensor, shape);
  };
  const globals = Object.fromEntries(
    family.globalRoles.map((role) => {
      const stored = role === "output" && info.tiedHead ? "embedding" : role;
      return [role, take(GLOBAL_NAMES[stored], globalShape(info, role))];
    }),
  );
  const blocks = Array.from({ length: info.layerCount }, (_, l) =>
    Object.fromEntries(
      family.blockRoles.map((role) => [role, blockTensor(role, { l, info, family, take })]),
    ));
  const rope = family.learnedPositions ? undefined : await readRope(file, { config, family, take });
  const stranger = [...file.tensors.keys()].find((each) => !used.has(each));
  if (stranger !== undefined) {
    throw new UnsupportedError(
      `Cannot open "${file.source.name}": expected only tensors of family "${family.name}": tensor "${
        visible(stranger)
      }" is not supported yet`,
    );
  }
  const weightBytes = [...file.tensors.values()].reduce((sum, t) => sum + t.byteLength, 0);
  return { family, config, info, rope, globals, blocks, weightBytes };
}

/** The file as the contract's checkpoint, identified by `digest`. */
export function ggufCheckpoint(model: GgufModel, digest: string): Checkpoint {
  const { family, config, rope, globals, blocks, weightBytes } = model;
  return {
    info: { ...model.info, digest },
    architecture: architectureOf(family, { normEpsilon: config.normEpsilon, rope }),
    weightBytes,
    ...tensorsOf(globals, blocks),
  };
}

/** A block's tensor, or its rows of the one that holds query, key and value. */
function blockTensor(
  role: BlockRole,
  { l, info, family, take }: {
    readonly l: number;
    readonly info: Omit<ModelInfo, "digest">;
    readonly family: Family;
    readonly take: (name: string, shape: readonly number[]) => StoredTensor;
  },
): StoredTensor {
  const shape = blockShape(info, role);
  const place = fusedRows(role, { family, info });
  if (place === undefined) return take(`blk.${l}.${BLOCK_NAMES[role]}`, shape);
  const ending = role.endsWith("Bias") ? "bias" : "weight";
  const fused = take(`blk.${l}.${FUSED_NAME}.${ending}`, [place.rows, ...shape.slice(1)]);
  return sliceRows(fused, place.from, place.count);
}

/** The rotation, its factors read from the file where it has them. */
async function readRope(
  file: GgufFile,
  { config, family, take }: {
    readonly config: GgufConfig;
    readonly family: Family;
    readonly take: (name: string, shape: readonly number[]) => StoredTensor;
  },
): Promise<Rope> {
  const { ropeBase: base, ropeDimensions: dimensions } = config;
  const unrotated = unrotatedBlocks(family, config.layerCount);
  const rope: Rope = {
    base,
    dimensions,
    pairing: family.ggufPairing,
    ...(unrotated.length === 0 ? {} : { exceptBlocks: unrotated }),
  };
  const listed = file.tensors.get(FACTORS_NAME);
  if (listed === undefined) return rope;
  const tensor = take(FACTORS_NAME, [dimensions / 2]);
  const factors = new Float32Array(dimensions / 2);
  dequantize(tensor.type, await tensor.read(), factors);
  const broken = factors.findIndex((factor) => !(factor > 0 && factor <= MOST_FACTOR));
  if (broken >= 0) {
    throw new ModelFormatError(
      `number ${broken} must be > 0 and <= ${MOST_FACTOR}: current value is ${factors[broken]}`,
      { offset: listed.dataOffset, field: FACTORS_NAME },
    );
  }
  return { ...rope, factors: [...factors] };
}

/** Rows of the embedding, the one place where a file cannot leave the vocabulary out. */
function readVocabSize(
  file: GgufFile,
  { config, family }: { readonly config: GgufConfig; readonly family: Family },
): number {
  const embedding = file.tensors.get(GLOBAL_NAMES.embedding);
  if (embedding === undefined) throw missing(file, GLOBAL_NAMES.embedding);
  const rows = embedding.dimensions[1] ?? 1;
  if (config.vocabSize !== undefined && config.vocabSize !== rows) {
    const field = `${family.name}.vocab_size`;
    throw new ModelFormatError(
      `must equal the ${rows} rows of the embedding: current value is ${config.vocabSize}`,
      { offset: file.metadata.offsetOf(field), field, limit: rows },
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
