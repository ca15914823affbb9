"""Pooling over time: equal to torch sequence by sequence, to its numerical gradient, and blind to padding."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import pooling_over_time as pooling
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only

EXAMPLES = settings(max_examples=25, deadline=None)

POOLS = {
    "mean": (pooling.mean_over_time, pooling.mean_over_time_backward, lambda x: x.mean(dim=0)),
    "max": (pooling.max_over_time, pooling.max_over_time_backward, lambda x: x.amax(dim=0)),
}
names = pytest.mark.parametrize("name", POOLS)


def make_case(T=5, B=3, D=2, seed=0):
    """A batch, a mask with gaps at any place, and an upstream gradient."""
    rng = np.random.default_rng(seed)
    mask = rng.random((T, B)) < 0.6
    mask[rng.integers(0, T, B), np.arange(B)] = True
    return tuple(map(read_only, (rng.normal(size=(T, B, D)), mask, rng.normal(size=(B, D)))))


cases = st.builds(make_case, st.integers(3, 7), st.integers(2, 4), st.integers(1, 4), st.integers(0, 10**6))


def run(name, x, mask, d_y):
    pool, backward, _ = POOLS[name]
    y, cache = pool(x, mask)
    return y, backward(d_y, cache)


@names
@given(case=cases)
@EXAMPLES
def test_values_and_gradients_agree_with_torch(name, case):
    x, mask, d_y = case
    x_torch = leaf(x)
    expected = torch.stack([POOLS[name][2](x_torch[real, b]) for b, real in enumerate(torch.tensor(mask).T)])
    expected.backward(torch.tensor(d_y))
    y, d_x = run(name, x, mask, d_y)
    assert_agrees(y, expected.detach(), 1e-10)
    assert_agrees(d_x, *gradients(x_torch), 1e-10)


@names
def test_the_gradient_equals_central_differences(name):
    x, mask, d_y = make_case()
    for used in (mask, None):
        numerical = numerical_gradient(
            lambda value, m=used: float(np.sum(d_y * run(name, value, m, d_y)[0])), x
        )
        assert_agrees(run(name, x, used, d_y)[1], numerical, 1e-8)


@names
@given(case=cases)
@EXAMPLES
def test_padding_has_no_effect(name, case):
    x, mask, d_y = case
    y, d_x = run(name, x, mask, d_y)
    garbage = run(name, np.where(mask[..., None], x, np.inf), mask, d_y)
    np.testing.assert_array_equal(garbage[0], y)
    np.testing.assert_array_equal(garbage[1], d_x)
    assert not d_x[~mask].any()


@names
@given(case=cases)
@EXAMPLES
def test_the_gradient_is_linear_in_the_upstream_gradient(name, case):
    x, mask, d_y = case
    one, two, both = (run(name, x, mask, each)[1] for each in (d_y, d_y**2, 3 * d_y + d_y**2))
    assert_agrees(both, 3 * one + two, 1e-12)


@names
@given(case=cases)
@EXAMPLES
def test_a_permuted_batch_permutes_and_permuted_time_changes_no_result(name, case):
    x, mask, d_y = case
    y, d_x = run(name, x, mask, d_y)
    other = run(name, x[::-1, ::-1], mask[::-1, ::-1], d_y[::-1])
    assert_agrees(other[0], y[::-1], 1e-13)
    assert_agrees(other[1], d_x[::-1, ::-1], 1e-13)


@names
def test_no_mask_means_that_every_step_is_real(name):
    x, mask, d_y = make_case()
    for one, other in zip(run(name, x, None, d_y), run(name, x, np.ones_like(mask), d_y), strict=True):
        np.testing.assert_array_equal(one, other)


@names
def test_one_step_of_one_sequence_is_itself(name):
    x, _, d_y = make_case(T=1, B=1)
    y, d_x = run(name, x, None, d_y)
    np.testing.assert_array_equal(y, x[0])
    np.testing.assert_array_equal(d_x[0], d_y)


@names
def test_float32_stays_float32(name):
    x, mask, d_y = make_case()
    singles = run(name, x.astype(np.float32), mask, d_y.astype(np.float32))
    for single, double in zip(singles, run(name, x, mask, d_y), strict=True):
        assert single.dtype == np.float32
        assert_agrees(single, double, 1e-6)


@names
def test_inputs_that_are_views_give_the_same_result(name):
    x, mask, d_y = make_case()
    views = [np.repeat(array.T, 2, axis=0)[::2].T for array in (x, mask, d_y)]
    assert not views[0].flags.c_contiguous
    for one, other in zip(run(name, *views), run(name, x, mask, d_y), strict=True):
        np.testing.assert_array_equal(one, other)


X, MASK, DELTA = np.ones((4, 3, 2)), np.ones((4, 3), bool), np.ones((3, 2))
EMPTY = MASK & [True, False, True]

REFUSED = [
    ({"x": X[0]}, ValueError, r"x must have the shape \(T, B, D\)"),
    ({"x": X[:0]}, ValueError, "An axis is empty"),
    ({"x": X * np.nan}, ValueError, "x must hold numbers"),
    ({"x": X.astype(int)}, TypeError, "x must hold floats"),
    ({"mask": MASK.T}, ValueError, r"mask must have the shape \(T, B\)"),
    ({"mask": MASK * 1}, TypeError, "mask must be boolean"),
    (
        {"mask": EMPTY},
        ValueError,
        "True somewhere in every sequence, but the one at batch place 1 is all padding",
    ),
    ({"d_y": DELTA.T}, ValueError, r"d_y must have the shape \(B, D\)"),
    ({"d_y": DELTA.astype(np.float32)}, TypeError, "d_y must be float64"),
]


@names
@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(name, arguments, error, message):
    good = {"x": X, "mask": MASK, "d_y": DELTA}
    assert run(name, **good)[1].shape == X.shape
    with pytest.raises(error, match=message):
        run(name, **good | arguments)
