"""Trains every set of parts on one frozen model, in minutes on one thread:

    nice -n 15 python -m parts.train --gguf ../embedded/tiny.gguf --data data

from `models/training/`. `--data` holds `train.jsonl`, `calibration.jsonl` and
`test.jsonl` as `deno task suites:export` writes them. Everything random comes from
`--seed`. Writes `<out>/<model>/<set>.safetensors` (default out `../embedded/parts`) and,
under `results/<model>_parts/`, loss curves, `evaluation.md` and `digests.json`.
"""

import argparse
import csv
import json
import pathlib
import re
import sys
import time

import torch

from data import file_digest, read_items
from parts import calm, evaluate, gate_training, two_d, valade
from parts.frozen import Frozen, decode_states
from parts.layout import Part, save_parts

LONGEST = 320  # tokens of an example
LONGEST_GATED = 160  # the same where gradients pass through all blocks
SETS = ("calm", "valade", "d_llm", "glavas", "two_d")
SPLITS = ("train", "calibration", "test")


class Recipe:
    """One frozen model, its examples, and what was trained so far."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.frozen = Frozen(options.gguf)
        self.name = self.frozen.base.name
        self.results = options.results / f"{self.name}_parts"
        self.results.mkdir(parents=True, exist_ok=True)
        self.sections: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self._examples: dict[str, list] = {}
        self._decoded: dict[str, object] = {}

    def path(self, split: str) -> pathlib.Path:
        return self.options.data / f"{split}.jsonl"

    def examples(self, split: str) -> list:
        """The first items of every suite; each counts alike, so long texts weigh more."""
        if split not in self._examples:
            count = self.options.items if split == "train" else self.options.held_out
            self._examples[split] = self.frozen.examples(self.path(split), count, LONGEST)
        return self._examples[split]

    def decoded(self, split: str):
        """States of a split's answers."""
        if split not in self._decoded:
            self._decoded[split] = decode_states(self.frozen, self.examples(split))
        return self._decoded[split]

    def save(self, name: str, parts: list[Part], summary: str, **options) -> None:
        path = self.options.out / self.name / f"{name}.safetensors"
        self.digests[name] = save_parts(path, self.frozen.base, parts, summary=summary, **options)

    def log(self, name: str, rows: list, columns: tuple[str, ...]) -> None:
        with (self.results / f"{name}_loss.csv").open("w", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(("step", *columns))
            writer.writerows((row[0], *(f"{value:.4f}" for value in row[1:])) for row in rows)

    def calm(self) -> None:
        log: list = []
        parts = calm.train(
            self.frozen, self.decoded("train"), steps=1500, seed=self.options.seed, log=log
        )
        self.log("calm", log, ("loss",))
        self.sections["calm"] = evaluate.calm_section(self.frozen, parts, self.decoded("test"))
        self.save(
            "calm",
            parts,
            "CALM's early-exit classifier, shared by all heights",
            policies=["calm(measure=classifier)"],
        )

    def valade(self) -> None:
        log: list = []
        parts = valade.train(
            self.frozen,
            self.decoded("train"),
            heads=self.options.heads,
            steps=self.options.valade_steps,
            seed=self.options.seed,
            log=log,
        )
        self.log("valade", log, ("loss",))
        self.sections["valade"], policies = evaluate.valade_section(
            self.frozen, parts, self.decoded("calibration"), self.decoded("test")
        )
        self.save(
            "valade",
            parts,
            "Valade's self-supervised exit heads, with calibrated entropy thresholds for targets "
            + ", ".join(f"{target:g}" for target in evaluate.TARGETS),
            policies=policies,
            dtype=torch.float16,
        )

    def _gates(self, name: str, networks: dict, *, is_dllm: bool) -> tuple[list[Part], dict]:
        log: list = []
        train, test = (
            [each for each in self.examples(split) if len(each.tokens) <= LONGEST_GATED]
            for split in ("train", "test")
        )
        gates = gate_training.train(
            self.frozen,
            train,
            networks,
            is_dllm=is_dllm,
            target=self.options.target_exec,
            price=5,
            steps=self.options.gate_steps,
            rows=8,
            seed=self.options.seed,
            log=log,
        ).eval()
        self.log(name, log, ("cross_entropy", "executed"))
        row = evaluate.gate_rows(self.frozen, gates, test, is_dllm=is_dllm)
        return gate_training.as_parts(gates, name), row

    def d_llm(self) -> None:
        networks = gate_training.dllm_networks(self.frozen, start=2)
        parts, row = self._gates("d_llm", networks, is_dllm=True)
        title = f"D-LLM's modules, target {self.options.target_exec:g} of the blocks"
        self.sections["d_llm"] = evaluate.gates_section(title, [("d_llm", row)])
        self.save(
            "d_llm",
            parts,
            f"D-LLM's decision modules, trained for {self.options.target_exec:g} of the blocks",
            policies=["d_llm"],
        )

    def glavas(self) -> None:
        rows, parts = [], []
        for kind in ("hidden", "constant"):
            networks = gate_training.glavas_networks(self.frozen, is_constant=kind == "constant")
            found, row = self._gates(f"glavas_{kind}", networks, is_dllm=False)
            parts += found
            rows.append((kind, row))
        title = f"Glavas' controllers, target {self.options.target_exec:g} of the blocks"
        self.sections["glavas"] = evaluate.gates_section(title, rows)
        self.save(
            "glavas",
            parts,
            f"Controllers with hidden and constant input, for {self.options.target_exec:g} of the blocks",
            policies=["glavas_controller(input=hidden)", "glavas_controller(input=constant)"],
        )

    def two_d(self) -> None:
        parts, results = [], []
        for suite, classes in (("sentence_vote", 2), ("keywords", 3)):
            name, log = f"two_d_{suite}", []
            units = {}
            for split, count in (("train", 400), ("test", 200)):
                items = [item for item in read_items(self.path(split)) if item["suite"] == suite]
                units[split] = two_d.unit_states(self.frozen, items[:count])
            found = two_d.train(
                self.frozen, units["train"], name=name, classes=classes, steps=600,
                seed=self.options.seed, log=log,
            )  # fmt: skip
            self.log(name, log, ("loss",))
            parts += found
            results.append((suite, found, units["test"]))
        self.sections["two_d"] = evaluate.two_d_section(results)
        self.save(
            "two_d",
            parts,
            "Per-block classification heads for two-dimensional exit",
            dtype=torch.float16,
        )

    def finish(self, command: str) -> None:
        base, path = self.frozen.base, self.results / "digests.json"
        before = json.loads(path.read_text()) if path.exists() else {}
        if before.get("base") != base.digest:
            before = {}
        digests = {
            "base": base.digest,
            "data": {split: file_digest(self.path(split)) for split in SPLITS},
            "parts": before.get("parts", {}) | self.digests,
            "sections": before.get("sections", {}) | self.sections,
            "seconds": before.get("seconds", {}) | self.seconds,
            "command": command,
            "torch": torch.__version__,
        }
        path.write_text(json.dumps(digests, indent=2, ensure_ascii=False) + "\n")
        counts = {split: len(self.decoded(split)) for split in ("calibration", "test")}
        head = (
            f"# Trained parts of `{self.name}`\n\nBase model {base.digest}, made by\n\n"
            f"```sh\n{command}\n```\n\n"
            f"Answer tokens of all suites: {counts['calibration']:,} of the calibration split, "
            f"{counts['test']:,} of the test split. Agreement is with full depth's greedy token, "
            "teacher-forced, full-depth history.\n"
        )
        body = [digests["sections"][name] for name in SETS if name in digests["sections"]]
        (self.results / "evaluation.md").write_text("\n".join([head, *body]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("data"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("../embedded/parts"))
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path("results"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--items", type=int, default=200, help="training items of each suite")
    parser.add_argument("--held-out", type=int, default=100, help="other items of each suite")
    parser.add_argument("--heads", type=int, default=3)
    parser.add_argument("--valade-steps", type=int, default=600)
    parser.add_argument("--gate-steps", type=int, default=300)
    parser.add_argument("--target-exec", type=float, default=0.65)
    options = parser.parse_args()
    torch.set_num_threads(1)
    recipe = Recipe(options)
    for name in options.sets.split(","):
        started = time.monotonic()
        torch.manual_seed(options.seed)  # a set is the same, whatever was trained before it
        getattr(recipe, name)()
        recipe.seconds[name] = round(time.monotonic() - started, 1)
        print(f"{name}: {recipe.seconds[name]} s", flush=True)
        print(recipe.sections[name], flush=True)
    command = re.sub(r" --sets[ =]\S+", "", " ".join(["python -m parts.train", *sys.argv[1:]]))
    recipe.finish(command)


if __name__ == "__main__":
    main()
