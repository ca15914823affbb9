"""Exclusive or in time: the closed form of a linear recurrence, the two bounds, and who breaks them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.lab import xor_in_time as lab
from rnnlab.nets import rnn

sizes = st.integers(1, 5)


@settings(deadline=None)
@given(T=sizes, B=sizes, D=sizes, H=sizes, seed=st.integers(0, 100))
def test_the_sum_equals_the_loop(T, B, D, H, seed):
    rng = np.random.default_rng(seed)
    params, x, h_0 = rnn.init(rng, D, H), rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
    h, _ = rnn.forward(params, x, h_0, activation="identity")
    np.testing.assert_allclose(lab.last_state_without_a_loop(params, x, h_0), h[-1], rtol=0, atol=1e-12)


def test_all_bits_holds_every_sequence_once():
    bits = lab.all_bits(4)
    assert bits.shape == (4, 16, 1)
    assert len({tuple(sequence) for sequence in bits[:, :, 0].T}) == 16


@pytest.mark.parametrize("lag", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_no_linear_recurrence_passes_the_bounds_not_even_an_untrained_one(lag, seed):
    for steps in (0, 30):
        solver = lab.trained(np.random.default_rng(seed), "identity", lag, rate=0.1, steps=steps)
        assert solver.accuracy <= lab.AFFINE_ACCURACY
        assert solver.loss >= lab.AFFINE_LOSS - 1e-12


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_bend_passes_both(activation):
    solver = lab.trained(np.random.default_rng(0), activation, lag=1, rate=1e-2)
    assert solver.accuracy == 1
    assert solver.loss < 0.1


def test_the_probability_at_bits_is_the_one_behind_the_score():
    solver = lab.trained(np.random.default_rng(0), "tanh", lag=1, rate=1e-2)
    earlier, now = np.array([[0, 0], [1, 1]]), np.array([[0, 1], [0, 1]])
    np.testing.assert_array_equal(solver.probability(earlier, now) > 0.5, [[False, True], [True, False]])


def test_the_better_rate_counts_and_one_seed_gives_one_result():
    best = lab.best_of_rates(0, "relu", 1)
    each = [lab.trained(np.random.default_rng([0, 1]), "relu", 1, rate) for rate in lab.RATES]
    assert best.loss == min(run.loss for run in each)
