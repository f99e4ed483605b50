/**
 * GPT-2: layer normalization, learned positions, an MLP with gelu and no gate, biases.
 *
 * @module
 */
import type { Family } from "./family.ts";

/** The GPT-2 family. */
export const gpt2: Family = {
  name: "gpt2",
  norm: "layer",
  activation: "gelu",
  gated: false,
  learnedPositions: true,
  blockRoles: [
    "attentionNorm",
    "attentionNormBias",
    "query",
    "queryBias",
    "key",
    "keyBias",
    "value",
    "valueBias",
    "attentionOutput",
    "attentionOutputBias",
    "mlpNorm",
    "mlpNormBias",
    "up",
    "upBias",
    "down",
    "downBias",
  ],
  globalRoles: ["embedding", "positions", "outputNorm", "outputNormBias", "output"],
  ggufPairing: "adjacent",
  fused: true,
  huggingFace: {
    modelType: "gpt2",
    config: {
      layerCount: "n_layer",
      dModel: "n_embd",
      heads: "n_head",
      context: "n_positions",
      normEpsilon: "layer_norm_epsilon",
      ffnSize: "n_inner",
    },
    globals: {
      embedding: "wte.weight",
      positions: "wpe.weight",
      outputNorm: "ln_f.weight",
      outputNormBias: "ln_f.bias",
      output: "lm_head.weight",
    },
    block: "h.",
    blocks: {
      attentionNorm: "ln_1.weight",
      attentionNormBias: "ln_1.bias",
      query: "attn.c_attn.weight",
      queryBias: "attn.c_attn.bias",
      key: "attn.c_attn.weight",
      keyBias: "attn.c_attn.bias",
      value: "attn.c_attn.weight",
      valueBias: "attn.c_attn.bias",
      attentionOutput: "attn.c_proj.weight",
      attentionOutputBias: "attn.c_proj.bias",
      mlpNorm: "ln_2.weight",
      mlpNormBias: "ln_2.bias",
      up: "mlp.c_fc.weight",
      upBias: "mlp.c_fc.bias",
      down: "mlp.c_proj.weight",
      downBias: "mlp.c_proj.bias",
    },
    transposed: true,
    ignored: [".attn.bias", ".attn.masked_bias"],
  },
};
