/**
 * Qwen 2 and 2.5: Llama with biases after query, key and value.
 *
 * @module
 */
import { LLAMA_BLOCK, LLAMA_GLOBALS, llamaNames } from "./_llama_like.ts";
import type { Family } from "./family.ts";

/** The Qwen 2 family. */
export const qwen2: Family = {
  name: "qwen2",
  norm: "rms",
  activation: "silu",
  gated: true,
  learnedPositions: false,
  blockRoles: [...LLAMA_BLOCK, "queryBias", "keyBias", "valueBias"],
  globalRoles: LLAMA_GLOBALS,
  ggufPairing: "halves",
  fused: false,
  huggingFace: llamaNames("qwen2"),
};
