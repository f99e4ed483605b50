"""Writes tests/testdata/llama_*.gguf and tests/golden/logits/synthetic_llama.json.

Tiny Llama models with seeded random F32 weights in awkward shapes, what
transformers computes with them in f32, and llama.cpp's agreement that the files
say the same. They let a reader and a backend be checked with no download.

Arrays are little-endian f32 in base64, row-major:
  logits    [positions, vocabSize]
  hidden    [layerCount + 1, positions, dModel], height 0 first
  readouts  [layerCount + 1, vocabSize], final norm and head of each height, last position

Usage: python tools/golden/synthetic_llama.py
"""

from __future__ import annotations

import base64
from importlib.metadata import version
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import torch
import transformers
from bpe_oracles import sha256
from gguf_llama import name_in_transformers, pairs_adjacent, read_llama
from golden_file import write_golden
from gpt2_pre import add_metadata, train, vocabulary_of
from transformers import LlamaForCausalLM

ROOT = Path(__file__).parents[2]
OUT = ROOT / "tests/golden/logits/synthetic_llama.json"
LENGTH = 10  # tokens of the sequence, one of them repeated
LLAMA_TOLERANCE = 1e-4  # absolute, logits of llama.cpp with f32 KV cache

SHAPES: dict[str, dict[str, float]] = {
    # Grouped-query attention, tied head: SmolLM2's kind.
    "tied": {"layers": 3, "d": 48, "heads": 4, "kv": 2, "head": 12, "ffn": 96,
             "vocab": 300, "tied": 1, "base": 100000.0, "epsilon": 1e-5, "seed": 1},
    # As many KV heads as heads, separate head, odd FFN.
    "untied": {"layers": 2, "d": 40, "heads": 4, "kv": 4, "head": 10, "ffn": 75,
               "vocab": 300, "tied": 0, "base": 10000.0, "epsilon": 1e-6, "seed": 2},
    # heads · headDim ≠ dModel, one KV head, prime vocabulary, odd FFN.
    "wide_heads": {"layers": 3, "d": 48, "heads": 3, "kv": 1, "head": 24, "ffn": 65,
                   "vocab": 293, "tied": 1, "base": 500000.0, "epsilon": 1e-5, "seed": 3},
}


def random_weights(shape: dict[str, float]) -> dict[str, np.ndarray]:
    """Weights in transformers' order under the file's names, [outputs, inputs]."""
    rng = np.random.default_rng(int(shape["seed"]))
    d, ffn, vocab = int(shape["d"]), int(shape["ffn"]), int(shape["vocab"])
    query, key = int(shape["heads"] * shape["head"]), int(shape["kv"] * shape["head"])

    def matrix(rows: int, columns: int) -> np.ndarray:
        return (rng.standard_normal((rows, columns)) * 1.5 / columns**0.5).astype(np.float32)

    def norm() -> np.ndarray:
        return (1 + 0.3 * rng.standard_normal(d)).astype(np.float32)

    weights = {"token_embd.weight": rng.standard_normal((vocab, d)).astype(np.float32)}
    for block in range(int(shape["layers"])):
        at = f"blk.{block}."
        weights |= {
            f"{at}attn_norm.weight": norm(),
            f"{at}attn_q.weight": matrix(query, d),
            f"{at}attn_k.weight": matrix(key, d),
            f"{at}attn_v.weight": matrix(key, d),
            f"{at}attn_output.weight": matrix(d, query),
            f"{at}ffn_norm.weight": norm(),
            f"{at}ffn_gate.weight": matrix(ffn, d),
            f"{at}ffn_up.weight": matrix(ffn, d),
            f"{at}ffn_down.weight": matrix(d, ffn),
        }
    weights["output_norm.weight"] = norm()
    if not shape["tied"]:
        weights["output.weight"] = matrix(vocab, d)
    return weights


def write_model(path: Path, name: str, shape: dict[str, float]) -> None:
    """The GGUF file: metadata, a tiny byte-level vocabulary, F32 tensors."""
    tokenizer = vocabulary_of(train(int(shape["vocab"])))
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(f"synthetic {name}")
    writer.add_license("mit")
    writer.add_block_count(int(shape["layers"]))
    writer.add_context_length(64)
    writer.add_embedding_length(int(shape["d"]))
    writer.add_feed_forward_length(int(shape["ffn"]))
    writer.add_head_count(int(shape["heads"]))
    writer.add_head_count_kv(int(shape["kv"]))
    writer.add_key_length(int(shape["head"]))
    writer.add_value_length(int(shape["head"]))
    writer.add_rope_dimension_count(int(shape["head"]))
    writer.add_rope_freq_base(shape["base"])
    writer.add_layer_norm_rms_eps(shape["epsilon"])
    writer.add_vocab_size(int(shape["vocab"]))
    add_metadata(writer, tokenizer)
    writer.add_add_bos_token(False)
    for key, data in random_weights(shape).items():
        if key.endswith("attn_q.weight"):
            data = pairs_adjacent(data, int(shape["heads"]))
        elif key.endswith("attn_k.weight"):
            data = pairs_adjacent(data, int(shape["kv"]))
        writer.add_tensor(key, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def packed(values: torch.Tensor) -> str:
    """Little-endian f32 in base64."""
    return base64.b64encode(values.numpy().astype("<f4").tobytes()).decode()


def answer(model: LlamaForCausalLM, ids: list[int]) -> dict[str, torch.Tensor]:
    """Logits, block outputs (by hooks: transformers' own last one is after the norm), readouts."""
    outputs: list[torch.Tensor] = []
    hooks = [block.register_forward_hook(
        lambda _module, _inputs, out: outputs.append(out[0] if isinstance(out, tuple) else out))
        for block in model.model.layers]
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0]
        hidden = torch.stack([model.model.embed_tokens(torch.tensor(ids)),
                              *(out.reshape(len(ids), -1) for out in outputs)])
        readouts = model.lm_head(model.model.norm(hidden[:, -1]))
    for hook in hooks:
        hook.remove()
    return {"logits": logits, "hidden": hidden, "readouts": readouts}


def llama_distance(path: Path, ids: list[int], logits: torch.Tensor) -> float:
    """Largest absolute distance of llama.cpp's logits, read from the file by llama.cpp."""
    model = llama_cpp.Llama(str(path), n_ctx=32, logits_all=True, verbose=False, n_threads=1,
                            type_k=llama_cpp.GGML_TYPE_F32, type_v=llama_cpp.GGML_TYPE_F32)
    model.eval(ids)
    return float(np.abs(model.scores[: len(ids)] - logits.numpy()).max())


def main() -> None:
    """Writes the files, reads them back, answers."""
    models = []
    for name, shape in SHAPES.items():
        path = ROOT / f"tests/testdata/llama_{name}.gguf"
        write_model(path, name, shape)
        model = read_llama(path)
        state = model.state_dict()
        for key, data in random_weights(shape).items():
            assert np.array_equal(state[name_in_transformers(key)].numpy(), data), key
        ids = np.random.default_rng(9).integers(0, int(shape["vocab"]), LENGTH).tolist()
        ids[LENGTH // 2] = ids[1]
        got = answer(model, ids)
        assert torch.allclose(got["readouts"][-1], got["logits"][-1], rtol=0, atol=1e-5)
        distance = llama_distance(path, ids, got["logits"])
        if distance > LLAMA_TOLERANCE:
            raise SystemExit(f"llama.cpp differs on {path.name} by {distance}")
        models.append({
            "file": f"tests/testdata/{path.name}",
            "digest": sha256(path),
            "layerCount": int(shape["layers"]),
            "dModel": int(shape["d"]),
            "heads": int(shape["heads"]),
            "kvHeads": int(shape["kv"]),
            "headDim": int(shape["head"]),
            "ffnSize": int(shape["ffn"]),
            "vocabSize": int(shape["vocab"]),
            "tiedHead": bool(shape["tied"]),
            "ropeBase": shape["base"],
            "normEpsilon": shape["epsilon"],
            "ids": ids,
            **{key: packed(value) for key, value in got.items()},
            "largestDistanceToLlamaCpp": float(f"{distance:.2g}"),
        })
        print(f"{path.name}: {path.stat().st_size} bytes, llama.cpp within {distance:.2g}")
    source = {
        "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0],
        "gguf": version("gguf"),
        "llama_cpp": llama_cpp.__version__,
        "script": "tools/golden/synthetic_llama.py",
    }
    write_golden(OUT, {"source": source}, ("models", models))


if __name__ == "__main__":
    main()
