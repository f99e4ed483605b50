"""Frozen blocks under trained decisions: D-LLM's modules and Glavas' controllers.

A decision b in {0, 1} is drawn by straight-through Gumbel-softmax (temperature 1); the
block's output is b · block(x) + (1 − b) · x. What later tokens see of a skipped one:

    hole      attention weights are multiplied by b and renormalised (+1e-6), so that
              gradients reach decisions through keys as well        D-LLM
    project   its keys and values all the same                      Glavas
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import Block, rotate


def attend(block: Block, x: Tensor, mask: Tensor, rope: tuple, present: Tensor | None) -> Tensor:
    """The block's attention sublayer, its residual addition included; present: [B, T] or none."""
    batch, length, _ = x.shape
    s = block.shape
    normed = block.attention_norm(x)

    def split(y: Tensor, heads: int) -> Tensor:
        return y.view(batch, length, heads, s.head_dim).transpose(1, 2)

    q = rotate(split(block.query(normed), s.heads), *rope)
    k = rotate(split(block.key(normed), s.kv_heads), *rope)
    v = split(block.value(normed), s.kv_heads)
    group = s.heads // s.kv_heads
    k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
    scores = (q @ k.transpose(-1, -2)) * s.head_dim**-0.5
    weights = scores.masked_fill(~mask, -math.inf).softmax(-1)
    if present is not None:
        weights = weights * present[:, None, None, :]
        weights = weights / (weights.sum(-1, keepdim=True) + 1e-6)
    mixed = (weights @ v).transpose(1, 2).reshape(batch, length, -1)
    return x + block.attention_output(mixed)


def run_block(block: Block, x: Tensor, mask: Tensor, rope: tuple, present: Tensor | None) -> Tensor:
    """The whole block."""
    x = attend(block, x, mask, rope, present)
    normed = block.mlp_norm(x)
    return x + block.down(F.silu(block.gate(normed)) * block.up(normed))


def execute(logits: Tensor, *, hard: bool, generator: torch.Generator | None = None) -> Tensor:
    """Decisions [...] of logits [..., 2] (0 skip, 1 execute): sampled, or P(execute) ≥ ½."""
    if hard:
        return (logits[..., 1] >= logits[..., 0]).float()
    noise = -torch.log(-torch.log(torch.rand(logits.shape, generator=generator).clamp_min(1e-20)))
    soft = (logits + noise).softmax(-1)[..., 1]
    return (soft > 0.5).float() + (soft - soft.detach())


class Gates(nn.Module):
    """One small network for each gated block."""

    def __init__(self, networks: dict[int, nn.Sequential], *, fill: str) -> None:
        super().__init__()
        self.networks = nn.ModuleDict({str(block): each for block, each in networks.items()})
        self.fill = fill

    def run(
        self, frozen, tokens: Tensor, always: Tensor, *, hard: bool, generator=None
    ) -> tuple[Tensor, Tensor]:
        """(final states [B, T, dModel], decisions [L, B, T]); `always` [B, T] run every block."""
        x, mask, rope = frozen.embed(tokens)
        decisions = []
        for index, block in enumerate(frozen.model.blocks):
            key = str(index)
            if key not in self.networks:
                decisions.append(torch.ones(tokens.shape))
                x = run_block(block, x, mask, rope, decisions[-1] if self.fill == "hole" else None)
                continue
            drawn = execute(self.networks[key](x), hard=hard, generator=generator)
            b = torch.where(always, torch.ones_like(drawn), drawn)
            decisions.append(b)
            y = run_block(block, x, mask, rope, b if self.fill == "hole" else None)
            x = b[..., None] * y + (1 - b[..., None]) * x
        return x, torch.stack(decisions)


def ramp(step: int, steps: int, most: float) -> float:
    """α(t) = α_max sin(π/2 · t / T): from 0 to α_max."""
    return most * math.sin(math.pi / 2 * step / steps)


def budget_loss(executed: Tensor, wanted: float, counted: Tensor) -> Tensor:
    """Mean over counted tokens of |share of blocks executed − wanted|; executed: [L, B, T]."""
    return (executed.mean(0) - wanted).abs()[counted].mean()
