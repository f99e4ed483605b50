/**
 * Llama 1 to 3, SmolLM, SmolLM2: RMS normalization, rotation, a gated MLP, no biases.
 *
 * @module
 */
import { LLAMA_BLOCK, LLAMA_GLOBALS, llamaNames } from "./_llama_like.ts";
import type { Family } from "./family.ts";

/** The Llama family. Llama 3.1 and later slow some rotations down: `Rope.factors`. */
export const llama: Family = {
  name: "llama",
  norm: "rms",
  activation: "silu",
  gated: true,
  learnedPositions: false,
  blockRoles: LLAMA_BLOCK,
  globalRoles: LLAMA_GLOBALS,
  ggufPairing: "adjacent",
  fused: false,
  huggingFace: llamaNames("llama"),
};
