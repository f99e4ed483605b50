"""Tests of LayerSkip's training against worked figures of the paper's formulas."""

import unittest

import numpy as np
import torch

from layer_skip import draw_kept, dropout_rates, exit_weights
from model import HEAD, Tiny
from test_recipe import SHAPE
from train import row_losses
from rows import Rows

torch.set_num_threads(1)


class LayerSkip(unittest.TestCase):
    def test_dropout_rises_with_depth_to_the_most_at_the_last_step(self):
        wanted = [0, 0.0208, 0.0438, 0.0692, 0.0972, 0.1281, 0.1623, 0.2000]
        np.testing.assert_allclose(dropout_rates(8, 0.2, 99, 100), wanted, atol=5e-5)
        np.testing.assert_allclose(dropout_rates(32, 0.2, 99, 100).mean(), 0.0889, atol=5e-4)
        self.assertEqual(dropout_rates(8, 0.2, 0, 100).max(), 0)

    def test_exit_weights_without_rotation_are_those_of_the_paper(self):
        e = np.array([0.2, 0.6, 1.2, 2, 3, 4.2, 11.2])  # blocks 1 to 7; block 0 has none
        weights = exit_weights(8, 0.2, step=5, rotation=1)
        self.assertEqual(list(weights), [2, 3, 4, 5, 6, 7, 8])
        np.testing.assert_allclose(list(weights.values()), e / e.sum())

    def test_exit_weights_rotate_and_always_hold_the_last(self):
        weights = exit_weights(8, 0.2, step=1, rotation=4)
        self.assertEqual(list(weights), [2, 6, 8])
        np.testing.assert_allclose(list(weights.values()), [0.0139, 0.2083, 0.7778], atol=5e-5)
        seen = set().union(*(exit_weights(8, 0.2, step, 4) for step in range(4)))
        self.assertEqual(seen, {2, 3, 4, 5, 6, 7, 8})

    def test_rows_that_are_dropped_pass_the_block_by(self):
        torch.manual_seed(1)
        model = Tiny(SHAPE)
        tokens = torch.tensor([[5, 6, 7], [8, 9, 10]])
        segment, position = torch.full_like(tokens, HEAD), torch.arange(3).expand(2, 3)
        kept = torch.tensor([[True, True], [False, True]])
        mixed = model.packed(tokens, segment, position, kept=kept)[-1]
        torch.testing.assert_close(mixed[0], model.hidden(tokens[:1], [0])[0])
        torch.testing.assert_close(mixed[1], model.hidden(tokens[1:])[0])

    def test_draw_kept_keeps_the_shares(self):
        kept = draw_kept(np.random.default_rng(1), np.array([0, 0.3]), 4000)
        np.testing.assert_allclose(kept.mean(1), [1, 0.7], atol=0.03)

    def test_loss_with_all_weight_on_the_last_exit_is_the_plain_loss(self):
        torch.manual_seed(1)
        model = Tiny(SHAPE)
        tokens = np.array([[5, 6, 7, 8], [9, 10, 11, 12]])
        answer = np.array([[False, False, True, True], [False, True, True, True]])
        rows = Rows(tokens, np.full((2, 4), HEAD), np.tile(np.arange(4), (2, 1)), answer,
                    np.array([False, True]))  # fmt: skip
        plain, full = row_losses(model, rows, {2: 1.0}, None)
        torch.testing.assert_close(plain.detach(), full)
        both, again = row_losses(model, rows, {1: 0.25, 2: 0.75}, None)
        shallow, _ = row_losses(model, rows, {1: 1.0}, None)
        torch.testing.assert_close(both, 0.25 * shallow + 0.75 * plain)
        torch.testing.assert_close(again, full)


if __name__ == "__main__":
    unittest.main()
