"""Answers and ids of suite items, worked out by Python.

    deno task suites:export --split test --seed 1 --items 200 --suites all --out out/items.jsonl
    python3 tools/golden/suite_items.py out/items.jsonl

Only the prompts are ours (and the targets of suites whose text is drawn or
quoted). Python solves every prompt of the file on its own, hashes every item
with hashlib, and fails where the file says otherwise. The first two items of
each suite become `tests/golden/suites/items.json`; those of `markov` with the
negative log-likelihood of the target under the true law, in nats.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import string
import sys
from collections import Counter
from pathlib import Path

from golden_file import write_golden

OUT = Path(__file__).resolve().parents[2] / "tests" / "golden" / "suites" / "items.json"
LETTERS = string.ascii_lowercase
PER_SUITE = 2


def item_id(suite: str, prompt: str, target: str) -> str:
    """SHA-256 of the canonical item: JSON with sorted keys and no spaces."""
    item = {"suite": suite, "prompt": prompt, "target": target}
    text = json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def split_of(digest: str) -> str:
    """Train below bucket 80, calibration below 90, test above."""
    bucket = int(digest[:4], 16) % 100
    return "train" if bucket < 80 else "calibration" if bucket < 90 else "test"


def body(line: str) -> str:
    """What stands between the task's name and the equals sign."""
    return line.split(":", 1)[1].removesuffix("=").strip()


def spaced(words) -> str:
    """Each word with a space before it."""
    return "".join(" " + word for word in words)


def look_up(line: str) -> str:
    shown, asked = body(line).split("; ")
    return dict(tuple(pair) for pair in shown.split())[asked]


def induce(line: str) -> str:
    *shown, again = body(line).split()
    return " " + shown[shown.index(again) + 1]


def close(line: str) -> str:
    open_ones = []
    for symbol in body(line).split():
        if symbol in "([{<":
            open_ones.append(symbol)
        else:
            assert open_ones.pop() + symbol in ("()", "[]", "{}", "<>")
    return spaced({"(": ")", "[": "]", "{": "}", "<": ">"}[one] for one in reversed(open_ones))


def count(line: str) -> str:
    shown, asked = body(line).split("; ")
    return str(Counter(shown.split())[asked])


def value(line: str) -> str:
    a, operator, b, _, modulus = re.fullmatch(r"(\d+)([-+*])(\d+)( mod (\d))?=", line).groups()
    result = {"+": int(a) + int(b), "-": int(a) - int(b), "*": int(a) * int(b)}[operator]
    return str(result % int(modulus) if modulus else result)


def mix(line: str) -> str:
    spans = body(line).split("; ")
    return " " + "; ".join(str(sum(map(int, s.split("+")))) if "+" in s else s for s in spans)


def vote(line: str) -> str:
    praise = {"great", "clean", "friendly", "lovely", "perfect", "nice", "pleasant", "splendid"}
    words = re.findall(r"(\w+)\.", line)
    return " good" if 2 * sum(word in praise for word in words) > len(words) else " bad"


def quote(line: str) -> str:
    """The one sentence that holds the word, or the code with one name replaced."""
    task, text = line.removesuffix(" ->").split(": ", 1)
    match task.split():
        case ["quote", word]:
            (found,) = [s for s in re.findall(r"[^.]+\.", text) if word in re.findall(r"\w+", s)]
            return " " + found.strip()
        case ["rename", before, "to", after]:
            words = re.split(r"(\w+)", text)
            return " " + "".join(after if word == before else word for word in words)
    raise ValueError(line)


SOLVERS = {
    "copy": lambda line: spaced(body(line).split()),
    "recall": look_up,
    "arithmetic": value,
    "reverse": lambda line: spaced(reversed(body(line).split())),
    "induction": induce,
    "recall_many": look_up,
    "sorting": lambda line: spaced(sorted(body(line).split())),
    "brackets": close,
    "parity": lambda line: " odd" if body(line).split().count("x") % 2 else " even",
    "counting": count,
    "arithmetic_hard": value,
    "mixed": mix,
    "sentence_vote": vote,
    "quoting": quote,
    "keywords": lambda line: spaced(re.findall(r"\* (\w+) \*", line)),
}

DRAWN = {"prose", "markov", "code", "code_line"}

CHAINS = {1: (1, 2), 2: (1, 4), 3: (1, 8), 4: (2, 2), 5: (2, 4)}  # order, letters that may follow


def markov_nll(prompt: str, target: str) -> float:
    """-ln p of the target, from the formula of the chains."""
    number = int(prompt.split()[1].rstrip(":"))
    order, width = CHAINS[number]
    text = [LETTERS.index(letter) for letter in prompt.split()[2:] + target.split()]
    bits = 0
    for before, last, now in zip(text, text[1:], text[2:]):
        start = 5 * last + (11 * before if order == 2 else 0) + 3 * number
        rank = [(start + 7 * r) % 26 for r in range(width)].index(now)
        bits += {2: [1, 1], 4: [1, 2, 3, 3], 8: [3] * 8}[width][rank]
    return bits * math.log(2)


def solved(suite: str, prompt: str, given: str) -> dict[str, object]:
    """An item with Python's answer and id; `given` is used where the target is drawn."""
    target = given if suite in DRAWN else SOLVERS[suite](prompt.rsplit("\n", 1)[-1])
    row = {"suite": suite, "prompt": prompt, "target": target}
    row["id"] = item_id(suite, prompt, target)
    if suite == "markov":
        row["lawNll"] = markov_nll(prompt, target)
    return row


def main(path: Path) -> None:
    rows: dict[str, list[dict[str, object]]] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        item = json.loads(line)
        row = solved(item["suite"], item["prompt"], item["target"])
        assert row["target"] == item["target"], (row, item)
        assert row["id"] == item["id"], (row, item)
        assert "group" in item or split_of(row["id"]) == "test", item
        rows.setdefault(item["suite"], []).append(row)
    assert set(rows) == set(SOLVERS) | DRAWN, sorted(rows)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    head = {"source": "tools/golden/suite_items.py", "split": "test", "seed": 1}
    write_golden(OUT, head, ("items", [row for of in rows.values() for row in of[:PER_SUITE]]))
    print(f"{len(lines)} items solved, {PER_SUITE} of each of {len(rows)} suites written")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
