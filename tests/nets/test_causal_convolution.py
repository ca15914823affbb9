"""The causal convolution: equal to torch, to its numerical gradient, and the properties that hold for all sizes."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import causal_convolution
from rnnlab.nets.causal_convolution import Params
from tests.nets import streams
from tests.nets.numerics import assert_agrees, gradients, leaf
from tests.nets.streams import Network, run

EXAMPLES = settings(max_examples=20, deadline=None)


def make_case(T=6, B=3, D=2, M=4, kernel=3, dilation=2, seed=0, masked=False):
    network = Network(
        forward=partial(causal_convolution.forward, dilation=dilation),
        backward=causal_convolution.backward,
        last_state=causal_convolution.last_state,
        step=partial(causal_convolution.step, dilation=dilation),
    )
    params = causal_convolution.init(np.random.default_rng(seed), D, M, kernel)
    zero_state = causal_convolution.zero_state(params, B, dilation)
    return streams.make_case(network, params, zero_state, T, B, D, seed, masked)


@st.composite
def cases(draw, masked=False):
    """Memories shorter and longer than the sequence, and kernels of one tap, which have none."""
    D = draw(st.integers(1, 5))
    return make_case(
        T=draw(st.integers(3, 8)),
        B=draw(st.integers(2, 4)),
        D=D,
        M=draw(st.integers(1, 5).filter(lambda M: M != D)),
        kernel=draw(st.integers(1, 4)),
        dilation=draw(st.integers(1, 4)),
        seed=draw(st.integers(0, 10**6)),
        masked=masked,
    )


@given(cases())
@EXAMPLES
def test_values_and_gradients_agree_with_torch(case):
    dilation = case.network.forward.keywords["dilation"]
    x, state, W, b = map(leaf, (case.x, case.state, *case.params))
    seen = torch.cat([state, x]).permute(1, 2, 0)
    expected = torch.nn.functional.conv1d(seen, W, b, dilation=dilation).permute(2, 0, 1)
    last = torch.cat([state, x])[len(case.x) :]
    ((expected * torch.tensor(case.d_y)).sum() + (last * torch.tensor(case.d_last)).sum()).backward()
    torch_results = (expected.detach().numpy(), last.detach().numpy(), *gradients(x, state, W, b))
    results = run(case)
    streams.assert_trees_agree((*results[:4], *results.grads), torch_results, 1e-10)


@given(case=cases())
@EXAMPLES
def test_no_state_is_the_zero_padding_of_conv1d(case):
    dilation, (M, D, kernel) = case.network.forward.keywords["dilation"], case.params.W.shape
    reach = (kernel - 1) * dilation
    layer = torch.nn.Conv1d(D, M, kernel, dilation=dilation, padding=reach, dtype=torch.float64)
    layer.load_state_dict({"weight": torch.tensor(case.params.W), "bias": torch.tensor(case.params.b)})
    x = leaf(case.x)
    expected = layer(x.permute(1, 2, 0))[..., : len(case.x)].permute(2, 0, 1)
    expected.backward(torch.tensor(case.d_y))
    y, cache = case.network.forward(case.params, case.x)
    d_x, _, grads = case.network.backward(case.d_y, cache)
    assert_agrees(y, expected.detach(), 1e-10)
    for actual, gradient in zip((d_x, *grads), gradients(x, layer.weight, layer.bias), strict=True):
        assert_agrees(actual, gradient, 1e-10)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (2, 1), (3, 2), (2, 7)])
def test_every_gradient_equals_central_differences(kernel, dilation, masked):
    streams.assert_gradients_equal_central_differences(
        make_case(kernel=kernel, dilation=dilation, masked=masked, seed=2)
    )


@given(cases(masked=True))
@EXAMPLES
def test_gradients_are_linear_in_the_upstream_gradient(case):
    streams.assert_linear_in_the_upstream_gradient(case)


@given(cases(masked=True))
@EXAMPLES
def test_padding_has_no_effect(case):
    streams.assert_padding_has_no_effect(case)


@given(cases(masked=True))
@EXAMPLES
def test_padding_gives_zeros_and_takes_no_gradient(case):
    garbage = case._replace(d_y=np.where(case.mask[..., None], case.d_y, np.nan))
    assert not run(garbage).y[~case.mask].any()
    streams.assert_trees_agree(run(garbage)[2:], run(case)[2:], 1e-15)


@given(cases(masked=True))
@EXAMPLES
def test_a_permuted_batch_permutes_the_results(case):
    streams.assert_a_permuted_batch_permutes_the_results(case)


@given(cases())
@EXAMPLES
def test_stepping_through_a_stream_equals_forward(case):
    streams.assert_steps_equal_forward(case)


@given(cases(), st.integers(1, 2))
@EXAMPLES
def test_a_sequence_cut_in_two_equals_the_whole(case, cut):
    streams.assert_a_cut_changes_nothing(case, cut)


@pytest.mark.parametrize("masked", [False, True])
def test_float32_stays_float32_and_agrees_with_float64(masked):
    streams.assert_float32_is_kept(make_case(masked=masked))


@pytest.mark.parametrize("masked", [False, True])
def test_inputs_that_are_views_give_the_same_result(masked):
    streams.assert_views_give_the_same(make_case(masked=masked))


def test_one_step_of_one_sequence_equals_the_equation_written_out():
    case = make_case(T=1, B=1, kernel=3, dilation=2)
    W, b = case.params
    y_1 = b + W[:, :, 2] @ case.x[0, 0] + W[:, :, 1] @ case.state[2, 0] + W[:, :, 0] @ case.state[0, 0]
    assert_agrees(run(case).y[0, 0], y_1, 1e-14)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 9))
@EXAMPLES
def test_an_output_sees_every_dilation_th_input_and_no_other(kernel, dilation, t):
    case = make_case(T=10, B=1, kernel=kernel, dilation=dilation)
    d_y = np.zeros_like(case.d_y)
    d_y[t] = 1
    _, cache = case.network.forward(case.params, case.x)
    d_x, _, _ = case.network.backward(d_y, cache)
    seen = {t - j * dilation for j in range(kernel)} & set(range(10))
    assert set(np.flatnonzero(d_x.any(axis=(1, 2)))) == seen


def test_a_missing_gradient_at_the_last_state_is_zero():
    case = make_case()
    _, cache = case.network.forward(case.params, case.x, case.state)
    without = case.network.backward(case.d_y, cache)
    streams.assert_trees_agree(without, run(case._replace(d_last=np.zeros_like(case.d_last)))[2:], 1e-15)


def test_a_sequence_of_padding_alone_keeps_its_state():
    case = make_case(B=2)
    mask = np.array([[True, False]] * len(case.x))
    results = run(case._replace(mask=mask))
    np.testing.assert_array_equal(results.last[:, 1], case.state[:, 1])
    np.testing.assert_array_equal(results.d_state[:, 1], case.d_last[:, 1])


@pytest.mark.parametrize(
    ("kernel", "dilations", "field"), [(3, [1, 2, 4], 15), (1, [1, 2], 1), (2, [], 1), (5, [3], 13)]
)
def test_receptive_field(kernel, dilations, field):
    assert causal_convolution.receptive_field(kernel, dilations) == field


def test_starting_weights_have_their_shapes_dtype_and_distribution():
    params = causal_convolution.init(np.random.default_rng(0), D=16, M=32, kernel=4, dtype=np.float32)
    assert [weight.shape for weight in params] == [(32, 16, 4), (32,)]
    assert {weight.dtype for weight in params} == {np.dtype(np.float32)}
    assert 0.99 / 8 < np.abs(params.W).max() <= 1 / 8


T, B, D, M, K = 5, 3, 2, 4, 3
PARAMS = Params(W=np.ones((M, D, K)), b=np.ones(M))
X, STATE, MASK, DELTA = np.ones((T, B, D)), np.ones((2, B, D)), np.ones((T, B), bool), np.ones((T, B, M))
GAP = np.array([[True], [False], [True], [True], [True]]) & MASK


def forward(x=X, state=STATE, mask=MASK, dilation=1, **params):
    return causal_convolution.forward(PARAMS._replace(**params), x, state, mask, dilation)


def backward(d_y=DELTA, d_last=None):
    return causal_convolution.backward(d_y, forward()[1], d_last)


def step(x_t=X[0], state=STATE, dilation=1):
    return causal_convolution.step(PARAMS, x_t, state, dilation)


REFUSED = [
    (
        forward,
        {"x": X.swapaxes(1, 2)},
        ValueError,
        r"x must have the shape \(T, B, D\) .* \.transpose\(0, 2, 1\) would fit",
    ),
    (forward, {"x": X[:0]}, ValueError, "An axis is empty: is there any data"),
    (forward, {"x": X[:, :0]}, ValueError, "An axis is empty: is there any data"),
    (forward, {"x": X * np.nan}, ValueError, "x must hold numbers, but holds NaN"),
    (forward, {"state": STATE * np.nan}, ValueError, "state must hold numbers, but holds NaN"),
    (
        forward,
        {"state": STATE[:1]},
        ValueError,
        r"state must have the shape \(\(k-1\)d, B, D\) with \(k-1\)d = 2",
    ),
    (forward, {"dilation": 2}, ValueError, r"state .* with \(k-1\)d = 4"),
    (forward, {"dilation": 0}, ValueError, "dilation must be a positive whole number"),
    (forward, {"W": PARAMS.W[:, 0]}, ValueError, r"W must have the shape \(M, D, k\)"),
    (forward, {"b": np.ones((M, 1))}, ValueError, r"b must have the shape \(M,\)"),
    (forward, {"mask": MASK.T}, ValueError, r"mask must have the shape \(T, B\)"),
    (forward, {"mask": GAP}, ValueError, "at batch place 0 the step t = 2 is real after padding"),
    (forward, {"mask": MASK * 1.0}, TypeError, "mask must be boolean"),
    (forward, {"x": X.astype(int)}, TypeError, "x must hold floats"),
    (forward, {"x": X.astype(np.float16)}, TypeError, "x must hold floats .* holds float16"),
    (forward, {"x": X.tolist()}, TypeError, "x must be a NumPy array"),
    (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64 like the other arguments"),
    (forward, {"W": PARAMS.W.astype(np.float32)}, TypeError, "W must be float64 like the other arguments"),
    (backward, {"d_y": X}, ValueError, r"d_y must have the shape \(T, B, M\) .* M = 4"),
    (backward, {"d_last": X}, ValueError, r"d_last must have the shape \(\(k-1\)d, B, D\)"),
    (backward, {"d_y": DELTA.astype(np.float32)}, TypeError, "d_y must be float64"),
    (step, {"x_t": X}, ValueError, "x_t .* There is an axis too many"),
    (step, {"state": STATE[:, :1]}, ValueError, r"state must have the shape"),
    (step, {"dilation": 2}, ValueError, r"state .* with \(k-1\)d = 4"),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


@pytest.mark.parametrize(("sizes", "name"), [((0, 2, 3), "D"), ((2, 0, 3), "M"), ((2, 2, 0), "kernel")])
def test_a_size_below_one_is_refused(sizes, name):
    with pytest.raises(ValueError, match=f"{name} must be a positive whole number"):
        causal_convolution.init(np.random.default_rng(0), *sizes)


@pytest.mark.parametrize(("kernel", "dilations", "name"), [(0, [1], "kernel"), (2, [1, 0], "dilation")])
def test_a_receptive_field_of_nothing_is_refused(kernel, dilations, name):
    with pytest.raises(ValueError, match=f"{name} must be a positive whole number"):
        causal_convolution.receptive_field(kernel, dilations)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == (T, B, M)
    assert backward()[0].shape == (T, B, D)
    assert step()[0].shape == (B, M)
