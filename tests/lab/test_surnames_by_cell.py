"""Surnames by cell: one seed one result, equal names for equal seeds, and padding that is cut is not missed."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import surnames_by_cell as lab
from rnnlab.lab.reading_surnames import Names


@pytest.fixture(scope="module")
def names() -> Names:
    """Two languages that a letter tells apart."""
    letters = tuple(f"{'ab'[k % 2] * (3 + k % 4)}{'xyz'[k % 3]}" for k in range(48))
    return Names(letters, np.arange(48) % 2)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_an_easy_difference_is_learned(names, cell, both):
    assert lab.train(names, cell, both, H=4, rate=5e-2, seed=0, epochs=30).right == 1


def test_one_seed_gives_one_result(names):
    first, second = (lab.train(names, "gru", False, H=4, rate=1e-3, seed=1, epochs=1) for _ in range(2))
    assert first == second


def test_both_directions_of_half_the_units_have_fewer_weights(names):
    one, both = (
        lab.train(names, "gru", both, H, rate=1e-3, seed=1, epochs=1) for both, H in ((False, 8), (True, 4))
    )
    assert both.parameters < one.parameters < 2 * both.parameters


def test_a_part_of_a_batch_keeps_the_names_and_cuts_the_padding(names):
    batch = lab._batch(names)
    part = lab._part(batch, np.array([0, 4]))
    assert part.x.shape[:2] == (4, 2)
    np.testing.assert_array_equal(part.x, batch.x[:4, [0, 4]])
    np.testing.assert_array_equal(part.targets, batch.targets[[0, 4]])


def test_a_scan_is_every_rate_with_every_seed(names):
    runs = lab.scan(names, "gru", False, 2, (1e-3, 1e-2), (0, 1))
    assert [(run.rate, run.seed) for run in runs] == [(1e-3, 0), (1e-3, 1), (1e-2, 0), (1e-2, 1)]
