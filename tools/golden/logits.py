"""Writes tests/golden/logits/smollm2.json.

Logits and greedy continuations of SmolLM2 with its weights dequantised to f32,
from transformers in f32. The weights are loaded twice, by transformers' own GGUF
loader and by gguf_llama.py, and must agree bit for bit. The largest distance
to the same model with f64 matrix products (norms and softmax stay f32 there) is
recorded: it is what rounding alone explains.

Usage: python tools/golden/logits.py <SmolLM2-135M-Instruct.Q4_1.gguf>
"""

from __future__ import annotations

import sys
from pathlib import Path

import llama_cpp
import numpy as np
import torch
import transformers
from bpe_oracles import sha256
from gguf_llama import read_llama
from golden_file import write_golden
from transformers import AutoModelForCausalLM, DynamicCache, LlamaForCausalLM

OUT = Path(__file__).parents[2] / "tests/golden/logits/smollm2.json"
POSITIONS = 3  # last positions of each prompt
TOP = 32
PROBES = 64
STEPS = 32  # greedy tokens; an end-of-text token does not stop them

CHAT = "<|im_start|>system\nAnswer briefly.<|im_end|>\n<|im_start|>user\n"
PROMPTS: dict[str, str] = {
    "short": "The capital of France is the city of",
    "prose": "It was a bright morning when the old fisherman pushed his boat into the water, and "
    "the gulls followed him past the lighthouse as they had done every day for thirty years. He "
    "did not look back at the village, because he knew that his daughter stood at the window and "
    "counted the boats until",
    "code": "def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1) + ",
    "chat": CHAT + "Name three primary colors.<|im_end|>\n<|im_start|>assistant\n",
    "digits": "1 + 1 = 2\n12 + 30 = 42\n105 + 17 = 122\n48 + 27 =",
    "unicode": "naïve café — 你好, мир! 🙂 ½ \u00a0ẞ",
    "repetition": "one two three four one two three four one two three",
    "newlines": "# Title\n\n- first item\n- second item\n\n\t1.\tthird\r\n\r\nThe end of the list",
}


def shortest(values: np.ndarray) -> list[float]:
    """f32 values as the shortest decimals that read back as the same f32."""
    return [float(str(value)) for value in values.astype(np.float32)]


def all_logits(model: LlamaForCausalLM, ids: list[int]) -> np.ndarray:
    """[positions, vocabulary] in one pass over the whole prompt."""
    with torch.no_grad():
        return model(torch.tensor([ids]), use_cache=False).logits[0].numpy()


def greedy(model: LlamaForCausalLM, ids: list[int]) -> tuple[list[int], list[float]]:
    """Greedy tokens through the KV cache, and the gap of the two largest logits at each step."""
    tokens: list[int] = []
    margins: list[np.float32] = []
    cache = DynamicCache()
    rows = ids
    with torch.no_grad():
        for _ in range(STEPS):
            last = model(torch.tensor([rows]), cache=cache).logits[0, -1].numpy()
            second, first = np.partition(last, -2)[-2:]
            margins.append(first - second)
            tokens.append(int(np.argmax(last)))
            rows = [tokens[-1]]
    return tokens, shortest(np.array(margins))


def position_answer(row: np.ndarray, position: int, probes: np.ndarray) -> dict[str, object]:
    """What is kept of one position's logits."""
    top = np.argsort(-row, kind="stable")[:TOP]
    wide = row.astype(np.float64)
    total = wide.max() + np.log(np.exp(wide - wide.max()).sum())
    return {
        "position": position,
        "topIds": top.tolist(),
        "topLogits": shortest(row[top]),
        "probeLogits": shortest(row[probes]),
        "logSumExp": shortest(np.array([total]))[0],
    }


def main() -> None:
    """Answers all prompts."""
    path = Path(sys.argv[1])
    torch.manual_seed(0)
    tokenizer = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
    model = read_llama(path)
    other = AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32, attn_implementation="eager")
    mine = model.state_dict()
    for name, theirs in other.state_dict().items():
        if not torch.equal(mine[name], theirs):
            raise SystemExit(f"The two loaders differ in {name}")
    del other
    vocabulary = model.config.vocab_size
    probes = np.sort(np.random.default_rng(7).choice(vocabulary, PROBES, replace=False))
    prompts = []
    kept: dict[str, np.ndarray] = {}
    for name, text in PROMPTS.items():
        ids = tokenizer.tokenize(text.encode(), add_bos=False, special=True)
        kept[name] = all_logits(model, ids)
        tokens, margins = greedy(model, ids)
        first = len(ids) - POSITIONS
        prompts.append({
            "name": name,
            "text": text,
            "ids": ids,
            "positions": [position_answer(kept[name][at], at, probes)
                          for at in range(first, len(ids))],
            "greedy": tokens,
            "greedyMargins": margins,
        })
        print(f"{name}: {len(ids)} tokens, smallest margin {min(margins)}", file=sys.stderr)
    wide = model.to(torch.float64)
    rounding = max(np.abs(all_logits(wide, prompt["ids"]) - kept[prompt["name"]]).max()
                   for prompt in prompts)
    source = {
        "model": path.name,
        "digest": sha256(path),
        "transformers": transformers.__version__,
        "torch": torch.__version__.split("+")[0],
        "llama_cpp": llama_cpp.__version__,
        "script": "tools/golden/logits.py",
        "largestDistanceToF64Products": float(f"{rounding:.2g}"),
    }
    write_golden(OUT, {"source": source, "probeIds": probes.tolist()}, ("prompts", prompts))
    print(f"f32 to f64 products at most {rounding:.2g}: {OUT}")


if __name__ == "__main__":
    main()
