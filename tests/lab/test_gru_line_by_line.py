"""The step that is made for reading computes what the package's GRU computes, forward and backward."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import gru_line_by_line as lab
from rnnlab.nets import gru


def network(seed=0, T=5, B=2, D=3, H=4):
    rng = np.random.default_rng(seed)
    params = gru.init(rng, D, H)
    return params, rng.normal(size=(T, B, D)), rng.normal(size=(B, H)), rng.normal(size=(T, B, H))


@pytest.mark.parametrize("reset", gru.RESETS)
@pytest.mark.parametrize("seed", range(3))
def test_gradients_through_time_are_those_of_the_package(reset, seed):
    params, x, h_0, d_h = network(seed)
    _, cache = gru.forward(params, x, h_0, reset=reset)
    d_x, d_h_0, grads = gru.backward(d_h, cache)
    mine = lab.through_time(params, x, h_0, d_h, reset)
    for ours, theirs in zip((mine[0], mine[1], *mine[2]), (d_x, d_h_0, *grads), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("reset", gru.RESETS)
def test_a_step_is_that_of_the_package(reset):
    params, x, h_0, _ = network()
    forward, _ = lab.STEPS[reset]
    np.testing.assert_allclose(
        forward(params, x[0], h_0).h, gru.step(params, x[0], h_0, reset=reset), atol=1e-14
    )


def test_inputs_are_not_written_to():
    params, x, h_0, d_h = network()
    before = [array.copy() for array in (x, h_0, d_h, *params)]
    lab.through_time(params, x, h_0, d_h, "before")
    for array, copy in zip((x, h_0, d_h, *params), before, strict=True):
        np.testing.assert_array_equal(array, copy)
