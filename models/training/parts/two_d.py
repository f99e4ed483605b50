"""Per-block classification heads for two-dimensional exit.

    f_h = softmax(Linear(ReLU(Linear(mean of the unit's states at height h)))), h = 1..L

A unit is a sentence (`sentence_vote`: good or bad) or 16 tokens (`keywords`: 2, 3 or 4
marked words, a text without sentences). Each unit is labelled with its document's
label, as the released code does, because single units are what inference reads.

Source: Hůla et al. 2026, arXiv:2604.18592.
"""

import dataclasses
import re

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from parts.frozen import Frozen
from parts.layout import Part

HIDDEN = 32
UNIT_TOKENS = 16
VOTES = ("good", "bad")
MARKS = (2, 3, 4)


@dataclasses.dataclass
class Units:
    """Mean states of units and their documents' labels."""

    states: Tensor  # [heights, N, dModel], heights 0..L
    label: Tensor  # [N]
    document: Tensor  # [N] index of the document
    is_last: Tensor  # [N] whether it is its document's last unit


def spans_of(item: dict) -> tuple[list[tuple[int, int]], int]:
    """Character spans of the units of a text (tokens when unit is none), and its label."""
    prompt = item["prompt"]
    start = prompt.rfind("\n") + 1
    if item["suite"] == "sentence_vote":
        start += len("vote: ")
        spans = [
            (start + found.start(), start + found.end())
            for found in re.finditer(r"\s?[^.]+\.", prompt[start:])
        ]
        return spans, VOTES.index(item["target"].strip())
    return [(start, len(prompt))], MARKS.index(len(item["target"].split()))


def unit_states(frozen: Frozen, items: list[dict]) -> Units:
    """Units of all items in order."""
    states, labels, documents, lasts = [], [], [], []
    for document, item in enumerate(items):
        encoded = frozen.tokenizer.encode(item["prompt"])
        rows = torch.stack([x[0] for x in frozen.states(torch.tensor([encoded.ids]))])
        spans, label = spans_of(item)
        owners = np.array(
            [next((k for k, (a, b) in enumerate(spans) if a <= s < b), -1) for s, _ in encoded.offsets]
        )
        groups = [np.flatnonzero(owners == k) for k in range(len(spans))]
        if item["suite"] == "keywords":
            (text,) = groups
            groups = [text[at : at + UNIT_TOKENS] for at in range(0, len(text), UNIT_TOKENS)]
        groups = [group for group in groups if len(group) > 0]
        for k, group in enumerate(groups):
            states.append(rows[:, torch.from_numpy(group)].mean(1))
            labels.append(label)
            documents.append(document)
            lasts.append(k == len(groups) - 1)
    return Units(
        torch.stack(states, dim=1), torch.tensor(labels), torch.tensor(documents), torch.tensor(lasts)
    )


def train(
    frozen: Frozen, units: Units, *, name: str, classes: int, steps: int, seed: int, log: list
) -> list[Part]:
    """One head a height, rounded to f16; `log` gets (step, mean loss in nats)."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    width = frozen.shape.d_model
    heads = [
        nn.Sequential(nn.Linear(width, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, classes))
        for _ in range(frozen.shape.blocks)
    ]
    weights = [weight for head in heads for weight in head.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    running = 0.0
    for step in range(1, steps + 1):
        rows = torch.from_numpy(random.integers(len(units.label), size=256))
        losses = [
            F.cross_entropy(head(units.states[height, rows]), units.label[rows])
            for height, head in enumerate(heads, start=1)
        ]
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        running += loss.item()
        if step % 25 == 0:
            log.append((step, running / 25))
            running = 0.0
    for weight in weights:
        weight.data = weight.data.half().float()
    return [
        Part(name, nn.Sequential(*head, nn.Softmax(dim=-1)), height)
        for height, head in enumerate(heads, start=1)
    ]


@torch.no_grad()
def accuracy(parts: list[Part], units: Units) -> list[tuple[int, float, float]]:
    """Per height: accuracy on single units, and on the last unit of each document."""
    found = []
    for part in parts:
        right = part.steps(units.states[part.height]).argmax(-1) == units.label
        found.append(
            (part.height, float(right.float().mean()), float(right[units.is_last].float().mean()))
        )
    return found
