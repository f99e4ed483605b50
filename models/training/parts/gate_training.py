"""Trains gates on the answers of items, the model frozen.

D-LLM:  g(x) = A2 · SiLU(RMSNorm(A1 x + c1)) + c2 in front of blocks s0..L−1, for prompt
        and answer tokens alike; loss CE + α(t) mean |share executed − target|, per token.
Glavas: g(x) = W x + c in front of blocks 1..L−2, for answer tokens only; with constant
        input W = 0. Loss CE + α |mean keep rate − target|: a budget in place of the
        paper's price, so that both controllers land on the same number of blocks.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from parts.frozen import Example, Frozen, padded
from parts.gated import Gates, budget_loss, ramp
from parts.layout import Part

RESERVED = 2  # D-LLM's m: tokens that run every block


def dllm_networks(frozen: Frozen, start: int) -> dict[int, nn.Sequential]:
    """Modules with hidden width dModel / 8, starting near full depth: P(execute) = 0.87."""
    width, inner = frozen.shape.d_model, frozen.shape.d_model // 8
    found = {}
    for block in range(start, frozen.shape.blocks):
        last = nn.Linear(inner, 2)
        nn.init.normal_(last.weight, std=0.02)
        last.bias.data = torch.tensor([0.1, 2.0])
        norm = nn.RMSNorm(inner, eps=frozen.shape.norm_epsilon)
        found[block] = nn.Sequential(nn.Linear(width, inner), norm, nn.SiLU(), last)
    return found


def glavas_networks(frozen: Frozen, is_constant: bool) -> dict[int, nn.Sequential]:
    """One linear layer a gated block; with constant input only its bias is trained."""
    found = {}
    for block in range(1, frozen.shape.blocks - 1):
        gate = nn.Linear(frozen.shape.d_model, 2)
        nn.init.zeros_(gate.weight)
        gate.weight.requires_grad_(not is_constant)
        gate.bias.data = torch.tensor([0.1, 2.0])
        found[block] = nn.Sequential(gate)
    return found


def answer_positions(examples: list[Example], length: int) -> Tensor:
    """[B, T] bool: inputs whose next token belongs to the answer and follows one of it."""
    position = torch.arange(length)[None]
    start = torch.tensor([each.start for each in examples])[:, None]
    end = torch.tensor([len(each.tokens) - 1 for each in examples])[:, None]
    return (position >= start) & (position < end)


def drawn_batch(
    random: np.random.Generator, pools: list[list[Example]], rows: int
) -> list[Example]:
    """Items of one random suite after the other, all suites alike."""
    picked = [pools[random.integers(len(pools))] for _ in range(rows)]
    return [pool[random.integers(len(pool))] for pool in picked]


def train(
    frozen: Frozen,
    examples: list[Example],
    networks: dict[int, nn.Sequential],
    *,
    is_dllm: bool,
    target: float,
    price: float,
    steps: int,
    rows: int,
    seed: int,
    log: list,
) -> Gates:
    """Trains and returns the gates; `log` gets (step, CE in nats, share executed)."""
    gates = Gates(networks, fill="hole" if is_dllm else "project")
    suites = sorted({each.suite for each in examples})
    pools = [[each for each in examples if each.suite == suite] for suite in suites]
    trained = [weight for weight in gates.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2, betas=(0.9, 0.95), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    random, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    sums = np.zeros(2)
    for step in range(1, steps + 1):
        batch = drawn_batch(random, pools, rows)
        tokens = padded(batch)
        answers = answer_positions(batch, tokens.shape[1])
        position = torch.arange(tokens.shape[1])[None]
        end = torch.tensor([len(each.tokens) for each in batch])[:, None]
        decided = (position < end) & (position >= RESERVED) if is_dllm else answers
        x, executed = gates.run(frozen, tokens, ~decided, hard=False, generator=generator)
        logits = frozen.readout(x[:, :-1][answers[:, :-1]])
        loss = F.cross_entropy(logits, tokens[:, 1:][answers[:, :-1]])
        if is_dllm:
            penalty = ramp(step, steps, price) * budget_loss(executed, target, decided)
        else:
            inner = executed[1:-1][:, decided].mean()
            share = (inner * (len(executed) - 2) + 2) / len(executed)
            penalty = ramp(step, steps, price) * (share - target).abs()
        optimizer.zero_grad()
        (loss + penalty).backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        sums += [loss.item(), executed.detach()[:, decided].mean().item()]
        if step % 10 == 0:
            log.append((step, *(sums / 10)))
            sums[:] = 0
    return gates


def as_parts(gates: Gates, name: str) -> list[Part]:
    """The networks with a softmax behind: output 0 is P(skip), 1 is P(execute)."""
    return [
        Part(name, nn.Sequential(*network, nn.Softmax(dim=-1)), int(block))
        for block, network in gates.networks.items()
    ]
