"""Trains an embedded model in resumable legs.

    nice -n 5 python train.py --config configs/tiny.json --data data --minutes 100

Everything random comes from (seed, step), so a run that is stopped and
continued sees the same batches as one that is not. A step has a batch of
packed items, loss on the answers, and, where the phase gives prose a weight, a
batch of prose, loss on every token. AdamW; the rate warms up linearly and decays
linearly to a twentieth up to the next phase with `restart`, where it starts
anew. Writes under `runs/<name>/`: tokenizer.json, checkpoint.pt, loss.csv (one
row every 25 steps), digests.json at the end.
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
from model import Shape, Tiny, plant_induction
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


def answer_loss(model: Tiny, batch: tuple) -> torch.Tensor:
    """Mean cross-entropy, in nats, of the answer tokens given all before them."""
    tokens, segment, position, answer = (torch.from_numpy(part) for part in batch)
    hidden = model.packed(tokens, segment, position)[:, :-1]
    wanted = answer[:, 1:]
    return F.cross_entropy(model.readout(hidden[wanted]), tokens[:, 1:][wanted])


def rate_at(step: int, total: int, peak: float, warmup: int) -> float:
    """Linear warm-up, then linear decay to peak/20."""
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (1 - 0.95 * (step - warmup) / max(1, total - warmup))


def phase_at(step: int, phases: list[dict]) -> dict:
    """The phase of a step, with `since` and `span`: the step counted from the
    last restart of the rate, and the steps between that restart and the next."""
    ends = np.cumsum([phase["steps"] for phase in phases])
    index = int(np.searchsorted(ends, step, side="right"))
    restarts = [i for i, phase in enumerate(phases) if i == 0 or phase.get("restart")]
    first = max(i for i in restarts if i <= index)
    last = min([i for i in restarts if i > index], default=len(phases))
    begin = int(ends[first] - phases[first]["steps"])
    return {**phases[index], "since": step - begin, "span": int(ends[last - 1]) - begin}


def make_optimizer(model: Tiny, options: dict) -> torch.optim.AdamW:
    """Weight decay on matrices only."""
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embedding" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "embedding" in n]
    groups = [
        {"params": matrices, "weight_decay": options["weight_decay"]},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=tuple(options["betas"]))


def trim_log(path: pathlib.Path, step: int) -> None:
    """Drops rows past `step`: a leg that was killed logged steps that come again."""
    if path.exists():
        head, *rows = path.read_text().splitlines(keepends=True)
        kept = [row for row in rows if int(row.split(",")[0]) <= step]
        path.write_text(head + "".join(kept))


def run(config: dict, folder: pathlib.Path, runs: pathlib.Path, minutes: float) -> bool:
    """Trains until the last step or the end of the leg; True when it is done."""
    started = time.monotonic()
    runs.mkdir(parents=True, exist_ok=True)
    tokenizer_path = runs / "tokenizer.json"
    if not tokenizer_path.exists():
        trained = train_tokenizer(folder)
        check(trained)
        trained.save(str(tokenizer_path))
    corpus = Corpus(folder, Tokenizer.from_file(str(tokenizer_path)))
    torch.manual_seed(config["seed"])
    model = Tiny(Shape(**config["model"]))
    plant_induction(model)
    optimizer = make_optimizer(model, config["optimizer"])
    step, seen = 0, 0
    checkpoint_path = runs / "checkpoint.pt"
    if checkpoint_path.exists():
        saved = torch.load(checkpoint_path, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step, seen = saved["step"], saved["seen"]
    trim_log(runs / "loss.csv", step)

    def save() -> None:
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        partial = checkpoint_path.with_suffix(".partial")
        torch.save({**state, "step": step, "seen": seen}, partial)
        partial.rename(checkpoint_path)

    total = sum(phase["steps"] for phase in config["phases"])
    options, clock, sums = config["optimizer"], time.monotonic(), np.zeros(2)
    while step < total and (step % LOG_EVERY or time.monotonic() - started < minutes * 60):
        phase = phase_at(step, config["phases"])
        random = np.random.default_rng([config["seed"], step])
        rate = rate_at(phase["since"], phase["span"], options["peak_rate"], options["warmup_steps"])
        for group in optimizer.param_groups:
            group["lr"] = rate
        rows = config["task_rows"] | phase.get("task_rows", {})
        batch = corpus.task_batch(random, **rows, weights=phase["suites"])
        task = answer_loss(model, batch)
        task.backward()
        seen += batch[0].size
        losses = [task.item(), float("nan")]
        if phase["prose_weight"] > 0:
            rows = config["prose_rows"] | phase.get("prose_rows", {})
            batch = corpus.prose_batch(random, **rows)
            prose = answer_loss(model, batch)
            (phase["prose_weight"] * prose).backward()
            seen += batch[0].size
            losses[1] = prose.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), options["clip"])
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        sums += losses
        if step % LOG_EVERY == 0 or step == total:
            means = sums / ((step - 1) % LOG_EVERY + 1)
            sums[:] = 0
            row = [step, seen, f"{rate:.2e}", *(f"{x:.4f}" if x == x else "" for x in means)]
            new = not (runs / "loss.csv").exists()
            with (runs / "loss.csv").open("a", newline="") as out:
                writer = csv.writer(out, lineterminator="\n")
                if new:
                    writer.writerow(["step", "tokens", "rate", "task_loss", "prose_loss"])
                writer.writerow(row)
            print(*row, f"{(time.monotonic() - clock) / LOG_EVERY:.2f} s/step", flush=True)
            clock = time.monotonic()
        if step % SAVE_EVERY == 0 or step == total:
            save()
    if step < total:
        save()
        return False
    digests = {
        "data": {name: file_digest(folder / name) for name in ["train.jsonl"]},
        "tokenizer.json": file_digest(tokenizer_path),
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
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    settings = json.loads(arguments.config.read_text())
    done = run(settings, arguments.data, arguments.runs / settings["name"], arguments.minutes)
    print("done" if done else "leg ended: run the same command to go on")
