"""Tests of the recipe that need no data: `python -m unittest` in this folder."""

import dataclasses
import pathlib
import tempfile
import unittest

import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from data import END
from export_gguf import export
from load_gguf import load_model, load_tokenizer
from model import HEAD, Shape, Tiny
from optimizer import rate_share
from train import phase_at

torch.set_num_threads(1)
SHAPE = Shape(
    vocab_size=288, blocks=2, d_model=64, heads=2, kv_heads=1, head_dim=32, ffn_size=96,
    rope_base=10000.0, norm_epsilon=1e-5, context=128,
)  # fmt: skip


class Recipe(unittest.TestCase):
    def test_items_of_a_packed_row_equal_the_items_alone(self):
        torch.manual_seed(1)
        model = Tiny(SHAPE)
        head, items = [5, 6, 7], [[8, 9], [10, 11, 12]]
        tokens = torch.tensor([head + items[0] + items[1] + [0]])
        segment = torch.tensor([[HEAD] * 3 + [2] * 2 + [3] * 3 + [0]])
        position = torch.tensor([[0, 1, 2, 3, 4, 3, 4, 5, 0]])
        packed = model.packed(tokens, segment, position)[-1]
        for item, start in zip(items, (3, 5)):
            alone = model.hidden(torch.tensor([head + item]))[0, 3:]
            torch.testing.assert_close(packed[0, start : start + len(item)], alone)

    def test_rotary_embedding_depends_on_distance_alone(self):
        torch.manual_seed(1)
        model = Tiny(SHAPE)
        tokens = torch.tensor([[5, 6, 7, 8]])
        segment = torch.full_like(tokens, HEAD)
        near = model.packed(tokens, segment, torch.arange(4)[None])[-1]
        far = model.packed(tokens, segment, torch.arange(4)[None] + 50)[-1]
        torch.testing.assert_close(near, far, rtol=1e-4, atol=1e-5)
        other = model.packed(tokens, segment, torch.tensor([[0, 1, 2, 9]]))[-1]
        self.assertGreater((near - other).abs().max().item(), 1e-3)

    def test_rate_warms_up_and_ends_at_a_twentieth(self):
        self.assertAlmostEqual(rate_share(0, 1000, 100), 0.01)
        self.assertAlmostEqual(rate_share(100, 1000, 100), 1)
        self.assertAlmostEqual(rate_share(1000, 1000, 100), 0.05)

    def test_phase_at_counts_steps_over_all_phases(self):
        phases = [{"steps": 2, "n": 0}, {"steps": 1, "n": 1}, {"steps": 3, "n": 2}]
        self.assertEqual([phase_at(step, phases)["n"] for step in range(6)], [0, 0, 1, 2, 2, 2])

    def test_exported_file_reads_back(self):
        torch.manual_seed(1)
        model = Tiny(SHAPE)
        pieces = [END, *sorted(pre_tokenizers.ByteLevel.alphabet()), "Ġb"]
        pieces += [f"<{i}>" for i in range(len(pieces), SHAPE.vocab_size)]
        vocabulary = {piece: i for i, piece in enumerate(pieces)}
        with tempfile.TemporaryDirectory() as folder:
            run = pathlib.Path(folder)
            torch.save({"model": model.state_dict()}, run / "checkpoint.pt")
            Tokenizer(models.BPE(vocabulary, [("Ġ", "b")])).save(str(run / "tokenizer.json"))
            config = {"name": "test", "model": dataclasses.asdict(SHAPE)}
            largest = {}
            for kind in ("f32", "q8_0"):
                export(config, run, run / "x.gguf", kind)
                read = load_model(run / "x.gguf")
                epsilon = read.shape.norm_epsilon  # rounded to f32 in the file
                self.assertEqual(read.shape, dataclasses.replace(SHAPE, norm_epsilon=epsilon))
                pairs = zip(model.state_dict().values(), read.state_dict().values())
                largest[kind] = max((a - b).abs().max().item() for a, b in pairs)
                ids = load_tokenizer(run / "x.gguf").encode("a b").ids
                self.assertEqual(ids, [vocabulary["a"], vocabulary["Ġb"]])
        self.assertEqual(largest["f32"], 0)
        self.assertLess(largest["q8_0"], 0.01)


if __name__ == "__main__":
    unittest.main()
