"""Saturation while reading: what the slopes alone may do to a trace."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import saturation as lab
from rnnlab.nets import rnn


@pytest.fixture(scope="module")
def names():
    return lab.names(letters=8, most=20)


def read(names, drive, activation="tanh", seed=0):
    return lab.read(np.random.default_rng(seed), names, drive, activation, H=16)


def test_all_names_have_the_length_that_was_asked_for(names):
    assert len(names) == 20
    assert {len(name) for name in names} == {8}


def test_shapes(names):
    reading = read(names, 1.0)
    assert reading.a.shape == reading.slopes.shape == (8, 20, 16)
    assert reading.trace.shape == (9,)
    assert reading.trace[0] == 1


def test_the_pre_activations_are_those_of_the_states(names):
    reading = read(names, 1.0)
    np.testing.assert_allclose(reading.slopes, 1 - np.tanh(reading.a) ** 2, rtol=0, atol=1e-14)


def test_the_identity_keeps_every_length(names):
    np.testing.assert_allclose(read(names, 4.0, "identity").trace, 1, rtol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_more_drive_means_more_saturation_and_less_trace(names, seed):
    weak, strong = (read(names, drive, seed=seed) for drive in (0.1, 4.0))
    assert weak.saturated < 0.01 < 0.4 < strong.saturated
    assert strong.trace[-1] < 0.01 * weak.trace[-1]


def test_the_sigmoid_keeps_at_most_a_quarter_of_each_step(names):
    trace = read(names, 1.0, "sigmoid").trace
    assert np.all(trace <= 0.25 ** np.arange(9) * (1 + 1e-12))


def test_the_trace_is_what_a_small_change_of_the_first_state_leaves(monkeypatch, names):
    """Follow a real change of h_0 by differences, in the same direction that the linear map carries."""
    recorded = {}
    original = rnn.forward

    def spy(params, x, activation):
        recorded.update(params=params, x=x)
        return original(params, x, activation=activation)

    monkeypatch.setattr(lab.rnn, "forward", spy)
    reading = read(names, 1.0)
    params, x = recorded["params"], recorded["x"]
    d_h = np.random.default_rng(9).normal(size=(20, 16))
    d_h /= np.linalg.norm(d_h, axis=-1, keepdims=True)
    epsilon = 1e-6
    above, below = (original(params, x, sign * epsilon * d_h)[0] for sign in (1, -1))
    differences = (above - below) / (2 * epsilon)
    carried = d_h
    for t, slopes in enumerate(reading.slopes):
        carried = slopes * (carried @ params.W_hh.T)
        np.testing.assert_allclose(differences[t], carried, rtol=0, atol=1e-8)
