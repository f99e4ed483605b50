"""Writes tests/testdata/families/* and tests/golden/logits/families.json.

One tiny model with seeded random f32 weights per family, as transformers saves it
(safetensors, one of them in shards, with config.json and tokenizer.json) and as a
GGUF file under the names that the package `gguf` gives; what transformers
computes; llama.cpp's agreement on the GGUF file. Two more GGUF files hold a Llama that
llama.cpp quantised to K-formats; transformers computes with what `gguf` reads back.

Logits are little-endian f32 in base64, [positions, vocabSize], row-major.

Usage: python tools/golden/families.py
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import torch
import transformers
from bpe_oracles import sha256
from gguf.quants import dequantize
from gguf_llama import name_in_transformers, pairs_adjacent, pairs_apart
from golden_file import write_golden
from gpt2_pre import add_metadata, train, vocabulary_of
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests/testdata/families"
OUT = ROOT / "tests/golden/logits/families.json"
VOCAB = 280
CONTEXT = 64
LENGTH = 24  # tokens of the sequence
# Absolute, logits of llama.cpp with f32 KV cache; it looks gelu up in a half-precision table.
LLAMA_TOLERANCE = {"gpt2": 5e-3}

WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|NUMBERS|"
         r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA = dict(vocab_size=VOCAB, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=CONTEXT,
             bos_token_id=0, eos_token_id=0, pad_token_id=None)

FAMILIES: dict[str, dict] = {
    "llama": {"config": transformers.LlamaConfig, "arch": "llama", "pre": "smollm",
              "options": {**LLAMA, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
                          "tie_word_embeddings": True}},
    "llama3": {"config": transformers.LlamaConfig, "arch": "llama", "pre": "llama-bpe", "shards": True,
               "options": {**LLAMA, "rms_norm_eps": 1e-5, "tie_word_embeddings": False,
                           "rope_parameters": {"rope_type": "llama3", "rope_theta": 500000.0,
                                               "factor": 8.0, "low_freq_factor": 1.0,
                                               "high_freq_factor": 4.0,
                                               "original_max_position_embeddings": 16}}},
    "smollm3": {"config": transformers.SmolLM3Config, "arch": "smollm3", "pre": "llama-bpe",
                "options": {**LLAMA, "num_hidden_layers": 4, "rms_norm_eps": 1e-6,
                            "rope_theta": 50000.0, "tie_word_embeddings": True,
                            "use_sliding_window": False}},
    "qwen2": {"config": transformers.Qwen2Config, "arch": "qwen2", "pre": "qwen2",
              "options": {**LLAMA, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
                          "tie_word_embeddings": True, "use_sliding_window": False}},
    "qwen3": {"config": transformers.Qwen3Config, "arch": "qwen3", "pre": "qwen2",
              "options": {**LLAMA, "head_dim": 12, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
                          "tie_word_embeddings": False, "use_sliding_window": False}},
    "gpt2": {"config": transformers.GPT2Config, "arch": "gpt2", "pre": "gpt-2",
             "options": dict(vocab_size=VOCAB, n_embd=32, n_layer=2, n_head=4, n_positions=CONTEXT,
                             n_ctx=CONTEXT, bos_token_id=0, eos_token_id=0)},
}


def tokenizer_of(pre: str) -> Tokenizer:
    """A byte-level BPE that cuts words as the family does."""
    model = train(VOCAB)
    level = pre_tokenizers.ByteLevel
    words = {"llama-bpe": r"\p{N}{1,3}", "qwen2": r"\p{N}"}
    if pre in words:
        pattern = Regex(WORDS.replace("NUMBERS", words[pre]))
        model.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(pattern, behavior="isolated", invert=False),
            level(add_prefix_space=False, use_regex=False)])
    elif pre == "smollm":
        model.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Digits(individual_digits=True), level(add_prefix_space=False)])
    if pre == "qwen2":
        model.normalizer = normalizers.NFC()
    return model


def seeded(model: torch.nn.Module, seed: int) -> None:
    """Weights that make every part of the model matter, biases and norms included."""
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for name, weight in sorted(model.named_parameters()):
            values = rng.standard_normal(tuple(weight.shape))
            if weight.dim() == 2 and ("wte" in name or "embed_tokens" in name or "wpe" in name):
                values *= 0.5
            elif weight.dim() == 2:
                values *= 1.5 / max(weight.shape) ** 0.5
            else:
                values = 0.2 * values + (1.0 if name.endswith("weight") else 0.0)
            weight.copy_(torch.from_numpy(values.astype(np.float32)))


def gguf_tensors(model: torch.nn.Module, arch: str, config) -> dict[str, np.ndarray]:
    """The weights under GGUF's names, in GGUF's order of rows."""
    kind = {v: k for k, v in gguf.MODEL_ARCH_NAMES.items()}[arch]
    layers = config.num_hidden_layers
    names = gguf.get_tensor_name_map(kind, layers)
    tensors = {}
    for name, value in model.state_dict().items():
        if name.endswith((".attn.bias", ".attn.masked_bias")):
            continue
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        data = value.numpy()
        if arch == "gpt2" and ".c_" in name and name.endswith("weight"):
            data = np.ascontiguousarray(data.T)
        if arch in ("llama", "smollm3") and name.endswith("q_proj.weight"):
            data = pairs_adjacent(data, config.num_attention_heads)
        if arch in ("llama", "smollm3") and name.endswith("k_proj.weight"):
            data = pairs_adjacent(data, config.num_key_value_heads)
        key = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert key is not None, name
        tensors[key] = data
    rotary = getattr(getattr(model, "model", None), "rotary_emb", None)
    if rotary is not None and rotary.rope_type == "llama3":
        size = config.hidden_size // config.num_attention_heads
        base = config.rope_parameters["rope_theta"]
        plain = 1.0 / base ** (torch.arange(0, size, 2).float() / size)
        tensors["rope_freqs.weight"] = (plain / rotary.inv_freq).numpy().astype(np.float32)
    return tensors


def write_gguf(path: Path, arch: str, pre: str, config, tensors: dict[str, np.ndarray]) -> None:
    """Metadata, vocabulary, tensors."""
    writer = gguf.GGUFWriter(path, arch)
    writer.add_name(f"synthetic {path.parent.name}")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(config.hidden_size)
    heads = config.num_attention_heads
    writer.add_head_count(heads)
    if arch == "gpt2":
        writer.add_feed_forward_length(4 * config.hidden_size)
        writer.add_layer_norm_eps(config.layer_norm_epsilon)
    else:
        size = getattr(config, "head_dim", None) or config.hidden_size // heads
        writer.add_feed_forward_length(config.intermediate_size)
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
        writer.add_key_length(size)
        writer.add_value_length(size)
        writer.add_rope_dimension_count(size)
    add_metadata(writer, {**vocabulary_of(train(VOCAB)), "tokenizer.ggml.pre": pre})
    writer.add_add_bos_token(False)
    for key, data in tensors.items():
        writer.add_tensor(key, data.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama_distance(path: Path, ids: list[int], logits: torch.Tensor) -> float:
    """Largest absolute distance of llama.cpp's logits, read from the file by llama.cpp."""
    model = llama_cpp.Llama(str(path), n_ctx=CONTEXT, logits_all=True, verbose=False, n_threads=1,
                            type_k=llama_cpp.GGML_TYPE_F32, type_v=llama_cpp.GGML_TYPE_F32)
    model.eval(ids)
    return float(np.abs(model.scores[: len(ids)] - logits.numpy()).max())


def packed(values: torch.Tensor) -> str:
    """Little-endian f32 in base64."""
    return base64.b64encode(values.numpy().astype("<f4").tobytes()).decode()


def sequence() -> list[int]:
    """Token ids, some of them repeated."""
    ids = np.random.default_rng(5).integers(1, VOCAB, LENGTH).tolist()
    ids[LENGTH // 2] = ids[1]
    return ids


def logits_of(model: torch.nn.Module, ids: list[int]) -> torch.Tensor:
    """Of every position, [positions, vocabSize]."""
    with torch.no_grad():
        return model(torch.tensor([ids]), use_cache=False).logits[0]


def make_family(name: str, family: dict) -> dict:
    """Writes the folder of a family and answers for it."""
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = family["config"](**family["options"])
    config._attn_implementation = "eager"
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    seeded(model, sum(map(ord, name)))
    model.save_pretrained(folder, max_shard_size="60KB" if family.get("shards") else "5GB")
    tokenizer = json.loads(tokenizer_of(family["pre"]).to_str())
    tokenizer["model"]["ignore_merges"] = family["pre"] == "llama-bpe"  # as its real files say
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, indent=1) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "<|endoftext|>"}) + "\n")
    path = folder / "model.gguf"
    tensors = gguf_tensors(model, family["arch"], config)
    write_gguf(path, family["arch"], family["pre"], config, tensors)
    ids = sequence()
    logits = logits_of(model, ids)
    entry = {"name": name, "ids": ids, "logits": packed(logits)}
    if family["arch"] != "smollm3":  # unknown to this llama.cpp
        distance = llama_distance(path, ids, logits)
        print(name, path.stat().st_size, "llama.cpp within", f"{distance:.2g}")
        if distance > LLAMA_TOLERANCE.get(name, 2e-4):
            raise SystemExit(f"llama.cpp differs on {name} by {distance}")
        entry["largestDistanceToLlamaCpp"] = float(f"{distance:.2g}")
    return entry


def make_quantised(kind: str, ftype: int) -> dict:
    """A Llama quantised by llama.cpp; transformers computes with what was stored."""
    config = transformers.LlamaConfig(**{**LLAMA, "hidden_size": 256, "intermediate_size": 256,
                                         "num_hidden_layers": 1, "tie_word_embeddings": True})
    model = transformers.LlamaForCausalLM(config).eval()
    seeded(model, 77)
    path = FOLDER / f"llama_{kind}.gguf"
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "model.gguf"
        write_gguf(whole, "llama", "smollm", config, gguf_tensors(model, "llama", config))
        parameters = llama_cpp.llama_model_quantize_default_params()
        parameters.ftype = ftype
        code = llama_cpp.llama_model_quantize(str(whole).encode(), str(path).encode(), parameters)
        assert code == 0, code
    state, kinds = {}, set()
    for tensor in gguf.GGUFReader(path).tensors:
        data = dequantize(tensor.data, tensor.tensor_type)
        kinds.add(tensor.tensor_type.name)
        if tensor.name.endswith(("attn_q.weight", "attn_k.weight")):
            data = pairs_apart(data, 4 if "_q." in tensor.name else 2)
        state[name_in_transformers(tensor.name)] = torch.from_numpy(np.array(data))
    model.load_state_dict({**state, "lm_head.weight": state["model.embed_tokens.weight"]})
    print(kind, path.stat().st_size, sorted(kinds))
    ids = sequence()
    return {"name": f"llama_{kind}", "ids": ids, "logits": packed(logits_of(model, ids)),
            "types": sorted(kinds)}


def main() -> None:
    """Writes everything."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    models = [make_family(name, family) for name, family in FAMILIES.items()]
    models.append(make_quantised("q4_k_m", llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M))
    models.append(make_quantised("q5_k_m", llama_cpp.LLAMA_FTYPE_MOSTLY_Q5_K_M))
    source = {
        "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0],
        "gguf": version("gguf"),
        "llama_cpp": llama_cpp.__version__,
        "script": "tools/golden/families.py",
        "digests": {str(path.relative_to(FOLDER)): sha256(path)
                    for path in sorted(FOLDER.rglob("*")) if path.is_file()},
    }
    write_golden(OUT, {"source": source}, ("models", models))


if __name__ == "__main__":
    main()
