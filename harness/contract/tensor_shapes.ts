/**
 * Shapes of tensors by role: `[rows, columns]` of matrices, `[n]` of vectors.
 *
 * @module
 */
import type { BlockRole, GlobalRole, ModelInfo } from "./model.ts";

/** What shapes follow from. */
export type ShapeInfo = Omit<ModelInfo, "name" | "family" | "digest">;

/** Shape of a block's tensor. */
export function blockShape(info: ShapeInfo, role: BlockRole): readonly number[] {
  const { dModel, ffnSize, headDim } = info;
  const queryWidth = info.heads * headDim;
  const kvWidth = info.kvHeads * headDim;
  switch (role) {
    case "attentionNorm":
    case "attentionNormBias":
    case "attentionOutputBias":
    case "mlpNorm":
    case "mlpNormBias":
    case "downBias":
      return [dModel];
    case "queryNorm":
    case "keyNorm":
      return [headDim];
    case "query":
      return [queryWidth, dModel];
    case "queryBias":
      return [queryWidth];
    case "key":
    case "value":
      return [kvWidth, dModel];
    case "keyBias":
    case "valueBias":
      return [kvWidth];
    case "attentionOutput":
      return [dModel, queryWidth];
    case "gate":
    case "up":
      return [ffnSize, dModel];
    case "upBias":
      return [ffnSize];
    case "down":
      return [dModel, ffnSize];
  }
}

/** Shape of a tensor outside the blocks. */
export function globalShape(
  { dModel, vocabSize, context }: ShapeInfo,
  role: GlobalRole,
): readonly number[] {
  switch (role) {
    case "embedding":
    case "output":
      return [vocabSize, dModel];
    case "positions":
      return [context, dModel];
    case "outputNorm":
    case "outputNormBias":
      return [dModel];
  }
}
