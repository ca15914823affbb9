"""Rings: a stream through them is the whole sequence at once, for every kernel and width."""

import numpy as np
import pytest

from rnnlab.lab import stream_with_rings as lab
from rnnlab.nets import temporal_convolution as tcn


@pytest.mark.parametrize("kernel", [1, 2, 3])
@pytest.mark.parametrize("widths", [[3], [4, 4, 5]])
def test_a_stream_is_the_whole_sequence_at_once(kernel, widths):
    rng = np.random.default_rng(0)
    params = tcn.init(rng, 3, widths, kernel)
    x = rng.normal(size=(40, 2, 3))
    kept = x.copy()
    y = np.stack(list(lab.stream(params, x, B=2)))
    np.testing.assert_allclose(y, tcn.forward(params, x)[0], atol=1e-12)
    np.testing.assert_array_equal(x, kept)


def test_two_streams_do_not_share_their_rings():
    rng = np.random.default_rng(0)
    params = tcn.init(rng, 1, [2, 2], 2)
    x = rng.normal(size=(8, 1, 1))
    first, second = lab.stream(params, x), lab.stream(params, x)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_bytes_are_those_of_all_memories():
    params = tcn.init(np.random.default_rng(0), 3, [4, 5], 3)
    numbers = 2 * 1 * (3 + 4) + 2 * 2 * (4 + 5)
    assert lab.state_bytes(params) == 8 * numbers


def test_time_is_measured():
    assert 0 <= lab.seconds_a_step(lambda: None, steps=10, rounds=2) < 0.01
