"""Writes the table of the twins into `models/README.md`.

    python table.py --items data/test.jsonl --limit 500 --readme ../README.md

Scores of `tiny` and `tiny_exit` on held-out items at every second height, with
95 % intervals, then what the table is asked to show. `evaluate.py` says what a
score is. Everything between the two marks of the page is replaced.
"""

import argparse
import dataclasses
import hashlib
import pathlib

import numpy as np
import torch

from data import read_items
from evaluate import LIKELIHOOD, at_heights, by_suite, encode
from intervals import clustered, drop_p_value, holm, mean_of_strata, wilson
from load_gguf import load_model, load_tokenizer

EMBEDDED = pathlib.Path(__file__).parent.parent / "embedded"
TWINS = ("tiny", "tiny_exit")
HEIGHTS = [2, 4, 6, 8, 10, 12]
HALF = HEIGHTS.index(6)
EASY = ["copy", "induction", "sentence_vote"]
HARD = {
    "arithmetic, with carries": ("arithmetic", lambda level: not level.endswith("carries-0")),
    "recall_many, 8 pairs": ("recall_many", lambda level: level == "pairs-8"),
    "sorting": ("sorting", lambda level: True),
    "brackets, depth ≥ 3": ("brackets", lambda level: int(level.split("-")[1]) >= 3),
}
OMITTED = ("code_line",)  # scored by edit similarity alone
MARKS = ("<!-- table: begin -->", "<!-- table: end -->")


@dataclasses.dataclass(frozen=True)
class Scores:
    """Of one model and suite: [items, heights], and the level and cluster of each item."""

    exact: np.ndarray
    nats: np.ndarray
    levels: list[str]
    clusters: list[str]


def scores_of(name: str, suites: dict[str, list[dict]]) -> dict[str, Scores]:
    """All suites of one embedded model."""
    path = EMBEDDED / f"{name}.gguf"
    model, tokenizer = load_model(path), load_tokenizer(path)
    return {
        suite: Scores(
            *at_heights(model, encode(items, tokenizer), HEIGHTS),
            levels=[item["level"] for item in items],
            clusters=[item.get("group", item["id"]) for item in items],
        )
        for suite, items in suites.items()
        if suite not in OMITTED
    }


def groups_of(scores: dict[str, Scores]) -> dict[str, np.ndarray]:
    """Row label → exact hits [items, heights]: easy suites, hard ones, then the other tasks."""
    found = {suite: scores[suite].exact for suite in EASY}
    for label, (suite, wanted) in HARD.items():
        chosen = np.array([wanted(level) for level in scores[suite].levels])
        found[label] = scores[suite].exact[chosen]
    for suite in scores:
        if suite not in found and suite not in LIKELIHOOD:
            found[suite] = scores[suite].exact
    return found


def share_cell(hits: np.ndarray) -> str:
    """A share in per cent with its interval."""
    low, high = wilson(hits)
    return f"{100 * hits.mean():.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def lines_of(name: str, scores: dict[str, Scores]) -> list[str]:
    """The rows of one model."""
    lines = []
    for label, exact in groups_of(scores).items():
        kind = "easy" if label in EASY else "hard" if label in HARD else ""
        cells = " | ".join(share_cell(exact[:, i]) for i in range(len(HEIGHTS)))
        lines.append(f"| {name} | {label} | {kind} | {len(exact)} | {cells} |")
    for suite in LIKELIHOOD:
        nats, clusters = scores[suite].nats, scores[suite].clusters
        cells = []
        for i in range(len(HEIGHTS)):
            low, high = clustered(nats[:, i], clusters)
            cells.append(f"{nats[:, i].mean():.2f} [{low:.2f}, {high:.2f}]")
        row = " | ".join(cells)
        lines.append(f"| {name} | {suite} [nats/token] ↓ | likelihood | {len(nats)} | {row} |")
    return lines


def first_height(exact: np.ndarray) -> int:
    """The lowest height with at least 95 % of the score at full depth."""
    means = exact.mean(0)
    return HEIGHTS[int(np.argmax(means >= 0.95 * means[-1]))]


def findings(all_scores: dict[str, dict[str, Scores]]) -> list[str]:
    """What the table is asked to show, reached or missed."""
    plain, exits = (groups_of(all_scores[name]) for name in TWINS)
    lines = []
    for name, groups in zip(TWINS, (plain, exits)):
        whole = [label for label in groups if "," not in label]
        inside = [label for label in whole if 0.6 <= groups[label][:, -1].mean() <= 0.98]
        lines.append(
            f"Full depth scores between 60 % and 98 % on {len(inside)} of {len(whole)} suites "
            f"of `{name}`: {', '.join(inside) or 'none'} (asked: at least six)."
        )
    steps, p_values = [], []
    for label, exact in exits.items():
        for i in range(len(HEIGHTS) - 1):
            steps.append(f"{label} from {HEIGHTS[i]} to {HEIGHTS[i + 1]}")
            p_values.append(drop_p_value(exact[:, i], exact[:, i + 1]))
    bad = [step for step, p in zip(steps, holm(p_values)) if p < 0.05]
    lines.append(
        f"Drops of `tiny_exit` from one exit to the next that are significant (McNemar's exact "
        f"test, one-sided, Holm over {len(steps)} steps): {', '.join(bad) or 'none'} (asked: none)."
    )
    easy = {label: first_height(exits[label]) for label in EASY}
    hard = {label: first_height(exits[label]) for label in HARD}
    for kind, heights in (("easy", easy), ("hard", hard)):
        shown = "; ".join(f"{label}: {height}" for label, height in heights.items())
        lines.append(f"Lowest height of `tiny_exit` with 95 % of full depth, {kind}: {shown}.")
    lines.append(
        f"Easy suites reach 95 % by height 6: {'yes' if max(easy.values()) <= 6 else 'no'}; every "
        f"hard one later than every easy one: "
        f"{'yes' if min(hard.values()) > max(easy.values()) else 'no'}; on average "
        f"{np.mean(list(easy.values())):.1f} (easy) against {np.mean(list(hard.values())):.1f}."
    )
    strata = [
        100.0 * (exits[label][:, HALF].astype(float) - plain[label][:, HALF]) for label in EASY
    ]
    mean, low, high = mean_of_strata(strata)
    lines.append(
        f"At height 6 the mean over the easy suites is {mean:.1f} points [{low:.1f}, {high:.1f}] "
        f"above `tiny`'s, paired by item (asked: lower end ≥ 15)."
    )
    return lines


def render(items: dict[str, list[dict]]) -> str:
    """The whole part of the page."""
    all_scores = {name: scores_of(name, items) for name in TWINS}
    digests = [
        f"`{name}.gguf` {hashlib.sha256((EMBEDDED / f'{name}.gguf').read_bytes()).hexdigest()}"
        for name in TWINS
    ]
    head = " | ".join(f"height {height}" for height in HEIGHTS)
    lines = ["SHA-256: " + ", ".join(digests) + ".", ""]
    lines += [f"- {line}" for line in findings(all_scores)]
    lines += ["", f"| model | suite [%] ↑ | kind | items | {head} |"]
    lines.append("| --- | --- | --- | --- |" + " --- |" * len(HEIGHTS))
    for name in TWINS:
        lines += lines_of(name, all_scores[name])
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=pathlib.Path, required=True)
    parser.add_argument("--readme", type=pathlib.Path)
    parser.add_argument("--limit", type=int, help="items of a suite; all unless given")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    table = render(by_suite(read_items(arguments.items), arguments.limit))
    if arguments.readme is None:
        print(table)
    else:
        page = arguments.readme.read_text(encoding="utf-8")
        before, rest = page.split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        page = f"{before}{MARKS[0]}\n\n{table}\n\n{MARKS[1]}{after}"
        arguments.readme.write_text(page, encoding="utf-8")
