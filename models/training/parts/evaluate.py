"""Tables of `evaluation.md`: what the parts do on test items, teacher-forced in PyTorch.

Agreement is with full depth's greedy token; exits are read with full-depth history
(every position's states are those of full depth), so a run whose skipped entries are
filled otherwise differs a little. Gates are run as they would decide.
"""

import numpy as np
import torch
import torch.nn.functional as F

from parts import calm, two_d, valade
from parts.frozen import Decoded, Example, Frozen, batches, padded
from parts.gate_training import RESERVED, answer_positions
from parts.gated import Gates
from parts.layout import Part

TARGETS = (0.8, 0.9, 0.95, 0.99)


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def table(head: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines) + "\n"


def calm_section(frozen: Frozen, parts: list[Part], test: Decoded) -> str:
    """The classifier and the softmax gap at equal agreement."""
    with torch.no_grad():
        learned = torch.stack([parts[0].steps(x)[..., 0] for x in test.states[1:-1]])
        gaps = []
        for x in test.states[1:-1]:
            tops = [frozen.readout(part).softmax(-1).topk(2).values for part in x.split(2048)]
            top = torch.cat(tops)
            gaps.append(top[:, 0] - top[:, 1])
    labels = calm.agreement_labels(frozen, test)
    curves = [calm.curve(confidence, labels) for confidence in (learned, torch.stack(gaps))]
    rows = []
    for wanted in (0.9, 0.95, 0.99):
        best = [calm.at_agreement(points, wanted) for points in curves]
        rows.append(
            [percent(wanted), *(cell for p in best for cell in (f"{p[0]:.4f}", f"{p[2]:.2f}"))]
        )
    return "## CALM: classifier against softmax at equal agreement\n\n" + table(
        [
            "agreement ≥ [%]",
            "classifier: threshold",
            f"mean exit height [of {frozen.shape.blocks}] ↓",
            "softmax: threshold",
            f"mean exit height [of {frozen.shape.blocks}] ↓",
        ],
        rows,
    )


def valade_row(
    readings: list[tuple], target: float, thresholds: list[float], fit: str, layers: int
) -> list[str]:
    """What thresholds give on positions that they were not fitted on."""
    height, agreed = valade.cascade(readings, thresholds, layers)
    left, everywhere = height < layers, float(agreed.float().mean())
    alone = [
        percent(float(agrees[entropy <= theta].float().mean())) if (entropy <= theta).any() else "—"
        for (_, entropy, agrees), theta in zip(readings, thresholds)
    ]
    return [
        percent(target),
        fit,
        ", ".join(f"{theta:g}" for theta in thresholds),
        ", ".join(alone),
        percent(float(agreed[left].float().mean())) if left.any() else "—",
        percent(everywhere),
        "yes" if everywhere >= target else "no",
        percent(float(left.float().mean())),
        f"{float(height.float().mean()):.2f}",
    ]


def valade_section(
    frozen: Frozen, parts: list[Part], calibration: Decoded, test: Decoded
) -> tuple[str, list[str]]:
    """Calibrated thresholds and what they give on test; the policies to publish."""
    known = valade.read_heads(parts, calibration)
    fresh = valade.read_heads(parts, test)
    heights = [height for height, _, _ in known]
    layers = frozen.shape.blocks
    rows, policies = [], []
    for target in TARGETS:
        marginal, fitted = valade.fit_marginal(known, target), valade.fit_cascade(known, target)
        rows += [
            valade_row(fresh, target, thresholds, name, layers)
            for name, thresholds in (("marginal", marginal), ("cascade", fitted))
        ]
        listed = ",".join(f"{theta:g}" for theta in fitted)
        at = ",".join(str(height) for height in heights)
        policies.append(f"valade_heads(at=[{at}],thresholds=[{listed}])")
    text = f"## Valade: heads at heights {', '.join(map(str, heights))}\n\n" + table(
        [
            "target [%]",
            "fit",
            "thresholds [nats]",
            "each head alone [%]",
            "agreement of exits [%]",
            "agreement of all tokens [%] ↑",
            "≥ target",
            "tokens that leave [%]",
            f"mean exit height [of {layers}] ↓",
        ],
        rows,
    )
    return text, policies


@torch.no_grad()
def gate_rows(frozen: Frozen, gates: Gates, examples: list[Example], *, is_dllm: bool) -> dict:
    """Agreement, likelihood and blocks run of answers under hard decisions."""
    agreed, nll, full_nll, executed, everywhere = [], [], [], [], []
    for batch in batches(examples):
        tokens = padded(batch)
        answers = answer_positions(batch, tokens.shape[1])
        position = torch.arange(tokens.shape[1])[None].expand_as(tokens)
        end = torch.tensor([len(each.tokens) for each in batch])[:, None]
        decided = (position < end) & (position >= RESERVED) if is_dllm else answers
        x, b = gates.run(frozen, tokens, ~decided, hard=True)
        at = answers[:, :-1]
        wanted = tokens[:, 1:][at]
        logits = frozen.readout(x[:, :-1][at])
        full = frozen.readout(frozen.states(tokens)[-1][:, :-1][at])
        agreed.append(logits.argmax(-1) == full.argmax(-1))
        nll.append(F.cross_entropy(logits, wanted, reduction="none"))
        full_nll.append(F.cross_entropy(full, wanted, reduction="none"))
        executed.append(b.mean(0)[answers])
        everywhere.append(b.mean(0)[decided])
    means = [torch.cat(part).float().mean().item() for part in (agreed, nll, full_nll, executed)]
    return dict(zip(("agreement", "nll", "full", "executed"), means)) | {
        "everywhere": torch.cat(everywhere).mean().item()
    }


def gates_section(title: str, rows: list[tuple[str, dict]]) -> str:
    """One row a set of gates."""
    return f"## {title}\n\n" + table(
        [
            "gates",
            "executed, answers [%]",
            "executed, all decided tokens [%]",
            "agreement [%] ↑",
            "answer [nats/token] ↓",
            "full depth [nats/token]",
        ],
        [
            [
                name,
                percent(row["executed"]),
                percent(row["everywhere"]),
                percent(row["agreement"]),
                f"{row['nll']:.3f}",
                f"{row['full']:.3f}",
            ]
            for name, row in rows
        ],
    )


def two_d_section(results: list[tuple[str, list[Part], two_d.Units]]) -> str:
    """Accuracy by height, of single units and of the last one of each document."""
    text = "## Two-dimensional exit: heads by height\n"
    for name, parts, units in results:
        counts = np.bincount(units.label[units.is_last].numpy())
        chance = percent(counts.max() / counts.sum())
        rows = [
            [height, percent(single), percent(last)]
            for height, single, last in two_d.accuracy(parts, units)
        ]
        text += f"\n`{name}`: {counts.sum()} documents, largest class {chance} %.\n\n"
        text += table(["height", "single units [%] ↑", "last unit of each document [%] ↑"], rows)
    return text
