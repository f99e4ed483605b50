"""Trains the byte-level BPE tokenizer of the embedded models.

    python tokenizer.py --data data --out runs/tiny/tokenizer.json

2,048 pieces: 1 special, 256 bytes, 1,791 merges; GPT-2's pre-tokenizer. The
merges are learned on the prose and code of the training split and on lines of the
generated suites, so that a letter after a space is one piece, all without their
digits, so that every digit is a piece of its own.
"""

import argparse
import pathlib

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from data import END, read_code, read_items, read_prose

VOCAB_SIZE = 2048
PROSE_CHARACTERS = 3_000_000
TASK_LINES = 20_000


def train_tokenizer(folder: pathlib.Path) -> Tokenizer:
    """Learns the merges from `train.jsonl` and the prose package in `folder`."""
    items = read_items(folder / "train.jsonl")
    prose = "\n".join(read_prose(folder, items))[:PROSE_CHARACTERS]
    lines = [prose, *read_code(items)]
    tasks = [item for item in items if item["suite"] not in ("prose", "code", "code_line")]
    step = max(1, len(tasks) // TASK_LINES)
    lines += [item["prompt"] + item["target"] for item in tasks[::step]]

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    without_digits = str.maketrans("", "", "0123456789")
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((line.translate(without_digits) for line in lines), trainer)
    return tokenizer


def check(tokenizer: Tokenizer) -> None:
    """Fails if a task would not be read letter by letter and digit by digit."""
    vocabulary = tokenizer.get_vocab()
    assert len(vocabulary) == VOCAB_SIZE and vocabulary[END] == 0
    digits = set("0123456789")
    assert all(len(piece) == 1 for piece in vocabulary if digits & set(piece))
    for letter in "abcdefghijklmnopqrstuvwxyz":
        assert len(tokenizer.encode(" " + letter).ids) == 1, letter
    assert len(tokenizer.encode("482+379=861").ids) == 11


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    trained = train_tokenizer(arguments.data)
    check(trained)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    trained.save(str(arguments.out))
    print(f"{trained.get_vocab_size()} pieces")
