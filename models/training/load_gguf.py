"""Reads an exported GGUF back into PyTorch, with dequantised weights.

What is evaluated is the file that ships, not the checkpoint it came from.
"""

import pathlib

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from data import END
from export_gguf import gguf_name
from model import Shape, Tiny


def load_model(path: pathlib.Path) -> Tiny:
    """The model of the file, in f32."""
    reader = gguf.GGUFReader(path)

    def field(name: str):
        return reader.fields[f"llama.{name}"].contents()

    tensors = {tensor.name: tensor for tensor in reader.tensors}
    heads, width = field("attention.head_count"), field("embedding_length")
    model = Tiny(
        Shape(
            vocab_size=int(tensors["token_embd.weight"].shape[1]),
            blocks=field("block_count"),
            d_model=width,
            heads=heads,
            kv_heads=field("attention.head_count_kv"),
            head_dim=width // heads,
            ffn_size=field("feed_forward_length"),
            rope_base=field("rope.freq_base"),
            norm_epsilon=field("attention.layer_norm_rms_epsilon"),
            context=field("context_length"),
        )
    )
    state = {}
    for name in model.state_dict():
        tensor = tensors[gguf_name(name)]
        state[name] = torch.from_numpy(
            gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        )
    model.load_state_dict(state)
    return model.eval()


def load_tokenizer(path: pathlib.Path) -> Tokenizer:
    """The tokenizer of the file, from its pieces and merges alone."""
    reader = gguf.GGUFReader(path)
    pieces = reader.fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(m.split(" ")) for m in reader.fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE({piece: i for i, piece in enumerate(pieces)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END])
    return tokenizer
