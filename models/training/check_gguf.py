"""Checks an exported GGUF against llama.cpp.

    python check_gguf.py --gguf ../embedded/tiny.gguf --items data/test.jsonl

For 40 items of each suite: llama.cpp's token ids equal those of `tokenizers`,
and its greedy tokens equal PyTorch's (the file's weights in f32). Where another
token is picked, PyTorch's top two logits must be closer than `--near-tie`. For an
F32 export the default 0.001 holds: this proves the pairing of the rotary
embedding, norms, heads and tokenizer. For Q8_0, llama.cpp also quantises the
activations, so logits differ by up to 1 and the threshold has to be larger.
"""

import argparse
import pathlib

import numpy as np
import torch
from llama_cpp import Llama

from data import read_items
from load_gguf import load_model, load_tokenizer

GGML_TYPE_F32 = 0
ITEMS_PER_SUITE = 40
STEPS = 12


@torch.no_grad()
def check(path: pathlib.Path, items: list[dict], near_tie: float) -> bool:
    """Prints one line per suite; True if nothing differs beyond near-ties."""
    model, tokenizer = load_model(path), load_tokenizer(path)
    cache = {"type_k": GGML_TYPE_F32, "type_v": GGML_TYPE_F32}
    llama = Llama(str(path), n_ctx=512, n_threads=1, logits_all=True, verbose=False, **cache)
    good = True
    for suite in dict.fromkeys(item["suite"] for item in items):
        same = ties = wrong = apart = 0
        largest = 0.0
        for item in [item for item in items if item["suite"] == suite][:ITEMS_PER_SUITE]:
            ids = tokenizer.encode(item["prompt"]).ids
            apart += ids != llama.tokenize(item["prompt"].encode(), add_bos=False, special=False)
            llama.reset()
            llama.eval(ids)
            for _ in range(STEPS):
                logits = model.readout(model.hidden(torch.tensor([ids]))[0, -1])
                theirs = llama.scores[len(ids) - 1]
                largest = max(largest, float(np.abs(logits.numpy() - theirs).max()))
                chosen = int(logits.argmax())
                if chosen == int(theirs.argmax()):
                    same += 1
                elif logits.topk(2).values.diff().abs().item() < near_tie:
                    ties += 1
                else:
                    wrong += 1
                ids = [*ids, chosen]
                llama.eval([chosen])
        good = good and wrong == apart == 0
        print(
            f"{suite}: {same} steps equal, {ties} near-ties, {wrong} wrong; "
            f"{apart} prompts tokenized apart; largest logit difference {largest:.1e}"
        )
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gguf", type=pathlib.Path, required=True)
    parser.add_argument("--items", type=pathlib.Path, required=True)
    parser.add_argument("--near-tie", type=float, default=0.001)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    passed = check(arguments.gguf, read_items(arguments.items), arguments.near_tie)
    raise SystemExit(0 if passed else 1)
