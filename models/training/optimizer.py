"""Muon for the matrices of the blocks, AdamW for the embedding and the norms.

Muon (Jordan et al. 2024) makes each update of a matrix nearly orthogonal, by five
steps of Newton and Schulz in bfloat16 on the momentum.
"""

import torch
from torch import nn


def make_optimizers(model: nn.Module, options: dict) -> list[torch.optim.Optimizer]:
    """Both, with rates to be set by `set_rates`."""
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embedding" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "embedding" in n]
    decay = options["weight_decay"]
    return [
        torch.optim.Muon(matrices, lr=0.0, momentum=options["momentum"], weight_decay=decay),
        torch.optim.AdamW(others, lr=0.0, betas=tuple(options["betas"]), weight_decay=0.0),
    ]


def rate_share(step: int, total: int, warmup: int) -> float:
    """Share of the peak rate: linear warm-up, then linear decay to a twentieth."""
    if step < warmup:
        return (step + 1) / warmup
    return 1 - 0.95 * (step - warmup) / max(1, total - warmup)


def set_rates(optimizers: list[torch.optim.Optimizer], share: float, options: dict) -> None:
    """Sets the rates of a step."""
    for optimizer, peak in zip(optimizers, (options["matrix_rate"], options["other_rate"])):
        for group in optimizer.param_groups:
            group["lr"] = share * peak
