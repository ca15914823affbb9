"""Pooling over images: equal to torch, to its numerical gradient, and the properties that hold for all sizes."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import pooling
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only

EXAMPLES = settings(max_examples=25, deadline=None)

POOLS = {
    "max": (pooling.max_pool, pooling.max_pool_backward, torch.nn.functional.max_pool2d),
    "average": (pooling.average_pool, pooling.average_pool_backward, torch.nn.functional.avg_pool2d),
    "global": (
        lambda x, kernel, stride: pooling.global_average_pool(x),
        pooling.global_average_pool_backward,
        lambda x, kernel, stride: x.mean(dim=(2, 3)),
    ),
}
names = pytest.mark.parametrize("name", POOLS)


def run(name, x, kernel, stride, d_y=None):
    pool, backward, _ = POOLS[name]
    y, cache = pool(x, kernel, stride)
    return y, backward(
        np.cos(np.arange(y.size, dtype=x.dtype)).reshape(y.shape) if d_y is None else d_y, cache
    )


def draw_image(*shape, seed=0):
    return read_only(np.random.default_rng(seed).normal(size=shape))


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
images = st.builds(
    draw_image,
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(3, 7),
    st.integers(3, 7),
    seed=st.integers(0, 10**6),
)


@names
@given(x=images, kernel=pairs, stride=pairs | st.none(), seed=st.integers(0, 10**6))
@EXAMPLES
def test_values_and_gradients_agree_with_torch(name, x, kernel, stride, seed):
    x_torch = leaf(x)
    expected = POOLS[name][2](x_torch, kernel, stride)
    d_y = np.random.default_rng(seed).normal(size=tuple(expected.shape))
    expected.backward(torch.tensor(d_y))
    y, d_x = run(name, x, kernel, stride, d_y)
    assert_agrees(y, expected.detach(), 1e-10)
    assert_agrees(d_x, *gradients(x_torch), 1e-10)


@names
@pytest.mark.parametrize("stride", [None, 1, (2, 3)])
def test_the_gradient_equals_central_differences(name, stride):
    x = draw_image(2, 3, 5, 6)
    y, _ = run(name, x, (2, 3), stride)
    d_y = np.random.default_rng(1).normal(size=y.shape)
    numerical = numerical_gradient(lambda value: float(np.sum(d_y * run(name, value, (2, 3), stride)[0])), x)
    assert_agrees(run(name, x, (2, 3), stride, d_y)[1], numerical, 1e-8)


@names
def test_the_gradient_is_linear_in_the_upstream_gradient(name):
    x = draw_image(2, 3, 5, 6)
    one = np.random.default_rng(1).normal(size=run(name, x, 2, 1)[0].shape)
    d_x, d_x_square, d_x_both = (run(name, x, 2, 1, d_y)[1] for d_y in (one, one**2, 3 * one + one**2))
    assert_agrees(d_x_both, 3 * d_x + d_x_square, 1e-12)


@names
def test_a_permuted_batch_permutes_the_results(name):
    x = draw_image(3, 2, 5, 6)
    y, _ = run(name, x, 2, 1)
    d_y = np.random.default_rng(1).normal(size=y.shape)
    permuted = run(name, x[::-1], 2, 1, d_y[::-1])
    for one, other in zip(permuted, run(name, x, 2, 1, d_y), strict=True):
        assert_agrees(one, other[::-1], 1e-14)


def test_among_equal_values_the_first_one_wins_as_in_torch():
    x = np.zeros((1, 1, 4, 4))
    x_torch = leaf(x)
    torch.nn.functional.max_pool2d(x_torch, 2).sum().backward()
    y, cache = pooling.max_pool(x, 2)
    np.testing.assert_array_equal(pooling.max_pool_backward(np.ones_like(y), cache), *gradients(x_torch))


@names
def test_float32_stays_float32(name):
    x = draw_image(2, 3, 5, 6)
    singles = run(name, x.astype(np.float32), 2, None)
    for single, double in zip(singles, run(name, x, 2, None), strict=True):
        assert single.dtype == np.float32
        assert_agrees(single, double, 1e-6)


@names
def test_images_that_are_views_give_the_same_result(name):
    x = draw_image(2, 3, 5, 6)
    view = np.repeat(x.T, 2, axis=0)[::2].T
    assert not view.flags.c_contiguous
    for one, other in zip(run(name, view, 2, None), run(name, x, 2, None), strict=True):
        assert_agrees(one, other, 1e-14)


X = np.ones((2, 3, 4, 6))

REFUSED = [
    ({"x": X[0]}, ValueError, r"x must have the shape \(B, C, H, W\)"),
    ({"x": X[:, :0]}, ValueError, "An axis is empty"),
    ({"x": X * np.nan}, ValueError, "x must hold numbers"),
    ({"x": X.astype(int)}, TypeError, "x must hold floats"),
    ({"kernel": 5}, ValueError, r"the kernel \(5, 5\) must fit into the image, .* is \(4, 6\)"),
    ({"kernel": 0}, ValueError, "kernel must be a whole number of at least 1"),
    ({"kernel": 2.0}, ValueError, "kernel must be a whole number"),
    ({"stride": (0, 1)}, ValueError, "stride must be a whole number of at least 1"),
]


@pytest.mark.parametrize("pool", [pooling.max_pool, pooling.average_pool])
@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(pool, arguments, error, message):
    assert pool(X, 2, 2)[0].shape == (2, 3, 2, 3)
    with pytest.raises(error, match=message):
        pool(**{"x": X, "kernel": 2, "stride": None} | arguments)


@pytest.mark.parametrize(
    ("x", "error"), [(X[0], ValueError), (X * np.nan, ValueError), (X.tolist(), TypeError)]
)
def test_a_wrong_image_has_no_global_average(x, error):
    with pytest.raises(error, match="x must"):
        pooling.global_average_pool(x)


@names
def test_a_wrong_upstream_gradient_is_refused(name):
    pool, backward, _ = POOLS[name]
    y, cache = pool(X, 2, None)
    with pytest.raises(ValueError, match="d_y must have the shape"):
        backward(y[:1], cache)
    with pytest.raises(TypeError, match="d_y must be float64 like the other arguments"):
        backward(y.astype(np.float32), cache)
