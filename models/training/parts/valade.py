"""Valade's self-supervised exit heads and their entropy thresholds.

    z_m = U_m · norm(x at height b_m)       b_m = round down of m L / (M + 1), m = 1..M
    loss = KL(softmax z_full ‖ softmax z_m), temperature 1, mean over heads

The norm is the model's frozen final norm; U_m starts as a copy of the model's
unembedding. Threshold of a head for a target ε, on the calibration split: sort
positions by entropy u, A(n) = share of the n lowest whose head agrees with full depth,
θ = u of the largest n with A(n) ≥ ε ("max coverage"); a token leaves at u ≤ θ.

That target is marginal: a later head sees only what earlier ones refused, which is
harder. The published thresholds are fitted in cascade, each head on the positions that
the heads below refuse, and with the lower end of a one-sided 95 % interval in place of
A(n), so that the agreement of all exits keeps the target on other text.

Source: Valade 2024/2026, arXiv:2407.21082.
"""

import copy
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from parts.frozen import Decoded, Frozen
from parts.layout import Part

Z_ONE_SIDED = 1.645  # 95 %

def head_heights(layer_count: int, heads: int) -> list[int]:
    """Evenly spaced heights, ends left out."""
    return [layer_count * m // (heads + 1) for m in range(1, heads + 1)]


def max_coverage(
    entropy: Tensor, agrees: Tensor, target: float, *, z: float = 0
) -> tuple[float, float]:
    """(θ, coverage) of a target on samples [N]; θ = 0 never exits.

    z: standard errors below A(n) that must still reach the target; 0 is the paper's rule.
    """
    order = entropy.argsort(stable=True)
    count = torch.arange(1, len(order) + 1, dtype=torch.float64)
    share = agrees[order].double().cumsum(0) / count
    held = (share - z * (share * (1 - share) / count).sqrt() >= target).nonzero()[:, 0]
    if len(held) == 0:
        return 0.0, 0.0
    n = int(held[-1]) + 1
    return float(entropy[order][n - 1]), n / len(order)


def fit_marginal(readings: list[tuple[int, Tensor, Tensor]], target: float) -> list[float]:
    """Each head's threshold on all positions: the paper's."""
    return [rounded_down(max_coverage(u, a, target)[0]) for _, u, a in readings]


def fit_cascade(readings: list[tuple[int, Tensor, Tensor]], target: float) -> list[float]:
    """Each head's threshold on the positions that the heads below refuse."""
    found = []
    left = torch.ones(len(readings[0][1]), dtype=torch.bool)
    for _, entropy, agrees in readings:
        theta = 0.0
        if left.any():
            theta = rounded_down(max_coverage(entropy[left], agrees[left], target, z=Z_ONE_SIDED)[0])
        found.append(theta)
        if theta > 0:
            left &= entropy > theta
    return found


def rounded_down(value: float, digits: int = 4) -> float:
    """A threshold as a policy spec writes it: never more permissive than calibrated."""
    return math.floor(value * 10**digits) / 10**digits


def train(
    frozen: Frozen, data: Decoded, *, heads: int, steps: int, seed: int, log: list
) -> list[Part]:
    """The heads, rounded to f16; `log` gets (step, mean loss in nats)."""
    random = np.random.default_rng(seed)
    found = [
        (height, frozen.model.embedding.weight.clone().requires_grad_(True))
        for height in head_heights(frozen.shape.blocks, heads)
    ]
    norm = copy.deepcopy(frozen.model.output_norm)
    optimizer = torch.optim.AdamW([weight for _, weight in found], lr=2e-3, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    running = 0.0
    for step in range(1, steps + 1):
        rows = torch.from_numpy(random.integers(len(data), size=256))
        with torch.no_grad():
            teacher = frozen.readout(data.states[-1, rows]).log_softmax(-1)
        losses = []
        for height, weight in found:
            student = F.linear(norm(data.states[height, rows]), weight).log_softmax(-1)
            losses.append(F.kl_div(student, teacher, log_target=True, reduction="batchmean"))
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        running += loss.item()
        if step % 25 == 0:
            log.append((step, running / 25))
            running = 0.0
    return [
        Part("valade", nn.Sequential(norm), height, weight.detach().half().float())
        for height, weight in found
    ]


@torch.no_grad()
def read_heads(parts: list[Part], data: Decoded) -> list[tuple[int, Tensor, Tensor]]:
    """Per head: height, entropies [N] in nats, agreement with full depth [N]."""
    found = []
    for part in parts:
        entropies, tokens = [], []
        for x in data.states[part.height].split(2048):
            law = F.linear(part.steps(x), part.unembedding).log_softmax(-1)
            entropies.append(-(law.exp() * law).sum(-1))
            tokens.append(law.argmax(-1))
        found.append((part.height, torch.cat(entropies), torch.cat(tokens) == data.final))
    return found


def cascade(
    readings: list[tuple[int, Tensor, Tensor]], thresholds: list[float], layer_count: int
) -> tuple[Tensor, Tensor]:
    """(height, agreement) [N] of the first head that passes; full depth agrees with itself."""
    count = len(readings[0][1])
    height = torch.full((count,), layer_count)
    agreed = torch.ones(count, dtype=torch.bool)
    for (at, entropy, agrees), threshold in reversed(list(zip(readings, thresholds))):
        leaves = (entropy <= threshold) & (threshold > 0)
        height = torch.where(leaves, at, height)
        agreed = torch.where(leaves, agrees, agreed)
    return height, agreed
