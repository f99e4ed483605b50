"""Trains an embedded model in resumable legs.

    nice -n 5 python train.py --config configs/tiny.json --data data --minutes 100

Everything random comes from (seed, step), so a run that is stopped and
continued sees the same rows as one that is not. A step is one batch; its shape
comes from the configuration's `shapes` in turn, so that long rows come up
regularly. The loss is the mean over answer tokens of tasks plus `text_weight`
times the mean over tokens of text; with `layer_skip` both are sums over exits.
Matrix products are bfloat16, everything else float32. Writes under
`runs/<name>/`: tokenizer.json, checkpoint.pt, loss.csv (one row every 25
steps), digests.json at the end.
"""

import argparse
import csv
import dataclasses
import hashlib
import json
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from data import Corpus, file_digest
from layer_skip import draw_kept, dropout_rates, exit_weights
from model import Shape, Tiny
from optimizer import make_optimizers, rate_share, set_rates
from rows import Rows, draw_rows
from tokenizer import check, train_tokenizer

LOG_EVERY = 25
SAVE_EVERY = 250


def weights_digest(model: Tiny) -> str:
    """Hex SHA-256 over names and f32 bytes of all weights, by name."""
    digest = hashlib.sha256()
    for name, weight in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(weight.numpy().tobytes())
    return digest.hexdigest()


def phase_at(step: int, phases: list[dict]) -> dict:
    """The phase that a step is in."""
    ends = np.cumsum([phase["steps"] for phase in phases])
    return phases[int(np.searchsorted(ends, step, side="right"))]


def row_losses(
    model: Tiny, rows: Rows, exits: dict[int, float], kept: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross-entropies in nats, [task, text] each: weighted over exits, and at full depth.

    A kind that the rows do not hold has 0 in the first and NaN in the second.
    """
    tokens, segment, position = map(torch.from_numpy, (rows.tokens, rows.segment, rows.position))
    answer = torch.from_numpy(rows.answer[:, 1:])
    is_text = torch.from_numpy(rows.text)[:, None].expand_as(answer)[answer]
    wanted = tokens[:, 1:][answer]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model.packed(tokens, segment, position, kept=kept)
    weighted, full = torch.zeros(2), torch.full((2,), float("nan"))
    for height, weight in exits.items():
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model.readout(states[height][:, :-1][answer])
        each = F.cross_entropy(logits.float(), wanted, reduction="none")
        means = [each[is_text == kind].mean() for kind in (False, True)]
        here = [i for i in (0, 1) if (is_text == bool(i)).any()]
        weighted = weighted + torch.stack(
            [weight * means[i] if i in here else torch.zeros(()) for i in (0, 1)]
        )
        if height == model.shape.blocks:
            full = torch.stack(means).detach()
    return weighted, full


def trim_log(path: pathlib.Path, step: int) -> None:
    """Drops rows past `step`: a leg that was killed logged steps that come again."""
    if path.exists():
        head, *rows = path.read_text().splitlines(keepends=True)
        kept = [row for row in rows if int(row.split(",")[0]) <= step]
        path.write_text(head + "".join(kept))


def log_row(path: pathlib.Path, row: list) -> None:
    """Adds a row to loss.csv, after the header if it is the first."""
    new = not path.exists()
    with path.open("a", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        if new:
            writer.writerow(["step", "tokens", "rate", "task_loss", "text_loss"])
        writer.writerow(row)


def load_tokenizer(folder: pathlib.Path, runs: pathlib.Path) -> Tokenizer:
    """The run's tokenizer, trained if it is not there yet."""
    path = runs / "tokenizer.json"
    if not path.exists():
        trained = train_tokenizer(folder)
        check(trained)
        trained.save(str(path))
    return Tokenizer.from_file(str(path))


def run(
    config: dict, folder: pathlib.Path, runs: pathlib.Path, minutes: float, stop: int | None = None
) -> bool:
    """Trains until the last step, `stop`, or the end of the leg; True when all steps are done."""
    started = time.monotonic()
    runs.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(folder, load_tokenizer(folder, runs))
    torch.manual_seed(config["seed"])
    model = Tiny(Shape(**config["model"]))
    optimizers = make_optimizers(model, config["optimizer"])
    step, seen = 0, 0
    checkpoint_path = runs / "checkpoint.pt"
    if checkpoint_path.exists():
        saved = torch.load(checkpoint_path, weights_only=True)
        model.load_state_dict(saved["model"])
        for optimizer, state in zip(optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        step, seen = saved["step"], saved["seen"]
    trim_log(runs / "loss.csv", step)

    def save() -> None:
        states = [optimizer.state_dict() for optimizer in optimizers]
        partial = checkpoint_path.with_suffix(".partial")
        whole = {"model": model.state_dict(), "optimizers": states, "step": step, "seen": seen}
        torch.save(whole, partial)
        partial.rename(checkpoint_path)

    total = sum(phase["steps"] for phase in config["phases"])
    last = total if stop is None else min(stop, total)
    options, skip, blocks = config["optimizer"], config.get("layer_skip"), model.shape.blocks
    clock, means = time.monotonic(), []
    while step < last and (step % LOG_EVERY or time.monotonic() - started < minutes * 60):
        random = np.random.default_rng([config["seed"], step])
        share = rate_share(step, total, options["warmup_steps"])
        set_rates(optimizers, share, options)
        shape = config["shapes"][step % len(config["shapes"])]
        rows = draw_rows(corpus, random, phase_at(step, config["phases"]), tuple(shape))
        exits, kept = {blocks: 1.0}, None
        if skip:
            rates = dropout_rates(blocks, skip["max_rate"], step, total)
            kept = torch.from_numpy(draw_kept(random, rates, shape[0]))
            exits = exit_weights(blocks, skip["exit_scale"], step, skip["rotation"])
        weighted, full = row_losses(model, rows, exits, kept)
        (weighted[0] + config["text_weight"] * weighted[1]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), options["clip"])
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        step, seen = step + 1, seen + rows.tokens.size
        means.append(full.numpy())
        if step % LOG_EVERY == 0 or step == last:
            shown = [np.nanmean(column) if not np.isnan(column).all() else np.nan
                     for column in np.array(means).T]  # fmt: skip
            means = []
            row = [step, seen, f"{share:.3f}", *(f"{x:.4f}" if x == x else "" for x in shown)]
            log_row(runs / "loss.csv", row)
            print(*row, f"{(time.monotonic() - clock) / LOG_EVERY:.2f} s/step", flush=True)
            clock = time.monotonic()
        if step % SAVE_EVERY == 0 or step == last:
            save()
    if step < total:
        save()
        return False
    digests = {
        "data": {name: file_digest(folder / name) for name in ["train.jsonl"]},
        "tokenizer.json": file_digest(runs / "tokenizer.json"),
        "weights": weights_digest(model),
        "steps": step,
        "tokens": seen,
        "shape": dataclasses.asdict(model.shape),
        "torch": torch.__version__,
    }
    (runs / "digests.json").write_text(json.dumps(digests, indent=2) + "\n")
    return True


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=pathlib.Path, default=pathlib.Path("runs"))
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--stop", type=int, help="last step of this leg")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    settings = json.loads(arguments.config.read_text())
    target = arguments.runs / settings["name"]
    done = run(settings, arguments.data, target, arguments.minutes, arguments.stop)
    print("done" if done else "leg ended: run the same command to go on")
