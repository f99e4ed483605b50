"""The frozen model and what it makes of items: states, tokens, examples.

An example is a prompt and its answer; the answer's tokens are those that a policy
decides on. A state at height h is the residual stream after h blocks.
"""

import dataclasses
import pathlib

import numpy as np
import torch
from torch import Tensor

from data import read_items
from load_gguf import load_model, load_tokenizer
from model import rope_table
from parts.layout import Base, file_digest

TEXT_SUITES = ("prose", "code", "markov")  # their targets end in the middle of a text


@dataclasses.dataclass(frozen=True)
class Example:
    """Tokens of an item; those from `start` on are the answer's."""

    suite: str
    item: str
    tokens: list[int]
    start: int


class Frozen:
    """A GGUF file, dequantised to f32; nothing of it is trained."""

    def __init__(self, path: pathlib.Path) -> None:
        self.model = load_model(path)
        for weight in self.model.parameters():
            weight.requires_grad_(False)
        self.tokenizer = load_tokenizer(path)
        self.shape = self.model.shape
        self.base = Base(
            name=path.stem,
            digest=file_digest(path),
            layer_count=self.shape.blocks,
            d_model=self.shape.d_model,
            vocab_size=self.shape.vocab_size,
        )

    def examples(self, path: pathlib.Path, per_suite: int, longest: int) -> list[Example]:
        """Up to `per_suite` items of every suite that fit into `longest` tokens, in file order."""
        taken: dict[str, int] = {}
        found = []
        for item in read_items(path):
            suite = item["suite"]
            if taken.get(suite, 0) >= per_suite:
                continue
            end = "" if suite in TEXT_SUITES else "\n"
            prompt = self.tokenizer.encode(item["prompt"]).ids
            tokens = prompt + self.tokenizer.encode(item["target"] + end).ids
            if len(tokens) <= longest and len(tokens) > len(prompt) + 1:
                taken[suite] = taken.get(suite, 0) + 1
                found.append(Example(suite, item["id"], tokens, len(prompt)))
        return found

    def embed(self, tokens: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """States at height 0, the causal mask, and the rotary table of rows [B, T]."""
        length = tokens.shape[1]
        mask = torch.ones(length, length, dtype=torch.bool).tril()
        position = torch.arange(length)[None]
        return self.model.embedding(tokens), mask, rope_table(self.shape, position)

    @torch.no_grad()
    def states(self, tokens: Tensor) -> list[Tensor]:
        """States at heights 0..L of full depth, each [B, T, dModel]."""
        x, mask, rope = self.embed(tokens)
        states = [x]
        for block in self.model.blocks:
            states.append(block(states[-1], mask, rope))
        return states

    def readout(self, x: Tensor) -> Tensor:
        """Logits of the shared head, [..., vocabSize]."""
        return self.model.readout(x)


def padded(examples: list[Example]) -> Tensor:
    """Tokens of examples as rows [B, T], padded at the end, where nobody looks."""
    length = max(len(example.tokens) for example in examples)
    return torch.tensor([each.tokens + [0] * (length - len(each.tokens)) for each in examples])


def batches(examples: list[Example], tokens: int = 4096) -> list[list[Example]]:
    """Examples of similar length together, at most about `tokens` tokens a batch."""
    ordered = sorted(examples, key=lambda example: len(example.tokens))
    found, current = [], []
    for example in ordered:
        if current and (len(current) + 1) * len(example.tokens) > tokens:
            found.append(current)
            current = []
        current.append(example)
    return [*found, current] if current else found


@dataclasses.dataclass
class Decoded:
    """States of the answers' input positions: those at which a policy decides."""

    states: Tensor  # [heights, N, dModel], heights 0..L
    suite: np.ndarray  # [N] of str
    final: Tensor  # [N] greedy token of full depth

    def __len__(self) -> int:
        return self.states.shape[1]


def decode_states(frozen: Frozen, examples: list[Example]) -> Decoded:
    """Every answer token but the last, as an input: its successor is what is predicted."""
    states, suites = [], []
    for batch in batches(examples):
        rows = frozen.states(padded(batch))
        for r, example in enumerate(batch):
            at = slice(example.start, len(example.tokens) - 1)
            states.append(torch.stack([x[r, at] for x in rows]))
            suites += [example.suite] * states[-1].shape[1]
    joined = torch.cat(states, dim=1)
    final = torch.cat([greedy(frozen, part) for part in joined[-1].split(2048)])
    return Decoded(joined, np.array(suites), final)


@torch.no_grad()
def greedy(frozen: Frozen, x: Tensor) -> Tensor:
    """Greedy tokens of states [N, dModel] under the shared head."""
    return frozen.readout(x).argmax(-1)
