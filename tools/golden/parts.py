"""Runs the export of docs/trained_parts.md and records what PyTorch computes with it.

Writes tests/testdata/parts/docs_example.safetensors, made for the model
tests/testdata/llama_tied.gguf, and tests/golden/parts/docs_example.json: seeded states,
the outputs of the classifier and logits of the head, and the digest of the code that
was run, so that page and file cannot part.

    pip install safetensors torch numpy
    python tools/golden/parts.py
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "testdata"
OUT = ROOT / "tests" / "golden" / "parts" / "docs_example.json"
STATES = 4


def docs_code() -> str:
    """The Python of the page."""
    return re.search(r"```python\n(.*?)```", (ROOT / "docs/trained_parts.md").read_text(), re.S)[1]


def main() -> None:
    code, made = docs_code(), {}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(DATA / "llama_tied.gguf", Path(folder) / "model.gguf")
        before = os.getcwd()
        os.chdir(folder)
        exec(compile(code, "docs/trained_parts.md", "exec"), made)  # our own page
        os.chdir(before)
        (DATA / "parts").mkdir(exist_ok=True)
        shutil.copy(Path(folder) / "parts.safetensors", DATA / "parts" / "docs_example.safetensors")
    states = torch.randn(STATES, made["WIDTH"], generator=torch.Generator().manual_seed(11))
    states *= torch.tensor([[3], [1], [0.01], [0.001]])  # an epsilon shows in small ones
    with torch.no_grad():
        confidence = made["classifier"](states)[:, 0]
        logits = F.linear(made["head"](states), made["unembedding"])
    golden = {
        "made_by": f"tools/golden/parts.py, torch {torch.__version__}",
        "code": hashlib.sha256(code.encode()).hexdigest(),
        "states": states.flatten().tolist(),
        "confidence": confidence.tolist(),
        "logits": logits.flatten().tolist(),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
