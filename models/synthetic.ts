/**
 * Seeded synthetic models of any shape, for plumbing, conformance and speed.
 *
 * Every weight is uniform around its mean with the standard deviation below
 * (D width, F inner width, H·d heads times their size), so that each block adds
 * about unit variance to the residual stream while the embedding is small:
 * the next token then depends on what the blocks computed, not on the last
 * token alone, and greedy output wanders instead of repeating.
 *
 *     embedding 0.05       query, key 2.5/√D     value, gate, up 1/√D
 *     attentionOutput 1/√(H·d)                   down 2/√F
 *     output (untied) 3/√D                       norms 1 ± 0.1
 *     outputNorm (1 ± 0.1) · gain, where gain gives logits a deviation of 3
 *
 * A tensor is generated when it is read, from the seed and its name, so large
 * shapes cost no memory until a backend asks.
 *
 * @module
 */
import type {
  BlockRole,
  Checkpoint,
  GlobalRole,
  LoadedModel,
  StoredTensor,
  TensorType,
} from "../harness/contract/model.ts";
import { createRandom, hash32 } from "../harness/numerics/random.ts";
import {
  blockSize,
  quantize,
  tensorBytes,
  type WritableType,
} from "../harness/numerics/quantization/mod.ts";
import { sha256Hex } from "../harness/numerics/sha256.ts";
import { tensorsOf } from "./tensors.ts";
import { toyTokenizer } from "./tokenizer/toy.ts";

/** What a synthetic model looks like. */
export interface SyntheticShape {
  /** Number of blocks L. */
  readonly layerCount: number;
  /** Width D of the residual stream. */
  readonly dModel: number;
  /** Number of query heads. */
  readonly heads: number;
  /** Number of key/value heads; divides `heads`. */
  readonly kvHeads: number;
  /** Dimensions of one head, even. */
  readonly headDim: number;
  /** Inner width F of the MLP. */
  readonly ffnSize: number;
  /** Vocabulary size V, ≥ 2. */
  readonly vocabSize: number;
  /** Longest sequence in tokens. */
  readonly context: number;
  /** Whether the unembedding shares the embedding's weights. */
  readonly tiedHead: boolean;
  /** Seed of the weights. */
  readonly seed: number;
  /** Storage of the matrices; norms are always f32. Default `"f32"`. */
  readonly type?: Exclude<TensorType, "q4_k" | "q5_k" | "q6_k">;
}

/** Mean and standard deviation of the weights of one tensor. */
interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

const EMBEDDING_DEVIATION = 0.05;
const LOGIT_DEVIATION = 3;

/**
 * Makes a model in memory; the same shape and seed give the same weights.
 *
 * Errors: `RangeError` if a size is not a positive integer, if `kvHeads` does
 * not divide `heads`, if `headDim` is odd, or if rows are not whole blocks of
 * `type`.
 *
 * @example A model of two blocks
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { syntheticModel } from "./synthetic.ts";
 *
 * const model = syntheticModel({
 *   layerCount: 2, dModel: 32, heads: 4, kvHeads: 2, headDim: 8, ffnSize: 64,
 *   vocabSize: 300, context: 128, tiedHead: true, seed: 7,
 * });
 * assertEquals(model.checkpoint.blockTensor(1, "key").shape, [16, 32]);
 * ```
 */
export function syntheticModel(shape: SyntheticShape): LoadedModel {
  checkShape(shape);
  const checkpoint = syntheticCheckpoint(shape);
  return { checkpoint, tokenizer: toyTokenizer(shape.vocabSize), chat: undefined };
}

function syntheticCheckpoint(shape: SyntheticShape): Checkpoint {
  const { layerCount: L, dModel: D, ffnSize: F, vocabSize: V } = shape;
  const queryWidth = shape.heads * shape.headDim;
  const kvWidth = shape.kvHeads * shape.headDim;
  const type = shape.type ?? "f32";

  const matrix = (name: string, size: [number, number], deviation: number): StoredTensor =>
    generated(name, size, { type, seed: shape.seed, spread: { mean: 0, deviation } });
  const norm = (name: string, mean: number): StoredTensor =>
    generated(name, [D], {
      type: "f32",
      seed: shape.seed,
      spread: { mean, deviation: mean / 10 },
    });

  const embedding = matrix("embedding", [V, D], EMBEDDING_DEVIATION);
  const untied = matrix("output", [V, D], LOGIT_DEVIATION / Math.sqrt(D));
  const gain = shape.tiedHead ? LOGIT_DEVIATION / (EMBEDDING_DEVIATION * Math.sqrt(D)) : 1;
  const globals: Readonly<Partial<Record<GlobalRole, StoredTensor>>> = {
    embedding,
    outputNorm: norm("outputNorm", gain),
    output: shape.tiedHead ? embedding : untied,
  };
  const block = (l: number): Readonly<Partial<Record<BlockRole, StoredTensor>>> => ({
    attentionNorm: norm(`${l}.attentionNorm`, 1),
    query: matrix(`${l}.query`, [queryWidth, D], 2.5 / Math.sqrt(D)),
    key: matrix(`${l}.key`, [kvWidth, D], 2.5 / Math.sqrt(D)),
    value: matrix(`${l}.value`, [kvWidth, D], 1 / Math.sqrt(D)),
    attentionOutput: matrix(`${l}.attentionOutput`, [D, queryWidth], 1 / Math.sqrt(queryWidth)),
    mlpNorm: norm(`${l}.mlpNorm`, 1),
    gate: matrix(`${l}.gate`, [F, D], 1 / Math.sqrt(D)),
    up: matrix(`${l}.up`, [F, D], 1 / Math.sqrt(D)),
    down: matrix(`${l}.down`, [D, F], 2 / Math.sqrt(F)),
  });
  const blocks = Array.from({ length: L }, (_, l) => block(l));

  const stored = [
    ...new Set([...Object.values(globals), ...blocks.flatMap((tensors) => Object.values(tensors))]),
  ];
  return {
    info: {
      name: `synthetic ${L}x${D}`,
      family: "llama",
      layerCount: L,
      dModel: D,
      ffnSize: F,
      gated: true,
      heads: shape.heads,
      kvHeads: shape.kvHeads,
      headDim: shape.headDim,
      vocabSize: V,
      tiedHead: shape.tiedHead,
      context: shape.context,
      digest: `sha256:${digestOf(shape)}`,
    },
    architecture: {
      family: "llama",
      norm: "rms",
      normEpsilon: 1e-5,
      activation: "silu",
      blockRoles: Object.keys(blocks[0]!) as BlockRole[],
      globalRoles: ["embedding", "outputNorm", "output"],
      rope: { base: 10_000, dimensions: shape.headDim, pairing: "adjacent" },
    },
    weightBytes: stored.reduce((sum, tensor) => sum + tensor.byteLength, 0),
    ...tensorsOf(globals, blocks),
  };
}

/** A tensor that makes its values when it is read. */
function generated(
  name: string,
  shape: readonly number[],
  options: { readonly type: WritableType; readonly seed: number; readonly spread: Spread },
): StoredTensor {
  const { type, seed, spread } = options;
  const count = shape.reduce((product, n) => product * n, 1);
  return {
    name,
    type,
    shape,
    byteLength: tensorBytes(type, count),
    read() {
      const random = createRandom(hash32(seed, ...new TextEncoder().encode(name)));
      const width = spread.deviation * Math.sqrt(12); // of a uniform distribution
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) values[i] = spread.mean + width * (random.uniform() - 0.5);
      return Promise.resolve(quantize(type, values));
    },
  };
}

/** Digest over the shape, the seed and the version of this recipe. */
function digestOf(shape: SyntheticShape): string {
  const { layerCount, dModel, heads, kvHeads, headDim, ffnSize, vocabSize } = shape;
  const { context, tiedHead, seed, type = "f32" } = shape;
  const sizes = [layerCount, dModel, heads, kvHeads, headDim, ffnSize, vocabSize, context];
  return sha256Hex(JSON.stringify(["synthetic model, recipe 2", sizes, tiedHead, seed, type]));
}

function checkShape(shape: SyntheticShape): void {
  const { layerCount, dModel, heads, kvHeads, headDim, ffnSize, vocabSize, context } = shape;
  const sizes = { layerCount, dModel, heads, kvHeads, headDim, ffnSize, vocabSize, context };
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw refusal(`${name} must be a positive integer`, size);
    }
  }
  if (heads % kvHeads !== 0) throw refusal(`kvHeads must divide heads (${heads})`, kvHeads);
  if (headDim % 2 !== 0) throw refusal("headDim must be even", headDim);
  const block = blockSize(shape.type ?? "f32");
  for (
    const [name, columns] of Object.entries({ dModel, "heads * headDim": heads * headDim, ffnSize })
  ) {
    if (columns % block !== 0) {
      throw refusal(`${name} must be a multiple of ${block} for type "${shape.type}"`, columns);
    }
  }
}

function refusal(wanted: string, value: number): RangeError {
  return new RangeError(`Cannot make a synthetic model: ${wanted}: current value is ${value}`);
}
