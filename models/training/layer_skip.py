"""LayerSkip's training: layer dropout and early-exit loss. Blocks count from 0.

    rate(l, t)   = S(t) · (2^(l/(L−1)) − 1) · pMax       S(t) = 2^(t/(T−1)) − 1
    e(l)         = eScale · Σ_{i ≤ l} i                  l < L − 1
    e(L − 1)     = (L − 1) + eScale · Σ_{i ≤ L−2} i
    weight(l, t) = C(l, t) e(l) / Σ_i C(i, t) e(i)

C is the rotational curriculum: every R-th block is read out, shifted by one each
step, and the last block always. Readouts share the final norm and the head.

Source: Elhoushi et al. 2024, arXiv:2404.16710, §4.
"""

import numpy as np


def dropout_rates(blocks: int, most: float, step: int, total: int) -> np.ndarray:
    """Chance to skip each block at a step, [blocks]; `most` at the last block of the last step."""
    curriculum = 2 ** (step / max(1, total - 1)) - 1
    return curriculum * most * (2 ** (np.arange(blocks) / max(1, blocks - 1)) - 1)


def draw_kept(random: np.random.Generator, rates: np.ndarray, rows: int) -> np.ndarray:
    """Which rows run which block, [blocks, rows] bool."""
    return random.random((len(rates), rows)) >= rates[:, None]


def exit_weights(blocks: int, scale: float, step: int, rotation: int) -> dict[int, float]:
    """Height → weight of its loss at a step; the weights sum to 1."""
    last = blocks - 1
    raw = {last + 1: last + scale * sum(range(last))}
    for block in range(last):
        if (block - step) % rotation == 0 and block > 0:  # e(0) = 0
            raw[block + 1] = scale * sum(range(block + 1))
    total = sum(raw.values())
    return {height: raw[height] / total for height in sorted(raw)}
