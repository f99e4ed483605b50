"""The papers' worked examples, for the parts' recipe: `python -m unittest test_parts.py`."""

import json
import pathlib
import tempfile
import unittest

import torch
from safetensors import safe_open
from torch import nn

from model import Shape, Tiny, rope_table
from parts import calm, gated, two_d, valade
from parts.frozen import Example, batches, padded
from parts.gate_training import answer_positions
from parts.layout import Base, LowRank, Part, save_parts

SHAPE = Shape(
    vocab_size=300, blocks=3, d_model=64, heads=4, kv_heads=2, head_dim=16, ffn_size=96,
    rope_base=10000.0, norm_epsilon=1e-5, context=128,
)  # fmt: skip


class FrozenTiny:
    """A random model in the place of a file."""

    def __init__(self) -> None:
        torch.manual_seed(1)
        self.model, self.shape = Tiny(SHAPE), SHAPE

    def embed(self, tokens):
        length = tokens.shape[1]
        mask = torch.ones(length, length, dtype=torch.bool).tril()
        return self.model.embedding(tokens), mask, rope_table(SHAPE, torch.arange(length)[None])


class Valade(unittest.TestCase):
    def test_thresholds_of_the_card(self):
        entropy = torch.tensor([0.1, 0.2, 0.3, 0.5, 0.8, 1.1, 1.4, 2.0])
        agrees = torch.tensor([1, 1, 0, 1, 1, 1, 0, 0])
        for target, theta, coverage in ((0.9, 0.2, 0.25), (0.8, 1.1, 0.75), (0.6, 2.0, 1.0)):
            found = valade.max_coverage(entropy, agrees, target)
            self.assertAlmostEqual(found[0], theta, places=6)
            self.assertAlmostEqual(found[1], coverage)
        self.assertEqual(valade.max_coverage(entropy, 1 - agrees, 0.99), (0.0, 0.0))

    def test_heads_are_spaced_evenly(self):
        self.assertEqual(valade.head_heights(30, 4), [6, 12, 18, 24])
        self.assertEqual(valade.head_heights(32, 3), [8, 16, 24])
        self.assertEqual(valade.head_heights(28, 4), [5, 11, 16, 22])

    def test_forward_divergence_of_the_card(self):
        teacher = torch.tensor([[2.0, 1, 0]]).log_softmax(-1)
        student = torch.tensor([[1.0, 1, 0]]).log_softmax(-1)
        loss = nn.functional.kl_div(student, teacher, log_target=True, reduction="batchmean")
        self.assertAlmostEqual(loss.item(), 0.119630, places=6)

    def test_the_first_head_that_passes_decides(self):
        readings = [
            (3, torch.tensor([0.1, 0.9, 0.9]), torch.tensor([False, True, True])),
            (6, torch.tensor([0.1, 0.2, 0.9]), torch.tensor([True, True, True])),
        ]
        height, agreed = valade.cascade(readings, [0.1, 0.5], 12)
        self.assertEqual(height.tolist(), [3, 6, 12])
        self.assertEqual(agreed.tolist(), [False, True, True])
        self.assertEqual(valade.cascade(readings, [0.0, 0.0], 12)[0].tolist(), [12, 12, 12])

    def test_a_cascade_is_fitted_on_what_lower_heads_refuse(self):
        entropy = torch.arange(1, 2001) / 1000.0
        easy = torch.arange(2000) < 1000
        readings = [(3, entropy, easy), (6, entropy, easy | (torch.arange(2000) % 2 == 0))]
        first, second = valade.fit_cascade(readings, 0.9)
        self.assertGreater(first, 1.0)
        self.assertLess(first, valade.fit_marginal(readings, 0.9)[0])
        self.assertEqual(second, 0)  # half of what is left agrees
        self.assertGreater(valade.fit_marginal(readings, 0.9)[1], 1.1)

    def test_thresholds_are_written_no_more_permissive(self):
        self.assertEqual(valade.rounded_down(0.12349), 0.1234)


class Calm(unittest.TestCase):
    def test_first_confidence_that_reaches_the_threshold(self):
        confidence = torch.tensor([[0.070961, 0.9], [0.385780, 0.9], [0.874629, 0.9]])
        self.assertEqual(calm.exit_heights(confidence, 0.35).tolist(), [2, 1])
        self.assertEqual(calm.exit_heights(confidence, 0.5).tolist(), [3, 1])
        self.assertEqual(calm.exit_heights(confidence, 0.9).tolist(), [4, 1])


class Gated(unittest.TestCase):
    def test_decisions_of_the_card(self):
        logits = torch.tensor([[0.1, 2.0], [1, 1], [1, 0.9]])
        self.assertEqual(gated.execute(logits, hard=True).tolist(), [1, 1, 0])
        self.assertAlmostEqual(logits.softmax(-1)[0, 1].item(), 0.8699, places=4)

    def test_sampled_decisions_are_whole_and_have_gradients(self):
        logits = torch.zeros(4000, 2, requires_grad=True)
        drawn = gated.execute(logits, hard=False, generator=torch.Generator().manual_seed(1))
        self.assertEqual(set(drawn.tolist()), {0.0, 1.0})
        self.assertAlmostEqual(drawn.mean().item(), 0.5, delta=0.04)
        drawn.sum().backward()
        self.assertGreater(logits.grad[:, 1].min().item(), 0)

    def test_budget_is_of_each_token(self):
        everywhere = torch.ones(1, 2, dtype=torch.bool)
        executed = torch.zeros(32, 1, 2)
        executed[:16] = 1
        self.assertEqual(gated.budget_loss(executed, 0.5, everywhere).item(), 0)
        executed[:, 0, 0], executed[:, 0, 1] = 0, 0
        executed[:8, 0, 0], executed[:24, 0, 1] = 1, 1
        self.assertEqual(gated.budget_loss(executed, 0.5, everywhere).item(), 0.25)

    def test_ramp_of_the_card(self):
        for step, wanted in ((0, 0), (2, 1.5451), (5, 3.5355), (10, 5)):
            self.assertAlmostEqual(gated.ramp(step, 10, 5), wanted, places=4)

    def test_multiplied_attention_is_masked_attention(self):
        weights = torch.tensor([0.0, 1, 2, 0.5]).softmax(-1) * torch.tensor([1.0, 1, 0, 1])
        wanted = torch.tensor([0.18632, 0.50648, 0, 0.30720])
        torch.testing.assert_close(weights / (weights.sum() + 1e-6), wanted, rtol=0, atol=1e-5)

    def test_holes_hide_positions_and_projections_do_not(self):
        frozen, tokens = FrozenTiny(), torch.arange(12)[None] + 5
        block = frozen.model.blocks[0]
        x, mask, rope = frozen.embed(tokens)
        present = torch.tensor([[1.0, 1, 0, 1, 0, 1] * 2])
        hole = gated.run_block(block, x, mask, rope, present)
        kept = present[0].bool()
        alone = block(x[:, kept], mask[: kept.sum(), : kept.sum()], rope_rows(rope, kept))
        torch.testing.assert_close(hole[:, kept], alone, rtol=1e-4, atol=1e-4)
        full = gated.run_block(block, x, mask, rope, None)
        torch.testing.assert_close(full, block(x, mask, rope), rtol=1e-4, atol=1e-5)

    def test_gates_that_execute_are_full_depth(self):
        frozen, tokens = FrozenTiny(), torch.arange(8)[None] + 5
        never = nn.Sequential(nn.Linear(64, 2))
        nn.init.zeros_(never[0].weight)
        never[0].bias.data = torch.tensor([0.0, 1.0])
        always = torch.zeros(1, 8, dtype=torch.bool)
        for fill in ("hole", "project"):
            gates = gated.Gates({1: never}, fill=fill)
            x, executed = gates.run(frozen, tokens, always, hard=True)
            torch.testing.assert_close(x, frozen.model.hidden(tokens), rtol=1e-4, atol=1e-4)
            self.assertEqual(executed.mean().item(), 1)


def rope_rows(rope, kept):
    return tuple(part[:, :, kept] for part in rope)


class Data(unittest.TestCase):
    def test_answers_are_the_inputs_that_a_policy_decides(self):
        examples = [Example("copy", "a", [1, 2, 3, 4, 5], 2), Example("copy", "b", [1, 2, 3], 1)]
        self.assertEqual(
            answer_positions(examples, 5).tolist(),
            [[False, False, True, True, False], [False, True, False, False, False]],
        )
        self.assertEqual(padded(examples).shape, (2, 5))
        self.assertEqual([len(batch) for batch in batches(examples, tokens=5)], [1, 1])

    def test_units_are_the_sentences_of_the_text(self):
        prompt = "vote: It was fine. = good\nvote: The tea was fine. I found it dull. ="
        spans, label = two_d.spans_of(
            {"suite": "sentence_vote", "prompt": prompt, "target": " bad"}
        )
        self.assertEqual([prompt[a:b] for a, b in spans], ["The tea was fine.", " I found it dull."])
        self.assertEqual(label, 1)


class Layout(unittest.TestCase):
    def test_a_file_names_its_tensors_as_the_layers_do(self):
        steps = nn.Sequential(nn.RMSNorm(4, eps=1e-5), LowRank(4, 2), nn.Linear(4, 2), nn.Softmax(-1))
        head = nn.Sequential(nn.RMSNorm(4, eps=1e-5))
        parts = [
            Part("gate", steps, 3),
            Part("lens", head, unembedding="shared"),
            Part("own", head, unembedding=torch.ones(5, 4)),
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "x.safetensors"
            digest = save_parts(path, Base("m", "sha256:0", 3, 4, 5), parts, summary="A test")
            self.assertTrue(digest.startswith("sha256:"))
            with safe_open(path, "pt") as file:
                layout = json.loads(file.metadata()["depthbench_parts"])
                self.assertEqual(
                    set(file.keys()),
                    {
                        "gate.3.0.weight", "gate.3.1.down", "gate.3.1.up", "gate.3.2.weight",
                        "gate.3.2.bias", "lens.0.weight", "own.0.weight", "own.unembedding",
                    },
                )  # fmt: skip
        self.assertEqual([part.get("unembedding") for part in layout["parts"]], [None, "shared", "own"])
        self.assertEqual(layout["parts"][0]["height"], 3)
        with self.assertRaises(ValueError):
            save_parts(path, Base("m", "sha256:0", 3, 4, 5), [Part("g", nn.Sequential(nn.GELU()))], summary="x")


if __name__ == "__main__":
    unittest.main()
