"""Llama weights between GGUF files and transformers.

A GGUF file of the family stores query and key rows in another order than
transformers: rotated pairs are adjacent (2i, 2i+1) in the file and half a head
apart (i, i + headDim/2) in transformers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from transformers import LlamaConfig, LlamaForCausalLM

GLOBAL_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
BLOCK_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def pairs_adjacent(rows: np.ndarray, heads: int) -> np.ndarray:
    """[heads · headDim, n] in transformers' order to the file's order."""
    return rows.reshape(heads, 2, -1, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def pairs_apart(rows: np.ndarray, heads: int) -> np.ndarray:
    """[heads · headDim, n] in the file's order to transformers' order."""
    return rows.reshape(heads, -1, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def name_in_transformers(name: str) -> str:
    """`blk.3.attn_q.weight` to `model.layers.3.self_attn.q_proj.weight`."""
    if name in GLOBAL_NAMES:
        return GLOBAL_NAMES[name]
    _, block, role, kind = name.split(".")
    return f"model.layers.{block}.{BLOCK_NAMES[role]}.{kind}"


def read_llama(path: Path) -> LlamaForCausalLM:
    """The model of a GGUF file with its weights dequantised to f32."""
    reader = GGUFReader(path)
    at = lambda key: reader.fields[f"llama.{key}"].contents()  # noqa: E731
    heads, kv_heads = at("attention.head_count"), at("attention.head_count_kv")
    weights = {tensor.name: dequantize(tensor.data, tensor.tensor_type)
               for tensor in reader.tensors}
    for name in weights:
        if name.endswith("attn_q.weight"):
            weights[name] = pairs_apart(weights[name], heads)
        elif name.endswith("attn_k.weight"):
            weights[name] = pairs_apart(weights[name], kv_heads)
    config = LlamaConfig(
        vocab_size=weights["token_embd.weight"].shape[0],
        hidden_size=at("embedding_length"),
        intermediate_size=at("feed_forward_length"),
        num_hidden_layers=at("block_count"),
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=weights["blk.0.attn_q.weight"].shape[0] // heads,
        max_position_embeddings=at("context_length"),
        rms_norm_eps=at("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": at("rope.freq_base")},
        tie_word_embeddings="output.weight" not in weights,
        attn_implementation="eager",
    )
    model = LlamaForCausalLM(config)
    state = {name_in_transformers(name): torch.from_numpy(np.array(data))
             for name, data in weights.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or set(missing) - {"lm_head.weight"}:
        raise SystemExit(f"Weights do not fit: missing {missing}, unexpected {unexpected}")
    return model.eval()
