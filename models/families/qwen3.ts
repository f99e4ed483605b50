/**
 * Qwen 3: Llama with a norm of each query and key head before its rotation.
 *
 * @module
 */
import { LLAMA_BLOCK, LLAMA_GLOBALS, llamaNames } from "./_llama_like.ts";
import type { Family } from "./family.ts";

/** The Qwen 3 family. */
export const qwen3: Family = {
  name: "qwen3",
  norm: "rms",
  activation: "silu",
  gated: true,
  learnedPositions: false,
  blockRoles: [...LLAMA_BLOCK, "queryNorm", "keyNorm"],
  globalRoles: LLAMA_GLOBALS,
  ggufPairing: "halves",
  fused: false,
  huggingFace: llamaNames("qwen3"),
};
