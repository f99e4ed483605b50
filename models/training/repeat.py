"""Repeats the first steps of a recorded run and compares the loss curve.

    python repeat.py --config configs/tiny_exit.json --data data --steps 200

Trains from the seed in a fresh folder (three minutes for 200 steps) and fails
where a loss differs from `results/<name>/loss.csv` by more than 0.5 %.
"""

import argparse
import csv
import json
import pathlib
import tempfile

import torch

from train import run

TOLERANCE = 0.005


def read_curve(path: pathlib.Path, last: int) -> dict[int, list[float]]:
    """Step → losses, up to a step."""
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    names = ("task_loss", "text_loss")
    return {
        int(row["step"]): [float(row[name]) for name in names if row[name]]
        for row in rows
        if int(row["step"]) <= last
    }


def largest_difference(ours: dict[int, list[float]], recorded: dict[int, list[float]]) -> float:
    """The largest relative difference of two curves with the same steps."""
    assert ours.keys() == recorded.keys(), (list(ours), list(recorded))
    pairs = [pair for step in ours for pair in zip(ours[step], recorded[step], strict=True)]
    return max(abs(a - b) / b for a, b in pairs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=200)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    settings = json.loads(arguments.config.read_text())
    recorded = pathlib.Path(__file__).parent / "results" / settings["name"] / "loss.csv"
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        run(settings, arguments.data, folder, minutes=60, stop=arguments.steps)
        ours = read_curve(folder / "loss.csv", arguments.steps)
    difference = largest_difference(ours, read_curve(recorded, arguments.steps))
    print(f"largest difference: {100 * difference:.3f} %")
    raise SystemExit(0 if difference <= TOLERANCE else 1)
