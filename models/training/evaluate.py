"""Evaluates an exported GGUF on held-out items and prints Markdown tables.

    python evaluate.py --gguf ../embedded/tiny.gguf --data data --items data/test.jsonl

Exact match is read off one teacher-forced pass: greedy decoding gives the
answer and the stop exactly if every token of both is the argmax given the ones
before it. Rows of the table: full depth; a readout (final norm and head) at
lower heights; full depth without one block. Prose is the mean negative
log-likelihood per target token in nats, beside a unigram model with add-one
smoothing counted on the prose of the training split.
"""

import argparse
import collections
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from data import Corpus, read_items
from load_gguf import load_model, load_tokenizer
from model import Tiny

EXIT_HEIGHTS = [4, 6, 8, 10, 12]
BATCH = 64


def encode(items: list[dict], tokenizer) -> list[tuple[list[int], int]]:
    """Token ids of prompt and answer, and the number of prompt tokens."""
    encoded = []
    for item in items:
        stop = "" if item["suite"] == "prose" else "\n"
        prompt = tokenizer.encode(item["prompt"]).ids
        encoded.append((prompt + tokenizer.encode(item["target"] + stop).ids, len(prompt)))
    return encoded


@torch.no_grad()
def log_likelihoods(model: Tiny, encoded: list, order: list[int]):
    """Per item: log-probability of each answer token, and whether it is the argmax."""
    results = []
    for start in range(0, len(encoded), BATCH):
        part = encoded[start : start + BATCH]
        tokens = torch.zeros(len(part), max(len(ids) for ids, _ in part), dtype=torch.long)
        for row, (ids, _) in enumerate(part):
            tokens[row, : len(ids)] = torch.tensor(ids)
        hidden = model.hidden(tokens, order)
        for row, (ids, prompt) in enumerate(part):
            logits = model.readout(hidden[row, prompt - 1 : len(ids) - 1])
            wanted = tokens[row, prompt : len(ids)]
            chosen = F.log_softmax(logits, -1).gather(1, wanted[:, None])[:, 0]
            results.append((chosen.numpy(), (logits.argmax(-1) == wanted).numpy()))
    return results


def percent(values: list[bool]) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * np.mean(values):.1f}"


def evaluate(model: Tiny, tokenizer, items: list[dict], corpus: Corpus) -> None:
    """Prints the tables."""
    by_suite = collections.defaultdict(list)
    for item in items:
        by_suite[item["suite"]].append(item)
    encoded = {suite: encode(of_suite, tokenizer) for suite, of_suite in by_suite.items()}
    tasks = [suite for suite in by_suite if suite != "prose"]
    depth = model.shape.blocks
    orders = {f"exit height {h}": list(range(h)) for h in reversed(EXIT_HEIGHTS)}
    orders |= {f"without block {b}": [x for x in range(depth) if x != b] for b in range(depth)}

    print("| depth | " + " | ".join(f"{s} [%] ↑" for s in tasks) + " | prose [nats/token] ↓ |")
    print("| --- |" + " --- |" * (len(tasks) + 1))
    by_level = collections.defaultdict(list)
    for label, order in orders.items():
        cells = []
        for suite in tasks:
            exact = [hit.all() for _, hit in log_likelihoods(model, encoded[suite], order)]
            cells.append(percent(exact))
            if len(order) == depth:
                for item, ok in zip(by_suite[suite], exact):
                    by_level[suite, item["level"]].append(ok)
        scores = log_likelihoods(model, encoded["prose"], order)
        cells.append(f"{-np.concatenate([s for s, _ in scores]).mean():.3f}")
        print(f"| {label} | " + " | ".join(cells) + " |")

    counts = np.bincount(corpus.prose, minlength=model.shape.vocab_size) + 1
    unigram = np.log(counts / counts.sum())
    targets = np.concatenate([np.array(ids[prompt:]) for ids, prompt in encoded["prose"]])
    print(f"| unigram model |{' — |' * len(tasks)} {-unigram[targets].mean():.3f} |")

    print("\n| suite | level | items | full depth [%] ↑ |\n| --- | --- | --- | --- |")
    for (suite, level), exact in sorted(by_level.items()):
        print(f"| {suite} | {level} | {len(exact)} | {percent(exact)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--items", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    reader = load_tokenizer(arguments.gguf)
    evaluate(
        load_model(arguments.gguf),
        reader,
        read_items(arguments.items),
        Corpus(arguments.data, reader),
    )
