"""The LSTM's gradient, line by line, against the package's and against a numerical one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.analysis.gradient_check import check_gradient
from rnnlab.lab import lstm_line_by_line as by_hand
from rnnlab.nets import lstm
from rnnlab.nets.parameters import leaves


def example(T, B, D, H, seed=0):
    rng = np.random.default_rng(seed)
    params = lstm.init(rng, D, H)
    start = lstm.State(rng.normal(size=(B, H)), rng.normal(size=(B, H)))
    return params, rng.normal(size=(T, B, D)), start, rng.normal(size=(T, B, H))


@given(T=st.integers(1, 5), B=st.integers(1, 3), D=st.integers(1, 4), H=st.integers(1, 4))
def test_it_agrees_with_the_package_at_every_size(T, B, D, H):
    params, x, start, d_h = example(T, B, D, H)
    _, cache = lstm.forward(params, x, start)
    for ours, theirs in zip(
        leaves(by_hand.backward(params, x, start, d_h)), leaves(lstm.backward(d_h, cache)), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_it_agrees_with_a_numerical_gradient():
    params, x, start, d_h = example(4, 2, 3, 4)
    _, _, grads = by_hand.backward(params, x, start, d_h)
    assert check_gradient(lambda p: float((lstm.forward(p, x, start)[0] * d_h).sum()), params, grads).passed


@pytest.mark.parametrize("part", ["h", "c"])
def test_a_step_is_linear_in_the_gradient_that_comes_back(part):
    params, x, start, d_h = example(1, 2, 3, 4)
    _, cache = lstm.forward(params, x, start)
    gates = lstm.Gates(*(gate[0] for gate in cache.gates))
    zero, some = np.zeros_like(d_h[0]), d_h[0]
    one = (some, zero) if part == "h" else (zero, some)
    first = by_hand.step_backward(params, x[0], start, gates, *one)
    double = by_hand.step_backward(params, x[0], start, gates, *(2 * each for each in one))
    for a, b in zip(leaves(first), leaves(double), strict=True):
        np.testing.assert_allclose(2 * a, b, rtol=1e-12)


def test_the_jacobian_of_the_cell_agrees_with_a_numerical_one():
    params, x, start, _ = example(1, 1, 3, 4, seed=5)
    o_prev = np.random.default_rng(6).uniform(size=4)

    def next_cell(c):
        return lstm.step(params, x[0], lstm.State((o_prev * np.tanh(c))[np.newaxis], c[np.newaxis])).c[0]

    c_prev, small = start.c[0], 1e-5
    _, cache = lstm.forward(params, x, lstm.State((o_prev * np.tanh(c_prev))[np.newaxis], start.c))
    jacobian = by_hand.cell_jacobian(
        params, lstm.Gates(*(gate[0, 0] for gate in cache.gates)), c_prev, o_prev
    )
    numerical = [(next_cell(c_prev + e) - next_cell(c_prev - e)) / (2 * small) for e in small * np.eye(4)]
    np.testing.assert_allclose(jacobian, np.transpose(numerical), atol=1e-9)
