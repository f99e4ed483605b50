/**
 * Bytes and multiply-accumulates of a part, from shapes and storage types.
 *
 * Of a call over all L blocks on r rows that see v positions in sum and d
 * positions together (D width, A = heads · headDim, K = kvHeads · headDim,
 * F inner width, V vocabulary, e bytes of a KV element):
 *
 *     part       bytes                                    multiply-accumulates
 *     attention  L (weights + 2 e K (r + d))              L (2 r D (A + K) + 2 A v)
 *     mlp        L weights                                3 L r D F (2 L r D F, not gated)
 *     head       weights of the unembedding               r V D
 *     project    L (weights of K and V + 2 e K r)         2 L r D K
 *     copy       4 L e K r                                0
 *     hole       0                                        0
 *     step       r rows of the embedding                  0
 *
 * Weights and shared KV entries count once per call however many rows it has;
 * activations, norms and scratch are left out.
 *
 * @module
 */
import type { BlockRole, Checkpoint, StoredTensor } from "../harness/contract/model.ts";
import type { PartName } from "./part.ts";

/** How the backend stores what it reads. */
export interface Storage {
  /** Whether all weights were turned into f32. */
  readonly allF32: boolean;
  /** Bytes of one number of the KV cache. */
  readonly kvElementBytes: number;
}

/** Rows of a call. */
export interface CallRows {
  /** Number of rows r. */
  readonly rows: number;
  /** Positions before the first row. */
  readonly prefix: number;
}

/** What a call costs. */
export interface PartCost {
  /** Bytes read and written. */
  readonly bytes: number;
  /** Multiply-accumulates. */
  readonly macs: number;
}

/** Positions that r rows behind a prefix see, their own included: r · prefix + r (r + 1) / 2. */
export function visiblePositions({ rows, prefix }: CallRows): number {
  return rows * prefix + rows * (rows + 1) / 2;
}

const ATTENTION: readonly BlockRole[] = ["query", "key", "value", "attentionOutput"];
const PROJECTION: readonly BlockRole[] = ["key", "value"];

/** The cost of one call of a part. */
export function partCost(
  part: PartName,
  { checkpoint, storage, call }: {
    readonly checkpoint: Checkpoint;
    readonly storage: Storage;
    readonly call: CallRows;
  },
): PartCost {
  const { dModel, ffnSize, gated, heads, kvHeads, headDim, vocabSize, layerCount } =
    checkpoint.info;
  const { rows } = call;
  const wide = heads * headDim, narrow = kvHeads * headDim;
  const entries = 2 * storage.kvElementBytes * narrow * layerCount; // of one position, all blocks
  const weights = (roles: readonly BlockRole[]) => {
    let sum = 0;
    for (let l = 0; l < layerCount; l++) {
      for (const role of roles) sum += storedBytes(checkpoint.blockTensor(l, role), storage);
    }
    return sum;
  };
  const attention = (): PartCost => ({
    bytes: weights(ATTENTION) + entries * (2 * rows + call.prefix),
    macs: layerCount *
      (2 * rows * dModel * (wide + narrow) + 2 * wide * visiblePositions(call)),
  });
  const mlp = (): PartCost => ({
    bytes: weights(gated ? ["gate", "up", "down"] : ["up", "down"]),
    macs: layerCount * rows * (gated ? 3 : 2) * dModel * ffnSize,
  });
  switch (part) {
    case "attention":
      return attention();
    case "mlp":
      return mlp();
    case "block": {
      const a = attention(), m = mlp();
      return { bytes: a.bytes + m.bytes, macs: a.macs + m.macs };
    }
    case "head":
      return {
        bytes: storedBytes(checkpoint.tensor("output"), storage),
        macs: rows * vocabSize * dModel,
      };
    case "project":
      return {
        bytes: weights(PROJECTION) + entries * rows,
        macs: layerCount * 2 * rows * dModel * narrow,
      };
    case "copy":
      return { bytes: 2 * entries * rows, macs: 0 };
    case "hole":
      return { bytes: 0, macs: 0 };
    case "step":
      return {
        bytes: rows * storedBytes(checkpoint.tensor("embedding"), storage) / vocabSize,
        macs: 0,
      };
  }
}

function storedBytes({ shape, byteLength }: StoredTensor, { allF32 }: Storage): number {
  return allF32 ? 4 * shape.reduce((a, b) => a * b, 1) : byteLength;
}
