"""Writes tests/golden/quantization/*.json with the Python package `gguf`.

For each format: seeded values, the bytes that gguf.quants makes of them, and
what gguf.quants reads back; for K-formats, which it only reads, seeded bytes
with finite scales. Floats are stored as the 32-bit patterns that the
oracle gave, so comparison is exact.

    pip install gguf==0.19.0 numpy
    python tools/golden/quantization.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import quants

OUT = Path(__file__).resolve().parents[2] / "tests" / "golden" / "quantization"
TYPES = [T.F32, T.F16, T.BF16, T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1]
# K-formats: bytes of a block, and where its half-precision numbers lie.
READ_ONLY = {T.Q4_K: (144, [0, 2]), T.Q5_K: (176, [0, 2]), T.Q6_K: (210, [208])}


def rows() -> np.ndarray:
    """[8, 64]: ordinary, tiny, huge, constant, zero, one-sided and mixed rows."""
    rng = np.random.default_rng(20240611)
    x = rng.standard_normal((8, 64)).astype(np.float32)
    x[1] *= np.float32(1e-6)  # half-precision scales become subnormal
    x[2] *= np.float32(1e3)
    x[3] = np.float32(0.25)
    x[4] = 0
    x[5] = np.abs(x[5]) + np.float32(2)
    x[6, ::7] = np.float32(-30)
    return x


def blocks(size: int, halves: list[int]) -> np.ndarray:
    """[8, size] random bytes whose halves are ordinary, tiny, negative or zero numbers."""
    rng = np.random.default_rng(20261124)
    stored = rng.integers(0, 256, (8, size), dtype=np.uint8)
    scales = np.array([1, 1e-6, 3e-3, -0.02, 0, 7, 1e-4, 0.5], np.float16)
    for at in halves:
        stored[:, at : at + 2] = np.roll(scales, at).view(np.uint8).reshape(8, 2)
    return stored


def bits(values: np.ndarray) -> list[int]:
    return np.ascontiguousarray(values, dtype=np.float32).view(np.uint32).ravel().tolist()


def main() -> None:
    values = rows()
    OUT.mkdir(parents=True, exist_ok=True)
    for kind in TYPES:
        stored = quants.quantize(values, kind)
        golden = {
            "source": f"gguf {version('gguf')}, numpy {np.__version__}",
            "type": kind.name.lower(),
            "shape": list(values.shape),
            "values": bits(values),
            "stored": np.ascontiguousarray(stored).view(np.uint8).tobytes().hex(),
            "decoded": bits(quants.dequantize(stored, kind)),
        }
        path = OUT / f"{golden['type']}.json"
        path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    for kind, (size, halves) in READ_ONLY.items():
        stored = blocks(size, halves)
        golden = {
            "source": f"gguf {version('gguf')}, numpy {np.__version__}",
            "type": kind.name.lower(),
            "shape": [8, 256],
            "values": [],
            "stored": stored.tobytes().hex(),
            "decoded": bits(quants.dequantize(stored, kind)),
        }
        path = OUT / f"{golden['type']}.json"
        path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
