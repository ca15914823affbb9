"""Counting beyond the trained lengths: the strings are aⁿbⁿ, the reach is the first failure, one seed one result."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import counting_beyond as lab
from rnnlab.training.models import sequence_model


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_string_is_n_times_a_and_n_times_b_and_asks_after_each_b(n):
    batch = lab.strings([n, 9])
    letters = batch.x[:, 0].argmax(axis=-1)[batch.mask[:, 0]]
    np.testing.assert_array_equal(letters, [0] * n + [1] * n)
    np.testing.assert_array_equal(batch.scored[: 2 * n, 0], [False] * n + [True] * n)
    np.testing.assert_array_equal(np.flatnonzero(batch.targets[:, 0]), [2 * n - 1])


class Answering:
    """A model that is right up to some n and then always answers no."""

    def __init__(self, upto):
        self.upto = upto

    def predict(self, params, x, mask):
        targets = lab.strings(np.arange(1, x.shape[1] + 1)).targets.copy()
        targets[:, self.upto :] = 0
        return np.eye(2)[targets]


@pytest.mark.parametrize("upto", [0, 3, 8])
def test_the_reach_is_the_longest_n_without_a_failure_before_it(upto):
    assert lab.reach(Answering(upto), None, longest=8) == upto


def test_one_seed_gives_one_result():
    first, second = (lab.train("gru", 1e-2, seed=3, steps=5) for _ in range(2))
    assert first.reach == second.reach
    np.testing.assert_array_equal(first.params.cell.W_hh, second.params.cell.W_hh)


def test_a_gru_that_starts_at_zero_never_leaves_the_open_interval():
    run = lab.train("gru", 1e-1, seed=0, steps=3)
    memory = lab.memory_along(run, n=30)
    assert memory.shape == (61, lab.UNITS)
    assert np.abs(memory).max() < 1
    assert 0 <= lab.counter(memory) < lab.UNITS


def test_the_memory_of_an_lstm_is_its_cell_state():
    run = lab.train("lstm", 1e-2, seed=0, steps=1)
    memory = lab.memory_along(run, n=3)
    h, _ = sequence_model("lstm").cell.forward(run.params.cell, lab.strings([3]).x)
    assert memory.shape == (7, lab.UNITS)
    assert not np.allclose(memory[1:], h[:, 0])
