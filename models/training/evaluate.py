"""Scores exported GGUF files on held-out items at every height.

    python evaluate.py --gguf ../embedded/tiny.gguf --items data/calibration.jsonl --limit 200

Exact match is read off one teacher-forced pass: greedy decoding gives the
answer and the stop exactly if every token of both is the argmax given the ones
before it. A readout is the final norm and the head on the residual stream at a
height; the blocks above it play no part. For suites that accept several answers
or give part marks this is stricter than their own scorer. Likelihood suites
(prose, code, markov) give the mean negative log-likelihood per target token, in
nats. Prints one Markdown table a file; `table.py` compares twins.
"""

import argparse
import collections
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from data import read_items
from load_gguf import load_model, load_tokenizer
from model import Tiny

LIKELIHOOD = ("prose", "code", "markov")
PLACES = 8192  # tokens of a batch


def encode(items: list[dict], tokenizer) -> list[tuple[list[int], int]]:
    """Token ids of prompt and answer, and the number of prompt tokens."""
    encoded = []
    for item in items:
        stop = "" if item["suite"] in LIKELIHOOD else "\n"
        prompt = tokenizer.encode(item["prompt"]).ids
        encoded.append((prompt + tokenizer.encode(item["target"] + stop).ids, len(prompt)))
    return encoded


def batches(encoded: list[tuple[list[int], int]]) -> list[list[int]]:
    """Indices in batches of at most PLACES tokens with padding, shortest items first."""
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i][0]))
    parts: list[list[int]] = [[]]
    for index in order:
        if parts[-1] and len(encoded[index][0]) * (len(parts[-1]) + 1) > PLACES:
            parts.append([])
        parts[-1].append(index)
    return parts


@torch.no_grad()
def at_heights(model: Tiny, encoded: list, heights: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """[items, heights]: whether the whole answer is the argmax, and nats per answer token."""
    exact = np.zeros((len(encoded), len(heights)), bool)
    nats = np.zeros((len(encoded), len(heights)))
    for part in batches(encoded):
        tokens = torch.zeros(len(part), max(len(encoded[i][0]) for i in part), dtype=torch.long)
        for row, index in enumerate(part):
            ids, _ = encoded[index]
            tokens[row, : len(ids)] = torch.tensor(ids)
        states = model.states(tokens)
        for row, index in enumerate(part):
            ids, prompt = encoded[index]
            wanted = tokens[row, prompt : len(ids)]
            hidden = torch.stack([states[h][row, prompt - 1 : len(ids) - 1] for h in heights])
            logits = model.readout(hidden)
            exact[index] = (logits.argmax(-1) == wanted).all(-1).numpy()
            chosen = F.log_softmax(logits, -1)[:, torch.arange(len(wanted)), wanted]
            nats[index] = -chosen.mean(-1).numpy()
    return exact, nats


def by_suite(items: list[dict], limit: int | None) -> dict[str, list[dict]]:
    """Items of each suite, in file order."""
    found = collections.defaultdict(list)
    for item in items:
        if limit is None or len(found[item["suite"]]) < limit:
            found[item["suite"]].append(item)
    return found


def print_scores(path: pathlib.Path, items: dict[str, list[dict]], levels: bool) -> None:
    """The table of one file, with a row for every level if `levels`."""
    model, tokenizer = load_model(path), load_tokenizer(path)
    heights = list(range(1, model.shape.blocks + 1))
    print(f"{path.name}: exact match [%] ↑ by height; likelihood suites nats/token ↓\n")
    print("| suite | items | " + " | ".join(map(str, heights)) + " |")
    print("| --- |" + " --- |" * (len(heights) + 1))
    for suite, of_suite in items.items():
        exact, nats = at_heights(model, encode(of_suite, tokenizer), heights)
        values, form = (nats, "{:.3f}") if suite in LIKELIHOOD else (100 * exact, "{:.1f}")
        groups = {suite: np.ones(len(of_suite), bool)}
        if levels:
            names = np.array([item["level"] for item in of_suite])
            groups |= {f"– {name}": names == name for name in dict.fromkeys(names)}
        for label, chosen in groups.items():
            cells = " | ".join(form.format(x) for x in values[chosen].mean(0))
            print(f"| {label} | {chosen.sum()} | {cells} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=pathlib.Path, required=True)
    parser.add_argument("--items", type=pathlib.Path, required=True)
    parser.add_argument("--limit", type=int, help="items of a suite")
    parser.add_argument("--levels", action="store_true", help="also each level")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print_scores(
        arguments.gguf, by_suite(read_items(arguments.items), arguments.limit), arguments.levels
    )
