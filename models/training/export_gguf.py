"""Writes a checkpoint as GGUF: matrices Q8_0 (or F32), norms F32.

    python export_gguf.py --config configs/tiny.json --run runs/tiny --out ../embedded/tiny.gguf

Architecture `llama` without permutation, since training rotates adjacent pairs
as GGUF does; no `output.weight`, since the head is tied. The tokenizer goes in
as `gpt2` with pre-tokenizer `gpt-2`. Equal checkpoints give equal files.
"""

import argparse
import hashlib
import json
import pathlib

import gguf
import numpy as np
import torch

from data import END, END_ID
from model import Shape

GLOBAL_NAMES = {"embedding": "token_embd", "output_norm": "output_norm"}
BLOCK_NAMES = {
    "attention_norm": "attn_norm",
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "attention_output": "attn_output",
    "mlp_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}


def gguf_name(name: str) -> str:
    """`blocks.3.query.weight` → `blk.3.attn_q.weight`."""
    parts = name.split(".")
    if parts[0] == "blocks":
        return f"blk.{parts[1]}.{BLOCK_NAMES[parts[2]]}.weight"
    return f"{GLOBAL_NAMES[parts[0]]}.weight"


def add_metadata(writer: gguf.GGUFWriter, name: str, shape: Shape, file_type: int) -> None:
    """Shapes and constants of the `llama` architecture."""
    writer.add_name(name)
    writer.add_license("MIT")
    writer.add_block_count(shape.blocks)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.d_model)
    writer.add_feed_forward_length(shape.ffn_size)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_dimension_count(shape.head_dim)
    writer.add_vocab_size(shape.vocab_size)
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def add_tokenizer(writer: gguf.GGUFWriter, path: pathlib.Path) -> None:
    """Pieces in order of their ids, then merges."""
    model = json.loads(path.read_text(encoding="utf-8"))["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    assert pieces[END_ID] == END and list(model["vocab"].values()).count(END_ID) == 1
    kinds = [gguf.TokenType.CONTROL if piece == END else gguf.TokenType.NORMAL for piece in pieces]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(pieces)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) for merge in model["merges"]])
    writer.add_bos_token_id(END_ID)
    writer.add_eos_token_id(END_ID)
    writer.add_add_bos_token(False)


def export(config: dict, run: pathlib.Path, out: pathlib.Path, kind: str) -> None:
    """Reads `checkpoint.pt` and `tokenizer.json` of a run and writes the file."""
    weights = torch.load(run / "checkpoint.pt", weights_only=True)["model"]
    writer = gguf.GGUFWriter(out, "llama")
    packed_kind = gguf.GGMLQuantizationType[kind.upper()]
    file_type = gguf.LlamaFileType.ALL_F32 if kind == "f32" else gguf.LlamaFileType.MOSTLY_Q8_0
    add_metadata(writer, config["name"], Shape(**config["model"]), file_type)
    add_tokenizer(writer, run / "tokenizer.json")
    for key, weight in weights.items():
        array = weight.numpy().astype(np.float32)
        if array.ndim == 1:
            writer.add_tensor(gguf_name(key), array)
        else:
            packed = gguf.quants.quantize(array, packed_kind)
            writer.add_tensor(gguf_name(key), packed, raw_dtype=packed_kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=pathlib.Path, required=True)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--type", choices=["q8_0", "f32"], default="q8_0")
    arguments = parser.parse_args()
    settings = json.loads(arguments.config.read_text())
    export(settings, arguments.run, arguments.out, arguments.type)
    content = arguments.out.read_bytes()
    print(f"{arguments.out}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
