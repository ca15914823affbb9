"""What stands between two layers: equal to torch and to its numerical gradient, with each of its parts or without."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import dropout, layer_entry, layer_norm
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only


def drawn(seed, T=4, B=3, H=5):
    rng = np.random.default_rng(seed)
    u, d_v, gain, bias = (read_only(rng.normal(size=shape)) for shape in ((T, B, H), (T, B, H), H, H))
    return u, d_v, layer_norm.Params(gain, bias), dropout.draw_over_time(rng, (T, B, H), 0.4)


@pytest.mark.parametrize("dropped", [False, True])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_torch(dropped, seed):
    u, d_v, norm, m = drawn(seed)
    m = m if dropped else None
    in_torch = [leaf(array) for array in (u, *norm)]
    expected = torch.nn.functional.layer_norm(in_torch[0], u.shape[-1:], *in_torch[1:])
    expected = expected if m is None else torch.tensor(m) * expected
    expected.backward(torch.tensor(d_v))
    v, cache = layer_entry.forward(u, norm, m)
    d_u, grads = layer_entry.backward(d_v, cache)
    assert_agrees(v, expected.detach(), 1e-10)
    for actual, gradient in zip((d_u, *grads), gradients(*in_torch), strict=True):
        assert_agrees(actual, gradient, 1e-10)


@pytest.mark.parametrize("dropped", [False, True])
@pytest.mark.parametrize("normalized", [False, True])
def test_the_gradient_equals_central_differences(normalized, dropped):
    u, d_v, norm, m = drawn(0)
    norm, m = norm if normalized else None, m if dropped else None

    def loss(u):
        return float(np.sum(layer_entry.forward(u, norm, m)[0] * d_v))

    d_u, grads = layer_entry.backward(d_v, layer_entry.forward(u, norm, m)[1])
    assert_agrees(d_u, numerical_gradient(loss, u), 1e-8)
    assert (grads is None) == (norm is None)


def test_a_dropped_unit_enters_as_zero_and_passes_no_gradient():
    u, d_v, norm, m = drawn(0)
    v, cache = layer_entry.forward(u, norm, m)
    assert not v[np.broadcast_to(m == 0, v.shape)].any()
    elsewhere = np.where(m == 0, d_v + 7, d_v)
    for one, other in zip(
        layer_entry.backward(d_v, cache)[1], layer_entry.backward(elsewhere, cache)[1], strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_without_parts_everything_passes_as_it_is():
    u, d_v, _, _ = drawn(0)
    v, cache = layer_entry.forward(u)
    assert v is u
    assert layer_entry.backward(d_v, cache)[0] is d_v


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keep": np.ones((1, 3, 4))}, "keep must have the shape"),
        ({"norm": layer_norm.init(4)}, "x must have the shape"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changes, message):
    with pytest.raises(ValueError, match=message):
        layer_entry.forward(**({"u": np.ones((4, 3, 5))} | changes))
