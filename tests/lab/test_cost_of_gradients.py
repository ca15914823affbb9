"""The cost of gradients: what is timed computes the gradient, and memory grows as it must."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import cost_of_gradients as lab


def test_rtrl_read_once_gives_the_gradient_of_bptt():
    given = lab.prepared(T=7, H=4, B=2)
    for forwards, backwards in zip(lab.by_rtrl(given), lab.by_bptt(given), strict=True):
        np.testing.assert_allclose(forwards, backwards, atol=1e-12)


def test_memory_of_rtrl_does_not_grow_with_time_and_that_of_the_others_does():
    # Large enough that the 64 bytes of a tuple, which Python may keep for each step, are as good as nothing.
    short, long = ({name: lab.memory_of(name, T, H=32) for name in lab.METHODS} for T in (64, 512))
    assert long["RTRL"] == pytest.approx(short["RTRL"], rel=0.1)
    assert long["BPTT"] > 4 * short["BPTT"]
    assert long["DSF"] > 4 * short["DSF"]


def test_times_are_positive_and_of_the_number_of_calls_asked_for():
    calls = []
    assert lab.seconds(lambda: calls.append(sum(range(20_000))), calls=3) > 0
    assert len(calls) == 4
    assert lab.time_of("DSF", T=4, H=3, calls=1) > 0
