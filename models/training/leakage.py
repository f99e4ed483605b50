"""Checks that nothing held out is trained on.

    python leakage.py --data data --items data/calibration.jsonl data/test.jsonl

No item of the given files is in `train.jsonl` by id, no document of theirs is a
training document, and the text of none of their prose and code items stands in
the streams of prose and code.
"""

import argparse
import pathlib

from data import check_training_only, item_id, read_code, read_items, read_prose


def leaks(train: list[dict], held_out: list[dict], texts: list[str]) -> list[str]:
    """What was found in training, one line each."""
    ids = {item["id"] for item in train}
    groups = {item["group"] for item in train if "group" in item}
    found = []
    for item in held_out:
        name = f"{item['suite']} {item['id'][:12]}"
        if item_id(item) in ids:
            found.append(f"{name}: the item")
        if item.get("group") in groups:
            found.append(f"{name}: its document {item['group']}")
        if "group" in item and any(item["prompt"] + item["target"] in text for text in texts):
            found.append(f"{name}: its text")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--items", type=pathlib.Path, nargs="+", required=True)
    arguments = parser.parse_args()
    trained = read_items(arguments.data / "train.jsonl")
    check_training_only(trained)
    others = [item for path in arguments.items for item in read_items(path)]
    streams = [*read_prose(arguments.data, trained), *read_code(trained)]
    lines = leaks(trained, others, streams)
    print("\n".join(lines) or f"none of {len(others)} items is in {len(trained)}")
    raise SystemExit(1 if lines else 0)
