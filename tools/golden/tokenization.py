"""Writes tests/golden/tokenization/smollm2.json.

Ids of awkward strings under SmolLM2's vocabulary, from llama.cpp and from
Hugging Face tokenizers, and conversations rendered by the chat template in the
model file.

Usage: python tools/golden/tokenization.py <SmolLM2-135M-Instruct.Q4_1.gguf>
"""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
from awkward_strings import CONVERSATIONS, PLAIN, SPECIAL
from bpe_oracles import Oracles, lacks_a_byte, sha256, versions
from gguf import GGUFReader
from golden_file import write_golden

OUT = Path(__file__).parents[2] / "tests/golden/tokenization/smollm2.json"


def render_all(path: Path) -> list[dict[str, object]]:
    """Every conversation through the file's own Jinja template."""
    source = GGUFReader(path).fields["tokenizer.chat_template"].contents()
    template = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(source)
    return [
        {"messages": messages,
         "text": template.render(messages=messages, add_generation_prompt=True)}
        for messages in CONVERSATIONS
    ]


def main() -> None:
    """Answers all cases and refuses a difference that the note does not explain."""
    path = Path(sys.argv[1])
    oracles = Oracles(path)
    chats = render_all(path)
    texts = [(text, False) for text in PLAIN]
    texts += [(text, special) for text in SPECIAL for special in (True, False)]
    texts += [(str(chat["text"]), True) for chat in chats]
    cases = [oracles.case(text, special) for text, special in texts]
    for case in cases:
        if "note" in case and not lacks_a_byte(oracles.vocabulary, str(case["text"])):
            raise SystemExit(f"Unexplained difference: {case}")
    source = {
        "model": path.name,
        "digest": sha256(path),
        **versions(),
        "jinja2": jinja2.__version__,
        "script": "tools/golden/tokenization.py",
    }
    write_golden(OUT, {"source": source, "chats": chats}, ("cases", cases))
    print(f"{len(cases)} cases, {sum('note' in case for case in cases)} differ: {OUT}")


if __name__ == "__main__":
    main()
