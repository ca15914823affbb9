"""Connectivity: equal to numerical differentiation, causal where the network is, and dense where it reads both ways."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.connectivity import connectivity
from rnnlab.nets import bidirectional, causal_convolution, rnn, transformer
from rnnlab.nets.cells import cell

CELLS = ["rnn", "lstm", "gru"]


def recurrent(name, seed=0, D=3, H=4):
    kind = cell(name)
    params = kind.init(np.random.default_rng(seed), D, H)
    return partial(kind.forward, params), kind.backward


def sequences(T=6, B=2, D=3, seed=1):
    return np.random.default_rng(seed).normal(size=(T, B, D))


@pytest.mark.parametrize("name", CELLS)
def test_it_equals_central_differences(name):
    forward, backward = recurrent(name)
    x, epsilon = sequences(), 1e-5
    T, B, D = x.shape
    squares = np.zeros((B, T, T))
    for s in range(T):
        for j in range(D):
            shift = np.zeros_like(x)
            shift[s, :, j] = epsilon
            slope = (forward(x + shift)[0] - forward(x - shift)[0]) / (2 * epsilon)
            squares[:, :, s] += np.sum(slope**2, axis=-1).T
    np.testing.assert_allclose(connectivity(forward, backward, x), np.sqrt(squares), atol=1e-9)


@pytest.mark.parametrize("name", CELLS)
@given(T=st.integers(1, 6), B=st.integers(1, 3), seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_a_recurrent_network_sees_no_future_and_all_of_the_past(name, T, B, seed):
    table = connectivity(*recurrent(name, seed), sequences(T, B, seed=seed))
    assert table.shape == (B, T, T)
    assert not np.triu(table, k=1).any()
    assert np.all(table[:, *np.tril_indices(T)] > 0)


def test_a_bidirectional_network_sees_everything():
    gru = cell("gru")
    network = bidirectional.network(gru)
    params = network.init(np.random.default_rng(0), 3, 4)
    table = connectivity(partial(network.forward, params), network.backward, sequences())
    assert np.all(table > 0)


def test_a_causal_convolution_sees_its_receptive_field_alone():
    params = causal_convolution.init(np.random.default_rng(0), D=3, M=4, kernel=2)
    forward = partial(causal_convolution.forward, params, dilation=2)
    table = connectivity(forward, causal_convolution.backward, sequences())
    lag = np.arange(6)[:, np.newaxis] - np.arange(6)
    np.testing.assert_array_equal(table > 0, np.broadcast_to((lag == 0) | (lag == 2), table.shape))


def test_a_causal_transformer_sees_all_of_the_past_and_no_future():
    params = transformer.init(np.random.default_rng(0), L=2, H=4, F=8)
    table = connectivity(partial(transformer.forward, params), transformer.backward, sequences(D=4))
    assert not np.triu(table, k=1).any()
    assert np.all(table[:, *np.tril_indices(6)] > 0)


@pytest.mark.parametrize("name", CELLS)
def test_padding_is_neither_seen_nor_changes_what_is_seen(name):
    forward, backward = recurrent(name)
    x = sequences()
    mask = np.arange(6)[:, np.newaxis] < np.array([6, 4])
    table = connectivity(forward, backward, x, mask)
    assert not table[1, :, 4:].any()
    np.testing.assert_allclose(table[0], connectivity(forward, backward, x[:, :1])[0], atol=1e-14)
    np.testing.assert_allclose(table[1, :4, :4], connectivity(forward, backward, x[:4, 1:])[0], atol=1e-14)


def test_a_linear_network_falls_off_like_the_powers_of_its_matrix():
    params = rnn.init(np.random.default_rng(0), D=3, H=4)
    forward = partial(rnn.forward, params, activation="identity")
    table = connectivity(forward, rnn.backward, sequences(B=1))[0]
    for lag in range(6):
        expected = np.linalg.norm(np.linalg.matrix_power(params.W_hh, lag) @ params.W_xh)
        np.testing.assert_allclose(np.diagonal(table, -lag), expected, rtol=1e-12)


def test_a_network_with_one_output_has_one_row():
    def forward(x):
        return x.mean(axis=0, keepdims=True), x.shape

    def backward(d_y, shape):
        return np.broadcast_to(d_y / shape[0], shape)

    table = connectivity(forward, backward, sequences())
    np.testing.assert_allclose(table, np.sqrt(3) / 6 * np.ones((2, 1, 6)))


def test_float32_stays_float32():
    params = rnn.init(np.random.default_rng(0), D=3, H=4, dtype=np.float32)
    table = connectivity(partial(rnn.forward, params), rnn.backward, sequences().astype(np.float32))
    assert table.dtype == np.float32


@pytest.mark.parametrize(
    ("x", "mask", "error", "message"),
    [
        (np.ones((6, 3)), None, ValueError, "x must have the shape .* An axis is missing"),
        (np.ones((6, 2, 3), int), None, TypeError, "x must hold floats"),
        (np.ones((6, 2, 3)), np.ones((2, 6), bool), ValueError, "mask must have the shape"),
    ],
)
def test_wrong_arguments_are_refused(x, mask, error, message):
    with pytest.raises(error, match=message):
        connectivity(*recurrent("rnn"), x, mask)
