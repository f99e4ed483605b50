/**
 * SmolLM3: Llama, with every fourth block left without rotation.
 *
 * @module
 */
import { LLAMA_BLOCK, LLAMA_GLOBALS, llamaNames } from "./_llama_like.ts";
import type { Family } from "./family.ts";

/** The SmolLM3 family. */
export const smollm3: Family = {
  name: "smollm3",
  norm: "rms",
  activation: "silu",
  gated: true,
  learnedPositions: false,
  blockRoles: LLAMA_BLOCK,
  globalRoles: LLAMA_GLOBALS,
  ggufPairing: "adjacent",
  fused: false,
  unrotatedEvery: 4,
  huggingFace: llamaNames("smollm3"),
};
