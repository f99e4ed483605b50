"""Rows of a step: packed items, windows of text, and echoes.

Every row is four arrays of its length: token, segment (0 padding, HEAD what all
later places see, then one number per item), position, and answer (which tokens
are predicted). Loss is on answers for tasks and on every token but the first for text.
"""

import dataclasses

import numpy as np

from data import END_ID, TEXT_SUITES, Corpus
from model import HEAD


@dataclasses.dataclass(frozen=True)
class Rows:
    """Rows of one length; arrays are [rows, length], `text` is [rows]."""

    tokens: np.ndarray  # int64
    segment: np.ndarray  # int64
    position: np.ndarray  # int64
    answer: np.ndarray  # bool
    text: np.ndarray  # bool: a row of text, not of a task


def empty_rows(rows: int, length: int) -> Rows:
    """Rows of padding."""
    tokens, segment, position = np.zeros((3, rows, length), np.int64)
    return Rows(tokens, segment, position, np.zeros((rows, length), bool), np.zeros(rows, bool))


def fill_items(into: Rows, row: int, corpus: Corpus, suite: str, random) -> bool:
    """Items of one suite after the worked examples that they share; False if none fits.

    Every item sees the examples and itself, at the positions that it has alone.
    Levels are equally likely, of those that fit.
    """
    length = into.tokens.shape[1]
    levels = corpus.fitting(suite, length)
    if not levels:
        return False
    head = corpus.heads[suite]
    used, number = len(head), HEAD + 1
    into.tokens[row, :used], into.segment[row, :used] = head, HEAD
    into.position[row, :used] = np.arange(used)
    while True:
        pool = levels[random.integers(len(levels))]
        ids, question = pool[random.integers(len(pool))]
        end = used + len(ids)
        if end > length:
            break
        into.tokens[row, used:end], into.segment[row, used:end] = ids, number
        into.position[row, used:end] = len(head) + np.arange(len(ids))
        into.answer[row, used + question : end] = True
        used, number = end, number + 1
    into.text[row] = suite in TEXT_SUITES
    return True


def fill_window(into: Rows, row: int, stream: np.ndarray, random) -> None:
    """A window of a stream from anywhere."""
    length = into.tokens.shape[1]
    start = random.integers(0, len(stream) - length)
    into.tokens[row] = stream[start : start + length]
    into.segment[row], into.position[row] = HEAD, np.arange(length)
    into.answer[row, 1:] = True
    into.text[row] = True


def fill_echo(into: Rows, row: int, letters: list[int], random) -> None:
    """Lists of different letters, each followed by runs of itself from anywhere.

    Every letter of a run but its first follows from what followed it before, so
    one list trains induction at many places. Half of the lists are short, where
    it is found sooner.
    """
    length, used, number = into.tokens.shape[1], 0, HEAD + 1
    while True:
        size = int(random.integers(3, 9) if random.random() < 0.5 else random.integers(9, 25))
        shown = random.permutation(letters)[:size]
        runs, known = [shown], [np.zeros(size, bool)]
        for _ in range(int(random.integers(1, 5))):
            start = int(random.integers(0, size - 1))
            run = shown[start : start + int(random.integers(2, size + 1))]
            runs.append(run)
            known.append(np.arange(len(run)) > 0)
        ids, answer = np.concatenate([*runs, [END_ID]]), np.concatenate([*known, [False]])
        end = used + len(ids)
        if end > length:
            break
        into.tokens[row, used:end], into.segment[row, used:end] = ids, number
        into.position[row, used:end], into.answer[row, used:end] = np.arange(len(ids)), answer
        used, number = end, number + 1


def fill_pairs(into: Rows, row: int, letters: list[int], digits: list[int], random) -> None:
    """Pairs of a letter and a digit, then many of the letters again, each with its digit.

    As an echo, one list trains many look-ups; half of the lists are short.
    """
    length, used, number = into.tokens.shape[1], 0, HEAD + 1
    while True:
        size = int(random.integers(2, 7) if random.random() < 0.5 else random.integers(7, 25))
        keys = random.permutation(letters)[:size]
        values = random.choice(digits, size)
        asked = random.integers(0, size, size)
        pairs = np.stack([keys, values], 1).ravel()
        again = np.stack([keys[asked], values[asked]], 1).ravel()
        end = used + 4 * size + 1
        if end > length:
            break
        into.tokens[row, used:end] = [*pairs, *again, END_ID]
        into.answer[row, used + 2 * size + 1 : end : 2] = True
        into.segment[row, used:end] = number
        into.position[row, used:end] = np.arange(end - used)
        used, number = end, number + 1


def draw_rows(corpus: Corpus, random: np.random.Generator, phase: dict, shape: tuple) -> Rows:
    """The rows of one step.

    A row is text with the chance `text_share` of the phase (in any case the first
    one, if that is not 0), else a task; `text` and `tasks` weigh their kinds. A
    suite none of whose items fit gives way to another draw.
    """
    rows = empty_rows(*shape)
    for row in range(shape[0]):
        share = phase["text_share"]
        is_text = share > 0 and (row == 0 or random.random() < share)
        weights = phase["text"] if is_text else phase["tasks"]
        names = list(weights)
        chances = np.array([weights[name] for name in names])
        done = False
        while not done:
            name = names[random.choice(len(names), p=chances / chances.sum())]
            if name == "echo":
                fill_echo(rows, row, corpus.letters, random)
                done = True
            elif name == "pairs":
                fill_pairs(rows, row, corpus.letters, corpus.digits, random)
                done = True
            elif name in corpus.streams:
                fill_window(rows, row, corpus.streams[name], random)
                done = True
            else:
                done = fill_items(rows, row, corpus, name, random)
    return rows
