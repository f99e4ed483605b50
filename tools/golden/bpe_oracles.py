"""Two independent byte-level BPE tokenizers over one vocabulary: llama.cpp and
Hugging Face `tokenizers`.

Where they differ llama.cpp wins; the case then says so and keeps both answers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import tokenizers
from gguf import GGUFReader
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

CONTROL = 3  # tokenizer.ggml.token_type of special tokens

PRE_TOKENIZERS = {
    "gpt-2": lambda: pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    "smollm": lambda: pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ]),
}


@dataclass(frozen=True)
class Vocabulary:
    """The tokenizer metadata of a GGUF file."""

    pre: str
    tokens: list[str]
    types: list[int]
    merges: list[str]

    @staticmethod
    def read(path: Path) -> Vocabulary:
        """Reads the metadata of the GGUF file at `path`."""
        fields = GGUFReader(path).fields
        at = lambda key: fields[f"tokenizer.ggml.{key}"].contents()  # noqa: E731
        return Vocabulary(at("pre"), at("tokens"), at("token_type"), at("merges"))


def hugging_face(vocabulary: Vocabulary, special: bool) -> Tokenizer:
    """Builds the `tokenizers` side; special tokens are recognized if `special`."""
    ids = {token: i for i, token in enumerate(vocabulary.tokens)}
    merges = [tuple(merge.split(" ")) for merge in vocabulary.merges]
    built = Tokenizer(models.BPE(vocab=ids, merges=merges))
    built.pre_tokenizer = PRE_TOKENIZERS[vocabulary.pre]()
    if special:
        built.add_special_tokens([
            AddedToken(token, special=True, normalized=False)
            for token, kind in zip(vocabulary.tokens, vocabulary.types, strict=True)
            if kind == CONTROL
        ])
    return built


class Oracles:
    """Both tokenizers of one GGUF file."""

    def __init__(self, path: Path) -> None:
        self.vocabulary = Vocabulary.read(path)
        self.llama = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
        self.others = {flag: hugging_face(self.vocabulary, flag) for flag in (False, True)}

    def case(self, text: str, special: bool) -> dict[str, object]:
        """One golden case; `note` and `tokenizersIds` only where the two differ."""
        ids = self.llama.tokenize(text.encode(), add_bos=False, special=special)
        other = self.others[special].encode(text, add_special_tokens=False).ids
        case: dict[str, object] = {"text": text, "special": special, "ids": ids}
        if ids != other:
            case["note"] = (
                "The vocabulary lacks a byte of this text: llama.cpp keeps it as a symbol while "
                "merging and drops it afterwards, tokenizers drops it first and merges across it"
            )
            case["tokenizersIds"] = other
        return case


def lacks_a_byte(vocabulary: Vocabulary, text: str) -> bool:
    """Whether some byte of `text` has no token of its own: the one known reason to differ."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    known = set(vocabulary.tokens)
    pieces = byte_level.pre_tokenize_str(text)
    return any(symbol not in known for piece, _ in pieces for symbol in piece)


def versions() -> dict[str, str]:
    """Versions of what answers."""
    return {"llama_cpp": llama_cpp.__version__, "tokenizers": tokenizers.__version__}


def sha256(path: Path) -> str:
    """Digest of a file as `sha256:…`."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
