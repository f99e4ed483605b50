"""The layout of golden files: a head, then rows, one a line.

ASCII only, so that differences are readable and nothing is invisible.
"""

from __future__ import annotations

import json
from pathlib import Path


def write_golden(
    out: Path, head: dict[str, object], rows: tuple[str, list[dict[str, object]]]
) -> None:
    """Writes `head`, one entry a line, then the named list `rows`, one row a line."""
    name, entries = rows
    body = "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in head.items())
    lines = ",\n".join("    " + json.dumps(entry) for entry in entries)
    out.write_text(f'{{\n{body}  "{name}": [\n{lines}\n  ]\n}}\n')
