"""Writes trained parts in the published layout: one safetensors file a set.

A part is a `torch.nn.Sequential` of `Linear`, `RMSNorm`, `ReLU`, `SiLU`, `GELU(
approximate="tanh")`, `Sigmoid`, `Softmax(dim=-1)` and `LowRank`; its tensors get the
names that `state_dict()` gives them, behind the part's own name. The layout is JSON
text under `depthbench_parts` in the file's `__metadata__`.
"""

import dataclasses
import hashlib
import json
import pathlib

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

HEIGHTS = "blocks run: 0 is the embedding, l + 1 the state after block l"
ACTIVATIONS = {
    nn.ReLU: "relu",
    nn.SiLU: "silu",
    nn.GELU: "gelu",
    nn.Sigmoid: "sigmoid",
    nn.Softmax: "softmax",
}


class LowRank(nn.Module):
    """x + up (down x); down: [rank, width], up: [width, rank]."""

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, width) * width**-0.5)
        self.up = nn.Parameter(torch.zeros(width, rank))

    def forward(self, x: Tensor) -> Tensor:
        return x + (x @ self.down.T) @ self.up.T


@dataclasses.dataclass(frozen=True)
class Base:
    """The frozen model, as the layout names it."""

    name: str
    digest: str
    layer_count: int
    d_model: int
    vocab_size: int


@dataclasses.dataclass(frozen=True)
class Part:
    """A network read as a signal, or, with `unembedding`, a head that reads out."""

    name: str
    steps: nn.Sequential
    height: int | None = None
    unembedding: Tensor | str | None = None  # [vocabSize, dModel] or "shared"

    @property
    def prefix(self) -> str:
        return self.name if self.height is None else f"{self.name}.{self.height}"


def describe_step(step: nn.Module) -> dict:
    """One step as the layout names it."""
    if isinstance(step, nn.Linear):
        return {"kind": "linear", "outputs": step.out_features, "bias": step.bias is not None}
    if isinstance(step, nn.RMSNorm):
        return {"kind": "rmsNorm", "epsilon": step.eps}
    if isinstance(step, LowRank):
        return {"kind": "residualLowRank", "rank": step.down.shape[0]}
    if isinstance(step, nn.GELU) and step.approximate != "tanh":
        raise ValueError('Cannot export GELU: expected approximate="tanh"')
    return {"kind": "activation", "activation": ACTIVATIONS[type(step)]}


def describe_part(part: Part) -> dict:
    """One part as the layout names it."""
    described = {"kind": "probe" if part.unembedding is None else "head", "name": part.name}
    if part.height is not None:
        described["height"] = part.height
    described["steps"] = [describe_step(step) for step in part.steps]
    if part.unembedding is not None:
        is_shared = isinstance(part.unembedding, str)
        described["unembedding"] = "shared" if is_shared else "own"
    return described


def file_digest(path: pathlib.Path) -> str:
    """`sha256:` and the hex digest of a file."""
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def save_parts(
    path: pathlib.Path,
    base: Base,
    parts: list[Part],
    *,
    summary: str,
    policies: list[str] | None = None,
    dtype: torch.dtype = torch.float32,
) -> str:
    """Writes a file of parts and returns its digest."""
    tensors = {}
    for part in parts:
        for name, weight in part.steps.state_dict().items():
            tensors[f"{part.prefix}.{name}"] = weight
        if isinstance(part.unembedding, Tensor):
            tensors[f"{part.prefix}.unembedding"] = part.unembedding
    layout = {
        "layout": 1,
        "summary": summary,
        "base": {
            "name": base.name,
            "digest": base.digest,
            "layerCount": base.layer_count,
            "dModel": base.d_model,
            "vocabSize": base.vocab_size,
        },
        "heights": HEIGHTS,
        "parts": [describe_part(part) for part in parts],
        **({} if policies is None else {"policies": policies}),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = {name: weight.detach().to(dtype).clone().contiguous() for name, weight in tensors.items()}
    save_file(packed, path, metadata={"format": "pt", "depthbench_parts": json.dumps(layout)})
    return file_digest(path)
