"""Tests of the data and the rows: splits, leaks, packing."""

import types
import unittest

import numpy as np

from data import check_training_only, item_id, split_prompt
from leakage import leaks
from model import HEAD
from repeat import largest_difference
from rows import draw_rows, empty_rows, fill_echo, fill_items, fill_pairs

ITEM = {
    "suite": "copy",
    "prompt": "copy: X Q M T = X Q M T\ncopy: k v a d r =",
    "target": " k v a d r",
}
ITEM_ID = "20b23e706f00bf22b4e44b2903c681d187c6b1fef9024f3e38e5d489da227614"  # Python's hashlib


def corpus_of(*sizes: int) -> types.SimpleNamespace:
    """One suite with a level of one item for each size; the last two ids are the answer."""
    pools = [[(np.arange(10, 10 + size), size - 2)] for size in sizes]

    def fitting(_suite: str, length: int) -> list:
        return [pool for pool in pools if len(pool[0][0]) + 3 <= length]

    return types.SimpleNamespace(
        heads={"x": [5, 6, 7]}, fitting=fitting, streams={}, letters=list(range(100, 126))
    )


class Data(unittest.TestCase):
    def test_item_id_is_the_suites_id(self):
        self.assertEqual(item_id(ITEM), ITEM_ID)

    def test_check_training_only_refuses_other_splits_and_false_ids(self):
        number, found = 0, {}
        while len(found) < 2:
            item = {**ITEM, "target": str(number)}
            digest = item_id(item)
            found[int(digest[:4], 16) % 100 < 80] = {**item, "id": digest}
            number += 1
        check_training_only([found[True]])
        for bad in (found[False], {**found[True], "id": ITEM_ID}):
            with self.assertRaises(AssertionError):
                check_training_only([bad])

    def test_leaks_finds_items_documents_and_texts(self):
        item = {**ITEM, "id": ITEM_ID}
        document = {"suite": "prose", "id": "b", "group": "1901", "prompt": "Fel", "target": "low"}
        other = {**document, "group": "1902"}
        self.assertEqual(leaks([item], [{**item, "target": " k"}], []), [])
        self.assertEqual(len(leaks([item], [item], [])), 1)
        self.assertEqual(len(leaks([document], [{**other, "group": "1901"}], [])), 1)
        self.assertEqual(len(leaks([document], [other], ["x Fellow y"])), 1)

    def test_split_prompt_cuts_after_the_last_line_break(self):
        self.assertEqual(split_prompt("a\nb\nc"), ("a\nb\n", "c"))
        self.assertEqual(split_prompt("c"), ("", "c"))


class PackedRows(unittest.TestCase):
    def test_fill_items_packs_whole_items_that_fit(self):
        rows, random = empty_rows(1, 16), np.random.default_rng(1)
        self.assertTrue(fill_items(rows, 0, corpus_of(5, 20), "x", random))
        segments = [HEAD] * 3 + [2] * 5 + [3] * 5 + [0] * 3
        self.assertEqual(rows.segment[0].tolist(), segments)
        self.assertEqual(rows.position[0].tolist(), [*range(8), *range(3, 8), 0, 0, 0])
        self.assertEqual(np.flatnonzero(rows.answer[0]).tolist(), [6, 7, 11, 12])
        self.assertFalse(fill_items(rows, 0, corpus_of(20), "x", random))

    def test_fill_echo_asks_only_for_what_followed_before(self):
        rows, random = empty_rows(1, 256), np.random.default_rng(2)
        fill_echo(rows, 0, list(range(100, 126)), random)
        asked = np.flatnonzero(rows.answer[0])
        self.assertGreater(len(asked), 20)
        for place in asked:
            start = np.flatnonzero(rows.segment[0] == rows.segment[0, place])[0]
            before = rows.tokens[0, start : place - 1]
            last = np.flatnonzero(before == rows.tokens[0, place - 1])
            followers = {int(rows.tokens[0, start + i + 1]) for i in last}
            self.assertIn(int(rows.tokens[0, place]), followers)

    def test_fill_pairs_asks_for_the_digit_of_each_letter(self):
        rows, random = empty_rows(1, 256), np.random.default_rng(2)
        fill_pairs(rows, 0, list(range(100, 126)), list(range(10)), random)
        asked = np.flatnonzero(rows.answer[0])
        self.assertGreater(len(asked), 20)
        for place in asked:
            start = np.flatnonzero(rows.segment[0] == rows.segment[0, place])[0]
            before = rows.tokens[0, start : place - 1]
            first = np.flatnonzero(before == rows.tokens[0, place - 1])[0]
            self.assertEqual(before[first + 1], rows.tokens[0, place])
            self.assertLess(rows.tokens[0, place], 10)

    def test_draw_rows_repeats_and_has_a_text_row(self):
        corpus = corpus_of(5)
        corpus.streams["prose"] = np.arange(500)
        phase = {"tasks": {"x": 1, "echo": 1}, "text": {"prose": 1}, "text_share": 0.2}
        first, second = (
            draw_rows(corpus, np.random.default_rng([7, 3]), phase, (4, 64)) for _ in range(2)
        )
        np.testing.assert_array_equal(first.tokens, second.tokens)
        self.assertTrue(first.text[0] and first.answer[0, 1:].all() and not first.answer[0, 0])

    def test_largest_difference_is_relative(self):
        self.assertAlmostEqual(largest_difference({25: [1.01, 4]}, {25: [1.0, 4]}), 0.01)


if __name__ == "__main__":
    unittest.main()
