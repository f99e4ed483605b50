/**
 * Weights of a checkpoint on the device.
 *
 * @module
 */
import type { BlockRole, Checkpoint, StoredTensor } from "../../harness/contract/model.ts";
import { blockShape, globalShape } from "../../harness/contract/tensor_shapes.ts";
import { dequantize } from "../../harness/numerics/quantization/mod.ts";
import { checkTensor } from "../../harness/stepping/mod.ts";
import { loadMatrix, type Matrix, type MatrixTarget } from "./matrix.ts";

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
/** Matrix roles. */
type MatrixRole = typeof MATRICES[number];
/** Vectors: norms and biases. */
type VectorRole = Exclude<BlockRole, MatrixRole>;

function isMatrix(role: BlockRole): role is MatrixRole {
  return (MATRICES as readonly BlockRole[]).includes(role);
}

/** One block: matrices as packed, vectors f32; absent where the family has none. */
export interface BlockWeights {
  /** Matrices. */
  readonly matrices: Readonly<Partial<Record<MatrixRole, Matrix>>>;
  /** Norms and biases. */
  readonly vectors: Readonly<Partial<Record<VectorRole, GPUBuffer>>>;
}

/** All weights. `output` is the embedding when the head is tied. */
export interface Weights {
  /** Token embedding. */
  readonly embedding: Matrix;
  /** Learned positions [context, dModel]. */
  readonly positions: Matrix | undefined;
  /** Unembedding. */
  readonly output: Matrix;
  /** Norm in front of it, [dModel]. */
  readonly outputNorm: GPUBuffer;
  /** Its bias, [dModel]; the norm itself where there is none. */
  readonly outputNormBias: GPUBuffer;
  /** Per block. */
  readonly blocks: readonly BlockWeights[];
  /** How matrices are held, for the record: `"q4_1 × 84"`. */
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
  const { info, architecture: { blockRoles, globalRoles, norm } } = checkpoint;
  const counts = new Map<string, number>();
  const matrix = async (tensor: StoredTensor, shape: readonly number[]): Promise<Matrix> => {
    checkTensor(tensor, shape);
    const loaded = await loadMatrix(target, tensor);
    const changed = loaded.format === tensor.type ? "" : ` as ${loaded.format}`;
    const text = tensor.type + changed;
    counts.set(text, (counts.get(text) ?? 0) + 1);
    return loaded;
  };
  const vector = async (tensor: StoredTensor, shape: readonly number[]): Promise<GPUBuffer> => {
    checkTensor(tensor, shape);
    const values = new Float32Array(shape[0]!);
    dequantize(tensor.type, await tensor.read(), values);
    return loadFloats(target, tensor.name, values);
  };
  const globalMatrix = (role: "embedding" | "positions" | "output"): Promise<Matrix> =>
    matrix(checkpoint.tensor(role), globalShape(info, role));
  const globalVector = (role: "outputNorm" | "outputNormBias"): Promise<GPUBuffer> =>
    vector(checkpoint.tensor(role), globalShape(info, role));
  const embedding = await globalMatrix("embedding");
  const positions = globalRoles.includes("positions") ? await globalMatrix("positions") : undefined;
  const output = info.tiedHead ? embedding : await globalMatrix("output");
  const outputNorm = await globalVector("outputNorm");
  const outputNormBias = globalRoles.includes("outputNormBias")
    ? await globalVector("outputNormBias")
    : norm === "rms"
    ? outputNorm // bound, never read
    : loadFloats(target, "no bias", new Float32Array(info.dModel));
  const blocks: BlockWeights[] = [];
  for (let l = 0; l < info.layerCount; l++) {
    const matrices: Partial<Record<MatrixRole, Matrix>> = {};
    const vectors: Partial<Record<VectorRole, GPUBuffer>> = {};
    for (const role of blockRoles) {
      const tensor = checkpoint.blockTensor(l, role);
      const shape = blockShape(info, role);
      if (isMatrix(role)) matrices[role] = await matrix(tensor, shape);
      else vectors[role] = await vector(tensor, shape);
    }
    blocks.push({ matrices, vectors });
  }
  const storage = [...counts].map(([text, count]) => `${text} × ${count}`).join(", ");
  return { embedding, positions, output, outputNorm, outputNormBias, blocks, storage };
}
