"""CALM's early-exit classifier: one linear unit and a sigmoid, shared by all heights.

    c(h) = sigmoid(w · rms(x_h) + b)        label: the shared head's greedy token of
                                            height h is the one of full depth

Independent cross-entropy at heights 1..L−1, unweighted mean (Schuster et al. 2022,
§3.3.2). The state is RMS-normalised first, without a learned weight: the residual
stream of a pre-norm decoder grows with height.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from parts.frozen import Decoded, Frozen, greedy
from parts.layout import Part


def agreement_labels(frozen: Frozen, data: Decoded) -> Tensor:
    """[L − 1, N] bool: height h = 1.. predicts full depth's token."""
    rows = []
    for x in data.states[1:-1]:
        tokens = torch.cat([greedy(frozen, part) for part in x.split(2048)])
        rows.append(tokens == data.final)
    return torch.stack(rows)


def train(frozen: Frozen, data: Decoded, *, steps: int, seed: int, log: list) -> list[Part]:
    """The classifier; `log` gets (step, loss in nats)."""
    torch.manual_seed(seed)
    width = frozen.shape.d_model
    norm = nn.RMSNorm(width, eps=frozen.shape.norm_epsilon).requires_grad_(False)
    network = nn.Sequential(norm, nn.Linear(width, 1), nn.Sigmoid())
    nn.init.zeros_(network[1].weight)
    labels = agreement_labels(frozen, data).float()
    optimizer = torch.optim.AdamW(network[1].parameters(), lr=1e-2, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    random = np.random.default_rng(seed)
    running = 0.0
    for step in range(1, steps + 1):
        rows = torch.from_numpy(random.integers(len(data), size=1024))
        logits = network[1](norm(data.states[1:-1, rows]))[..., 0]
        loss = F.binary_cross_entropy_with_logits(logits, labels[:, rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        running += loss.item()
        if step % 50 == 0:
            log.append((step, running / 50))
            running = 0.0
    return [Part("calm", network)]


def exit_heights(confidence: Tensor, threshold: float) -> Tensor:
    """[N] height of the first confidence ≥ threshold of [L − 1, N]; L where none is."""
    passed = torch.cat([confidence >= threshold, torch.ones_like(confidence[:1], dtype=torch.bool)])
    return passed.int().argmax(0) + 1


def curve(confidence: Tensor, labels: Tensor, points: int = 400) -> list[tuple[float, float, float]]:
    """(threshold, agreement, mean exit height) from permissive to strict, full-depth history."""
    layers = labels.shape[0] + 1
    right = torch.cat([labels, torch.ones_like(labels[:1])])
    found = []
    for threshold in torch.quantile(confidence.flatten()[:2_000_000], torch.linspace(0, 1, points)):
        height = exit_heights(confidence, float(threshold))
        agreed = right.gather(0, height[None] - 1)[0].float().mean()
        found.append((float(threshold), float(agreed), float(height.float().mean())))
    found.append((1.0, 1.0, float(layers)))
    return found


def at_agreement(points: list[tuple[float, float, float]], wanted: float) -> tuple[float, float, float]:
    """The cheapest point of a curve that agrees at least as often as wanted."""
    return min((p for p in points if p[1] >= wanted), key=lambda p: p[2])
