"""The convolution over images: equal to torch, to its numerical gradient, and what holds for all sizes."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import convolution
from rnnlab.nets.convolution import Params
from rnnlab.nets.windows import windows, windows_backward
from tests.nets.numerics import assert_agrees, gradients, leaf, numerical_gradient, read_only

EXAMPLES = settings(max_examples=25, deadline=None)
NAMES = ("y", "d_x", "W", "b")


class Case(NamedTuple):
    params: Params
    x: np.ndarray
    d_y: np.ndarray
    stride: tuple[int, int]
    padding: tuple[int, int]


def make_case(
    B=2, C=3, M=4, image=(5, 6), kernel=(3, 2), stride=(1, 2), padding=(1, 0), seed=0, dtype=np.float64
):
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return read_only(rng.normal(size=shape).astype(dtype))

    params, x = Params(draw(M, C, *kernel), draw(M)), draw(B, C, *image)
    y, _ = convolution.forward(params, x, stride, padding)
    return Case(params, x, draw(*y.shape), stride, padding)


@st.composite
def cases(draw):
    """Images of different height and width, with rows and columns that fill no whole window."""
    C, kernel = draw(st.integers(1, 4)), draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return make_case(
        B=draw(st.integers(2, 3)),
        C=C,
        M=draw(st.integers(1, 4).filter(lambda M: M != C)),
        image=draw(st.tuples(st.integers(3, 7), st.integers(3, 7))),
        kernel=kernel,
        stride=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        padding=draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
        seed=draw(st.integers(0, 10**6)),
    )


def run(case):
    y, cache = convolution.forward(case.params, case.x, case.stride, case.padding)
    d_x, grads = convolution.backward(case.d_y, cache)
    return {"y": y, "d_x": d_x, **grads._asdict()}


@given(cases())
@EXAMPLES
def test_values_and_gradients_agree_with_torch(case):
    x, W, b = map(leaf, (case.x, *case.params))
    expected = torch.nn.functional.conv2d(x, W, b, case.stride, case.padding)
    expected.backward(torch.tensor(case.d_y))
    results = run(case)
    assert_agrees(results["y"], expected.detach(), 1e-10)
    for name, gradient in zip(NAMES[1:], gradients(x, W, b), strict=True):
        # windows that lie in the padding alone leave a gradient at x or W that is zero, which only its shape can tell
        if np.any(gradient):
            assert_agrees(results[name], gradient, 1e-10)
        else:
            np.testing.assert_array_equal(results[name], gradient)


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize(("stride", "padding"), [((1, 1), (0, 0)), ((2, 1), (1, 2)), ((3, 2), (0, 1))])
def test_every_gradient_equals_central_differences(name, stride, padding):
    case = make_case(stride=stride, padding=padding, seed=1)
    inputs = {"d_x": case.x, **case.params._asdict()}

    def loss(value):
        now = inputs | {name: value}
        y, _ = convolution.forward(Params(now["W"], now["b"]), now["d_x"], stride, padding)
        return float(np.sum(y * case.d_y))

    assert_agrees(run(case)[name], numerical_gradient(loss, inputs[name]), 1e-8)


@given(cases())
@EXAMPLES
def test_gradients_are_linear_in_the_upstream_gradient(case):
    other = case._replace(d_y=case.d_y**2)
    both = case._replace(d_y=3 * case.d_y + other.d_y)
    one, two, sum_of_both = map(run, (case, other, both))
    for name in NAMES[1:]:
        np.testing.assert_allclose(sum_of_both[name], 3 * one[name] + two[name], atol=1e-11)


@given(cases())
@EXAMPLES
def test_a_permuted_batch_permutes_the_results(case):
    permuted = run(case._replace(x=case.x[::-1], d_y=case.d_y[::-1]))
    for name, value in run(case).items():
        expected = value[::-1] if name in ("y", "d_x") else value
        np.testing.assert_allclose(permuted[name], expected, atol=1e-11)


@given(cases())
@EXAMPLES
def test_each_output_is_the_sum_written_out(case):
    (ph, pw), (sh, sw), (_, _, kh, kw) = case.padding, case.stride, case.params.W.shape
    x = np.pad(case.x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = run(case)["y"]
    p, q = y.shape[2] - 1, y.shape[3] - 1
    seen = x[1, :, p * sh : p * sh + kh, q * sw : q * sw + kw]
    expected = case.params.b + (case.params.W * seen).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(y[1, :, p, q], expected, atol=1e-12)


def test_a_shifted_image_gives_a_shifted_output():
    case = make_case(image=(6, 8), stride=(1, 1), padding=(0, 0))
    y, _ = convolution.forward(case.params, case.x)
    shifted, _ = convolution.forward(case.params, np.roll(case.x, 1, axis=3))
    assert_agrees(shifted[..., 1:], y[..., :-1], 1e-13)


def test_a_kernel_as_large_as_the_image_is_a_dense_layer():
    case = make_case(kernel=(5, 6), stride=(1, 1), padding=(0, 0))
    dense = case.x.reshape(2, -1) @ case.params.W.reshape(4, -1).T + case.params.b
    assert_agrees(run(case)["y"][:, :, 0, 0], dense, 1e-13)


def test_one_number_stands_for_height_and_width():
    case = make_case()
    one, _ = convolution.forward(case.params, case.x, 2, 1)
    two, _ = convolution.forward(case.params, case.x, (2, 2), (1, 1))
    np.testing.assert_array_equal(one, two)
    assert convolution.init(np.random.default_rng(0), 1, 2, 3).W.shape == (2, 1, 3, 3)


def test_a_single_image_of_one_pixel_passes():
    results = run(make_case(B=1, image=(1, 1), kernel=(1, 1), stride=(1, 1), padding=(0, 0)))
    assert results["y"].shape == (1, 4, 1, 1)
    assert results["d_x"].shape == (1, 3, 1, 1)


def test_float32_stays_float32_and_agrees_with_float64():
    double = run(make_case())
    for name, value in run(make_case(dtype=np.float32)).items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 1e-5)


def test_inputs_that_are_views_give_the_same_result():
    def spread_out(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    case = make_case()
    views = case._replace(
        params=Params(*map(spread_out, case.params)), x=spread_out(case.x), d_y=spread_out(case.d_y)
    )
    assert not views.x.flags.c_contiguous
    for name, value in run(case).items():
        assert_agrees(run(views)[name], value, 1e-13)


@given(cases())
@EXAMPLES
def test_the_way_back_from_windows_is_the_transpose_of_the_way_to_them(case):
    kernel, size = case.params.W.shape[2:], case.x.shape[2:]
    seen = windows(case.x, kernel, case.stride)
    upstream = np.random.default_rng(0).normal(size=seen.shape)
    back = windows_backward(upstream, size, case.stride)
    assert np.sum(seen * upstream) == pytest.approx(np.sum(case.x * back), abs=1e-11)


def test_starting_weights_have_their_dtype_and_distribution():
    params = convolution.init(np.random.default_rng(0), C=4, M=32, kernel=(2, 8), dtype=np.float32)
    assert [weight.shape for weight in params] == [(32, 4, 2, 8), (32,)]
    assert {weight.dtype for weight in params} == {np.dtype(np.float32)}
    assert 0.99 / 8 < np.abs(params.W).max() <= 1 / 8


PARAMS = Params(W=np.ones((4, 2, 3, 3)), b=np.ones(4))
X, DELTA = np.ones((2, 2, 5, 6)), np.ones((2, 4, 3, 4))


def forward(x=X, stride=1, padding=0, **params):
    return convolution.forward(PARAMS._replace(**params), x, stride, padding)


def backward(d_y=DELTA):
    return convolution.backward(d_y, forward()[1])


REFUSED = [
    (
        forward,
        {"x": X.transpose(0, 2, 3, 1)},
        ValueError,
        r"x must have the shape \(B, C, H, W\) .* \.transpose.* would fit",
    ),
    (forward, {"x": X[0]}, ValueError, "x .* An axis is missing. A single sequence has a batch axis too"),
    (forward, {"x": X[:0]}, ValueError, "An axis is empty"),
    (forward, {"x": X * np.nan}, ValueError, "x must hold numbers, but holds NaN at 120 places"),
    (forward, {"x": X[:, :, :2]}, ValueError, r"the kernel \(3, 3\) must fit into the image, .* is \(2, 6\)"),
    (forward, {"stride": 0}, ValueError, "stride must be a whole number of at least 1"),
    (forward, {"stride": (1, 2, 3)}, ValueError, "stride must be .* or two of them for height and width"),
    (forward, {"padding": -1}, ValueError, "padding must be a whole number of at least 0"),
    (forward, {"padding": "same"}, ValueError, "padding must be .* but is 'same'"),
    (forward, {"W": np.ones((4, 2, 3))}, ValueError, r"W must have the shape \(M, C, kh, kw\)"),
    (forward, {"b": np.ones(5)}, ValueError, "W must have .* M = 5"),
    (forward, {"x": X.astype(np.uint8)}, TypeError, "x must hold floats .* but holds uint8"),
    (forward, {"x": X.astype(np.float16)}, TypeError, "x must hold floats"),
    (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64 like the other arguments"),
    (forward, {"x": X.tolist()}, TypeError, "x must be a NumPy array"),
    (backward, {"d_y": DELTA[:, :, 1:]}, ValueError, r"d_y must have the shape .* H_out = 3, W_out = 4"),
    (backward, {"d_y": DELTA.astype(np.float32)}, TypeError, "d_y must be float64"),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


@pytest.mark.parametrize(("sizes", "name"), [((0, 2, 3), "C"), ((2, 0, 3), "M"), ((2, 2, (3, 0)), "kernel")])
def test_a_size_below_one_is_refused(sizes, name):
    with pytest.raises(ValueError, match=f"{name} must be a"):
        convolution.init(np.random.default_rng(0), *sizes)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == DELTA.shape
    assert backward()[0].shape == X.shape
