/**
 * Weights of a checkpoint on the device.
 *
 * @module
 */
import type { BlockRole, Checkpoint, StoredTensor } from "../../harness/contract/model.ts";
import { dequantize } from "../../harness/numerics/quantization/mod.ts";
import { blockShape, globalShape } from "../../harness/contract/tensor_shapes.ts";
import { checkTensor } from "../../harness/stepping/mod.ts";
import { loadMatrix, type Matrix, type MatrixTarget } from "./matrix.ts";

/** Norms of a block. */
const NORMS = ["attentionNorm", "mlpNorm"] as const satisfies readonly BlockRole[];
/** Matrices of a block. */
const MATRICES = [
  "query",
  "key",
  "value",
  "attentionOutput",
  "gate",
  "up",
  "down",
] as const satisfies readonly BlockRole[];

/** Tensors of a block that the shaders know. */
export const KNOWN_ROLES: readonly BlockRole[] = [...NORMS, ...MATRICES];

/** One block: norms [dModel] f32, matrices as packed. */
export type BlockWeights = Readonly<
  Record<typeof NORMS[number], GPUBuffer> & Record<typeof MATRICES[number], Matrix>
>;

/** All weights. `output` is the embedding when the head is tied. */
export interface Weights {
  /** Token embedding. */
  readonly embedding: Matrix;
  /** Unembedding. */
  readonly output: Matrix;
  /** Norm in front of it, [dModel]. */
  readonly outputNorm: GPUBuffer;
  /** Per block. */
  readonly blocks: readonly BlockWeights[];
  /** How tensors are held, for the record: `"q4_1 × 84"`. */
  readonly storage: string;
}

/** Puts numbers on the device. */
export function loadFloats(
  { memory, purpose }: Pick<MatrixTarget, "memory" | "purpose">,
  label: string,
  values: Float32Array<ArrayBuffer>,
): GPUBuffer {
  const buffer = memory.create(label, values.byteLength, purpose);
  memory.upload(buffer, 0, values);
  return buffer;
}

/** Loads every tensor, checked against its role. */
export async function loadWeights(target: MatrixTarget, checkpoint: Checkpoint): Promise<Weights> {
  const { info } = checkpoint;
  const counts = new Map<string, number>();
  const matrix = async (tensor: StoredTensor, shape: readonly number[]): Promise<Matrix> => {
    checkTensor(tensor, shape);
    const loaded = await loadMatrix(target, tensor);
    const changed = loaded.format === tensor.type ? "" : ` as ${loaded.format}`;
    const text = tensor.type + changed;
    counts.set(text, (counts.get(text) ?? 0) + 1);
    return loaded;
  };
  const norm = async (tensor: StoredTensor, shape: readonly number[]): Promise<GPUBuffer> => {
    checkTensor(tensor, shape);
    const values = new Float32Array(shape[0]!);
    dequantize(tensor.type, await tensor.read(), values);
    return loadFloats(target, tensor.name, values);
  };
  const embedding = await matrix(checkpoint.tensor("embedding"), globalShape(info, "embedding"));
  const output = info.tiedHead
    ? embedding
    : await matrix(checkpoint.tensor("output"), globalShape(info, "output"));
  const outputNorm = await norm(checkpoint.tensor("outputNorm"), globalShape(info, "outputNorm"));
  const blocks: BlockWeights[] = [];
  for (let l = 0; l < info.layerCount; l++) {
    const block: Partial<Record<BlockRole, GPUBuffer | Matrix>> = {};
    for (const role of NORMS) {
      block[role] = await norm(checkpoint.blockTensor(l, role), blockShape(info, role));
    }
    for (const role of MATRICES) {
      block[role] = await matrix(checkpoint.blockTensor(l, role), blockShape(info, role));
    }
    blocks.push(block as BlockWeights);
  }
  const storage = [...counts].map(([text, count]) => `${text} × ${count}`).join(", ");
  return { embedding, output, outputNorm, blocks, storage };
}
