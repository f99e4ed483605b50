"""Tests of the evaluation's intervals: textbook figures and simulated coverage."""

import unittest

import numpy as np

from intervals import clustered, drop_p_value, holm, mean_of_strata, student, wilson


class Intervals(unittest.TestCase):
    def test_wilson_gives_newcombes_figures(self):  # Newcombe 1998, table I, method 3
        np.testing.assert_allclose(wilson(np.arange(263) < 81), (0.2553, 0.3662), atol=5e-5)
        np.testing.assert_allclose(wilson(np.zeros(20)), (0, 0.1611), atol=5e-5)

    def test_student_gives_tabled_points(self):
        for freedom, wanted in ((5, 2.5706), (10, 2.2281), (30, 2.0423)):
            self.assertAlmostEqual(student(freedom), wanted, delta=0.003)

    def test_clustered_widens_with_clusters_of_equal_values(self):
        values = np.repeat([1.0, 2.0, 3.0, 4.0], 10)
        alone = clustered(values, [str(i) for i in range(40)])
        together = clustered(values, [str(i // 10) for i in range(40)])
        self.assertGreater(together[1] - together[0], 3 * (alone[1] - alone[0]))

    def test_drop_p_value_is_the_binomial_tail(self):
        lower = np.array([True] * 8 + [False] * 2)
        upper = np.array([False] * 8 + [True] * 2)
        self.assertAlmostEqual(drop_p_value(lower, upper), 56 / 1024)  # P(Bin(10, 1/2) ≥ 8)
        self.assertEqual(drop_p_value(lower, lower), 1)

    def test_holm_steps_down_and_never_falls(self):
        np.testing.assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])

    def test_mean_of_strata_covers_the_truth(self):
        random, inside = np.random.default_rng(3), 0
        for seed in range(100):
            strata = [(random.random(60) < p).astype(float) for p in (0.5, 0.7, 0.9)]
            _, low, high = mean_of_strata(strata, seed)
            inside += low <= 0.7 <= high
        self.assertGreaterEqual(inside, 90)


if __name__ == "__main__":
    unittest.main()
