/**
 * Weights of a model as f32, read once when a session opens.
 *
 * @module
 */
import type {
  BlockRole,
  Checkpoint,
  GlobalRole,
  StoredTensor,
} from "../../harness/contract/model.ts";
import { dequantize } from "../../harness/numerics/quantization/mod.ts";

/** Tensors of a block that every family has. */
type CommonRole =
  | "attentionNorm"
  | "query"
  | "key"
  | "value"
  | "attentionOutput"
  | "mlpNorm"
  | "up"
  | "down";

/** One block's weights, matrices row-major [outputs, inputs]; absent where the family has none. */
export type BlockWeights =
  & Readonly<Record<CommonRole, Float32Array>>
  & Readonly<Partial<Record<BlockRole, Float32Array>>>;

/** All weights. `output` is the embedding when the head is tied. */
export interface Weights {
  /** [vocabSize, dModel]. */
  readonly embedding: Float32Array;
  /** [context, dModel], where positions are learned. */
  readonly positions: Float32Array | undefined;
  /** [dModel]. */
  readonly outputNorm: Float32Array;
  /** [dModel], where norms have biases. */
  readonly outputNormBias: Float32Array | undefined;
  /** [vocabSize, dModel]. */
  readonly output: Float32Array;
  /** Per block. */
  readonly blocks: readonly BlockWeights[];
  /** Bytes held. */
  readonly byteLength: number;
}

async function readTensor(tensor: StoredTensor): Promise<Float32Array> {
  const out = new Float32Array(tensor.shape.reduce((a, b) => a * b, 1));
  dequantize(tensor.type, await tensor.read(), out);
  return out;
}

/** Reads and decodes every tensor of a checkpoint. */
export async function readWeights(checkpoint: Checkpoint): Promise<Weights> {
  const { info, architecture } = checkpoint;
  const globals: Partial<Record<GlobalRole, Float32Array>> = {};
  for (const role of architecture.globalRoles) {
    globals[role] = role === "output" && info.tiedHead
      ? globals.embedding!
      : await readTensor(checkpoint.tensor(role));
  }
  const blocks: BlockWeights[] = [];
  for (let l = 0; l < info.layerCount; l++) {
    const block: Partial<Record<BlockRole, Float32Array>> = {};
    for (const role of architecture.blockRoles) {
      block[role] = await readTensor(checkpoint.blockTensor(l, role));
    }
    blocks.push(block as BlockWeights);
  }
  const arrays = new Set([globals, ...blocks].flatMap((tensors) => Object.values(tensors)));
  return {
    embedding: globals.embedding!,
    positions: globals.positions,
    outputNorm: globals.outputNorm!,
    outputNormBias: globals.outputNormBias,
    output: globals.output!,
    blocks,
    byteLength: [...arrays].reduce((sum, array) => sum + array.byteLength, 0),
  };
}
