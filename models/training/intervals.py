"""Intervals and tests of the evaluation: 95 % intervals, Holm's correction.

Shares have Wilson's interval, means of documents Student's t over clusters,
paired differences a studentised bootstrap inside strata.
"""

import math

import numpy as np

Z = 1.959964  # 97.5 % point of the normal law
RESAMPLES = 10_000


def wilson(hits: np.ndarray) -> tuple[float, float]:
    """Interval of a share of hits."""
    n, p = len(hits), float(np.mean(hits))
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def clustered(values: np.ndarray, clusters: list[str]) -> tuple[float, float]:
    """Interval of a mean whose values hang together in clusters."""
    names, index = np.unique(clusters, return_inverse=True)
    sums = np.bincount(index, values - values.mean())
    count = len(names)
    error = math.sqrt(count / (count - 1) * float(sums @ sums)) / len(values)
    half = student(count - 1) * error
    return float(values.mean() - half), float(values.mean() + half)


def student(freedom: int) -> float:
    """97.5 % point of Student's t: Cornish and Fisher's expansion, 0.1 % off at 5 degrees."""
    z, n = Z, freedom
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )


def mean_of_strata(strata: list[np.ndarray], seed: int = 7) -> tuple[float, float, float]:
    """Mean of the means of strata, with its studentised bootstrap interval.

    Items are drawn again inside each stratum; one without spread adds no error.
    """
    random = np.random.default_rng(seed)

    def parts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return values.mean(-1), values.var(-1, ddof=1) / values.shape[-1]

    means, errors = zip(*(parts(values) for values in strata))
    mean, error = np.mean(means), math.sqrt(np.sum(errors)) / len(strata)
    drawn_mean, drawn_error = np.zeros(RESAMPLES), np.zeros(RESAMPLES)
    for values in strata:
        picks = random.integers(0, len(values), (RESAMPLES, len(values)))
        more_mean, more_error = parts(values[picks])
        drawn_mean += more_mean / len(strata)
        drawn_error += more_error
    if error == 0:
        return float(mean), float(mean), float(mean)
    drawn_error = np.maximum(np.sqrt(drawn_error) / len(strata), 1e-12)
    low, high = np.quantile((drawn_mean - mean) / drawn_error, [0.025, 0.975])
    return float(mean), float(mean - high * error), float(mean - low * error)


def drop_p_value(lower: np.ndarray, upper: np.ndarray) -> float:
    """McNemar's exact one-sided p that items right at the lower exit are wrong at the upper."""
    lost, won = int((lower & ~upper).sum()), int((~lower & upper).sum())
    n = lost + won
    return sum(math.comb(n, k) for k in range(lost, n + 1)) / 2**n


def holm(p_values: list[float]) -> list[float]:
    """p-values after Holm's correction, in their order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, most = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        most = max(most, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = most
    return adjusted
