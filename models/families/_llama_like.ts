/**
 * What the descendants of Llama share.
 *
 * @module
 */
import type { BlockRole, GlobalRole } from "../../harness/contract/model.ts";
import type { HuggingFaceNames } from "./family.ts";

/** Tensors of a block without biases. */
export const LLAMA_BLOCK: readonly BlockRole[] = [
  "attentionNorm",
  "query",
  "key",
  "value",
  "attentionOutput",
  "mlpNorm",
  "gate",
  "up",
  "down",
];

/** Tensors outside the blocks. */
export const LLAMA_GLOBALS: readonly GlobalRole[] = ["embedding", "outputNorm", "output"];

/** Names in Hugging Face's files, for one `model_type`. */
export function llamaNames(modelType: string): HuggingFaceNames {
  return {
    modelType,
    config: {
      layerCount: "num_hidden_layers",
      dModel: "hidden_size",
      heads: "num_attention_heads",
      context: "max_position_embeddings",
      normEpsilon: "rms_norm_eps",
      ffnSize: "intermediate_size",
    },
    globals: {
      embedding: "model.embed_tokens.weight",
      outputNorm: "model.norm.weight",
      output: "lm_head.weight",
    },
    block: "model.layers.",
    blocks: {
      attentionNorm: "input_layernorm.weight",
      query: "self_attn.q_proj.weight",
      queryBias: "self_attn.q_proj.bias",
      queryNorm: "self_attn.q_norm.weight",
      key: "self_attn.k_proj.weight",
      keyBias: "self_attn.k_proj.bias",
      keyNorm: "self_attn.k_norm.weight",
      value: "self_attn.v_proj.weight",
      valueBias: "self_attn.v_proj.bias",
      attentionOutput: "self_attn.o_proj.weight",
      mlpNorm: "post_attention_layernorm.weight",
      gate: "mlp.gate_proj.weight",
      up: "mlp.up_proj.weight",
      down: "mlp.down_proj.weight",
    },
    transposed: false,
    ignored: ["rotary_emb.inv_freq"],
  };
}
