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

/** One block's weights, matrices row-major [outputs, inputs]. */
export type BlockWeights = Readonly<Record<BlockRole, Float32Array>>;

/** All weights. `output` is the embedding when the head is tied. */
export interface Weights extends Readonly<Record<GlobalRole, Float32Array>> {
  /** Per block. */
  readonly blocks: readonly BlockWeights[];
  /** Bytes held. */
  readonly byteLength: number;
}

const BLOCK_ROLES: readonly BlockRole[] = [
  "attentionNorm",
  "query",
  "key",
  "value",
  "attentionOutput",
  "mlpNorm",
  "gate",
  "up",
  "down",
];

async function readTensor(tensor: StoredTensor): Promise<Float32Array> {
  const out = new Float32Array(tensor.shape.reduce((a, b) => a * b, 1));
  dequantize(tensor.type, await tensor.read(), out);
  return out;
}

/** Reads and decodes every tensor of a checkpoint. */
export async function readWeights(checkpoint: Checkpoint): Promise<Weights> {
  const { info } = checkpoint;
  const embedding = await readTensor(checkpoint.tensor("embedding"));
  const outputNorm = await readTensor(checkpoint.tensor("outputNorm"));
  const output = info.tiedHead ? embedding : await readTensor(checkpoint.tensor("output"));
  const blocks: BlockWeights[] = [];
  for (let l = 0; l < info.layerCount; l++) {
    const block: Partial<Record<BlockRole, Float32Array>> = {};
    for (const role of BLOCK_ROLES) {
      block[role] = await readTensor(checkpoint.blockTensor(l, role));
    }
    blocks.push(block as BlockWeights);
  }
  const arrays = [embedding, outputNorm, ...(info.tiedHead ? [] : [output])]
    .concat(blocks.flatMap((block) => Object.values(block)));
  return {
    embedding,
    outputNorm,
    output,
    blocks,
    byteLength: arrays.reduce((sum, array) => sum + array.byteLength, 0),
  };
}
