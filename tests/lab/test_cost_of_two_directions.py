"""The cost of two directions: weights are exact, times are positive."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import cost_of_two_directions as lab


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_equal_width_doubles_the_weights_and_half_the_width_has_fewer_than_one(kind):
    one, both, half = lab.measure(np.random.default_rng(0), kind, H=8, D=3, T=2, B=2, repetitions=1).values()
    assert both.weights == 2 * one.weights
    assert half.weights < one.weights
    assert min(one.milliseconds, both.milliseconds, half.milliseconds) > 0
