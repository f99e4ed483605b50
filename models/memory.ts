/**
 * Memory that a model needs, estimated before anything large is read.
 *
 *     weights as stored + 2 · L · kvHeads · headDim · tokens · 4 bytes
 *
 * for keys and values in f32 of one sequence of `tokens`.
 *
 * @module
 */
import type { ModelInfo } from "../harness/contract/model.ts";

/** Tokens of a sequence that the estimate allows for, if the context is not shorter. */
export const ESTIMATED_TOKENS = 4096;
/** Budget in bytes unless the caller says otherwise: 8 GiB. */
export const DEFAULT_MEMORY_BUDGET: number = 2 ** 33;

/** Estimate in bytes. */
export function estimateMemory(
  info: Pick<ModelInfo, "layerCount" | "kvHeads" | "headDim" | "context">,
  { weightBytes, tokens = ESTIMATED_TOKENS }: {
    readonly weightBytes: number;
    readonly tokens?: number;
  },
): number {
  const entry = 2 * info.layerCount * info.kvHeads * info.headDim * 4;
  return weightBytes + entry * Math.min(tokens, info.context);
}
