"""Writes tests/golden/tokenization/gpt2_pre.json.

The `gpt-2` pre-tokenizer, tested without GPT-2's vocabulary: a byte-level BPE of
a few hundred tokens is trained on the lines below by Hugging Face tokenizers,
written as a vocabulary-only GGUF file and read by llama.cpp. The vocabulary is
part of the golden file. It has all 256 bytes, so the two oracles must agree.

Usage: python tools/golden/gpt2_pre.py [ggml-vocab-gpt-2.gguf]

With llama.cpp's own vocabulary-only file for GPT-2 (in the source archive of
llama-cpp-python, vendor/llama.cpp/models) the two oracles are also compared on
the full vocabulary; nothing of it is written.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import gguf
from awkward_strings import PLAIN
from bpe_oracles import CONTROL, PRE_TOKENIZERS, Oracles, versions
from golden_file import write_golden
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

OUT = Path(__file__).parents[2] / "tests/golden/tokenization/gpt2_pre.json"
SIZE = 480  # 256 bytes, one special token, 223 merges
LONGEST = 48  # characters of a text: a tiny vocabulary needs many ids

LINES = [
    "the reader opens the file and the writer closes the file",
    "we'll see what they'll do; it's ours, isn't it? I'd say they've got what they're due",
    "in 1234 there were 12345 of them, 12 a day, and in 2024 there were 2024 more",
    "def f(x):\n    return x\n\n\n    # the end of the function\n",
    "    indented\n        twice\n\t\ttabs\n\n\n",
    "naïve café café naïve señor señor",
    "привет привет мир мир и мир",
    "你好世界 你好世界 你好",
    "🙂 🙂🙂 👍 👍👍",
    "... --- ... --- !!! ??? :: :: -> -> <| |> <| |>",
] * 4


def train(size: int) -> Tokenizer:
    """Trains a vocabulary of `size`; ids are 0 for the special token, then bytes, then merges."""
    model = Tokenizer(models.BPE())
    model.pre_tokenizer = PRE_TOKENIZERS["gpt-2"]()
    model.train_from_iterator(LINES, trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ))
    return model


def vocabulary_of(model: Tokenizer) -> dict[str, object]:
    """The metadata under the names that GGUF gives it."""
    bpe = json.loads(model.to_str())["model"]
    tokens = sorted(bpe["vocab"], key=bpe["vocab"].get)
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [CONTROL, *[1] * (len(tokens) - 1)],
        "tokenizer.ggml.merges": [" ".join(pair) for pair in bpe["merges"]],
        "tokenizer.ggml.bos_token_id": 0,
        "tokenizer.ggml.eos_token_id": 0,
    }


def add_metadata(writer: gguf.GGUFWriter, vocabulary: dict[str, object]) -> None:
    """Adds each entry in the type that GGUF prescribes for it."""
    for key, value in vocabulary.items():
        if isinstance(value, list):
            writer.add_array(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        else:
            writer.add_string(key, value)


def write_gguf(path: Path, vocabulary: dict[str, object]) -> None:
    """A GGUF file with metadata and no tensors."""
    writer = gguf.GGUFWriter(path, "gpt2")
    add_metadata(writer, vocabulary)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def refuse_differences(oracles: Oracles, texts: list[str]) -> list[dict[str, object]]:
    """Cases of `texts`; stops when the oracles differ."""
    cases = [oracles.case(text, False) for text in texts]
    for case in cases:
        if "note" in case:
            raise SystemExit(f"Unexplained difference: {case}")
    return cases


def main() -> None:
    """Trains, asks both oracles, writes."""
    vocabulary = vocabulary_of(train(SIZE))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        write_gguf(path, vocabulary)
        oracles = Oracles(path)
    cases = refuse_differences(oracles, [text for text in PLAIN if len(text) <= LONGEST])
    special = "<|endoftext|>the file<|endoftext|>"
    cases += [oracles.case(special, flag) for flag in (True, False)]
    source = {
        "vocabulary": "trained on the lines of the script; not GPT-2's",
        **versions(),
        "script": "tools/golden/gpt2_pre.py",
    }
    write_golden(OUT, {"source": source, "vocabulary": vocabulary}, ("cases", cases))
    print(f"{len(cases)} cases: {OUT}")
    if len(sys.argv) > 1:
        full = refuse_differences(Oracles(Path(sys.argv[1])), PLAIN)
        print(f"{len(full)} texts agree on the full GPT-2 vocabulary")


if __name__ == "__main__":
    main()
