"""Layer normalization: equal to torch, equal to its numerical gradient, and the properties that it is used for."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import layer_norm
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only

NAMES = ("d_x", "gain", "bias")
LEADING = [(), (2,), (4, 3)]


def make_case(leading, H, seed=0, dtype=np.float64):
    """Parameters, inputs and the gradient at the outputs, all random and read-only."""
    rng = np.random.default_rng(seed)
    gain, bias = rng.normal(size=(2, H)).astype(dtype)
    x, d_y = rng.normal(2, 3, size=(2, *leading, H)).astype(dtype)
    params = layer_norm.Params(read_only(gain), read_only(bias))
    return params, read_only(x), read_only(d_y)


def run(params, x, d_y):
    y, cache = layer_norm.forward(params, x)
    d_x, grads = layer_norm.backward(d_y, cache)
    return {"y": y, "d_x": d_x, **grads._asdict()}


def from_torch(params, x, d_y):
    inputs, gain, bias = leaf(x), leaf(params.gain), leaf(params.bias)
    y = torch.nn.functional.layer_norm(inputs, gain.shape, gain, bias)
    y.backward(torch.tensor(d_y))
    return {"y": y.detach().numpy(), **dict(zip(NAMES, gradients(inputs, gain, bias), strict=True))}


@pytest.mark.parametrize("leading", LEADING)
@given(H=st.integers(3, 9), seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_agrees_with_torch(leading, H, seed):
    case = make_case(leading, H, seed)
    ours = run(*case)
    for name, expected in from_torch(*case).items():
        assert_agrees(ours[name], expected, 1e-10)


@pytest.mark.parametrize("H", [1, 2])
def test_one_or_two_units_of_which_only_epsilon_leaves_a_gradient_agree_with_torch_too(H):
    case = make_case((4, 3), H)
    ours = run(*case)
    for name, expected in from_torch(*case).items():
        # one unit becomes 0, two become ±1: terms of up to 1/√ε cancel, and what rounding leaves of them differs
        np.testing.assert_allclose(ours[name], expected, rtol=1e-10, atol=1e-12)


def test_starting_weights_and_epsilon_are_those_of_the_layer_of_torch():
    layer = torch.nn.LayerNorm(5)
    assert layer.eps == layer_norm.EPSILON
    for ours, theirs in zip(layer_norm.init(5, np.float32), layer.parameters(), strict=True):
        np.testing.assert_array_equal(ours, theirs.detach().numpy())
        assert ours.dtype == np.float32


@pytest.mark.parametrize("leading", LEADING)
@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_equals_central_differences(name, leading):
    params, x, d_y = make_case(leading, H=5)
    arguments = {"d_x": x, **params._asdict()}

    def loss(value):
        now = arguments | {name: value}
        y, _ = layer_norm.forward(layer_norm.Params(now["gain"], now["bias"]), now["d_x"])
        return float(np.sum(d_y * y))

    assert_agrees(run(params, x, d_y)[name], numerical_gradient(loss, arguments[name]), 1e-8)


@given(H=st.integers(3, 9), seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(H, seed):
    params, x, d_y = make_case((4, 3), H, seed)
    other = d_y[::-1] - 1
    one, two, both = (run(params, x, d) for d in (d_y, other, 3 * d_y + other))
    for name in NAMES:
        assert_agrees(both[name], 3 * one[name] + two[name], 1e-12)


@given(
    H=st.integers(2, 9), shift=st.floats(-100, 100), factor=st.floats(0.5, 100), seed=st.integers(0, 10**6)
)
@settings(max_examples=20, deadline=None)
def test_neither_shift_nor_scale_of_a_place_matter(H, shift, factor, seed):
    x = np.random.default_rng(seed).uniform(-1, 1, size=(4, 3, H))
    x += np.arange(H) * 5  # units are at least 3 apart, so that the variance is far above ε
    y, _ = layer_norm.forward(layer_norm.init(H), x)
    moved, _ = layer_norm.forward(layer_norm.init(H), factor * x + shift)
    assert_agrees(moved, y, 1e-4)
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-14)
    np.testing.assert_allclose(y.std(axis=-1), 1, atol=1e-4)


def test_each_place_is_normalized_by_itself():
    params, x, d_y = make_case((4, 3), H=5)
    whole = run(params, x, d_y)
    for t, b in np.ndindex(4, 3):
        place = run(params, x[t, b], d_y[t, b])
        assert_agrees(place["y"], whole["y"][t, b], 1e-14)
        assert_agrees(place["d_x"], whole["d_x"][t, b], 1e-14)


def test_a_place_of_equal_units_becomes_the_bias():
    params, _, _ = make_case((1,), H=4)
    y, _ = layer_norm.forward(params, np.full((2, 4), 7.0))
    np.testing.assert_array_equal(y, [params.bias, params.bias])


def test_float32_stays_float32_and_agrees_with_float64():
    single, double = (run(*make_case((4, 3), 5, dtype=dtype)) for dtype in (np.float32, np.float64))
    for name, value in single.items():
        assert value.dtype == np.float32
        assert_agrees(value, double[name], 1e-5)


def test_a_large_mean_costs_no_precision_beyond_its_rounding():
    x = np.random.default_rng(0).normal(size=(4, 8))
    y, _ = layer_norm.forward(layer_norm.init(8), x)
    far, _ = layer_norm.forward(layer_norm.init(8), x + 1e6)
    assert_agrees(far, y, 1e-9)


def test_inputs_that_are_views_give_the_same_result():
    params, x, d_y = make_case((4, 3), 5)
    spread_x, spread_d = (np.repeat(array, 2, axis=-1)[..., ::2] for array in (x, d_y))
    assert not spread_x.flags.c_contiguous
    for name, value in run(params, spread_x, spread_d).items():
        assert_agrees(value, run(params, x, d_y)[name], 1e-14)


def test_what_is_wrong_is_refused_by_name():
    params, x, d_y = make_case((4, 3), 5)
    with pytest.raises(ValueError, match=r"x must have the shape .* H = 5, but has the shape \(4, 3, 4\)"):
        layer_norm.forward(params, x[..., :4])
    with pytest.raises(TypeError, match="x must be float64 like the other arguments, but is float32"):
        layer_norm.forward(params, x.astype(np.float32))
    with pytest.raises(TypeError, match="x must be a NumPy array"):
        layer_norm.forward(params, x.tolist())
    with pytest.raises(ValueError, match=r"gain must have the shape \(H,\) with H = 5"):
        layer_norm.forward(params._replace(gain=params.gain[:3]), x)
    with pytest.raises(ValueError, match="d_y must have the shape"):
        layer_norm.backward(d_y[:2], layer_norm.forward(params, x)[1])
    with pytest.raises(ValueError, match="H must be a positive whole number, but is 0"):
        layer_norm.init(0)
