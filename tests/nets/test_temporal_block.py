"""The residual block: equal to torch, to its numerical gradient, and the properties that hold for all sizes."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import temporal_block
from rnnlab.nets.parameters import leaves, mapped
from tests.nets import streams
from tests.nets.numerics import gradients, leaf
from tests.nets.streams import Network, run

EXAMPLES = settings(max_examples=20, deadline=None)
ACTIVATIONS = ("relu", "tanh", "sigmoid", "identity")


def make_case(T=6, B=3, D=2, M=4, kernel=3, dilation=2, seed=0, masked=False, activation="tanh"):
    network = Network(
        forward=partial(temporal_block.forward, dilation=dilation, activation=activation),
        backward=temporal_block.backward,
        last_state=temporal_block.last_state,
        step=partial(temporal_block.step, dilation=dilation, activation=activation),
    )
    params = temporal_block.init(np.random.default_rng(seed), D, M, kernel)
    zero_state = temporal_block.zero_state(params, B, dilation)
    return streams.make_case(network, params, zero_state, T, B, D, seed, masked)


@st.composite
def cases(draw, masked=False, activation="tanh"):
    """Blocks with a projection, D ≠ M, and without one, D = M."""
    return make_case(
        T=draw(st.integers(3, 8)),
        B=draw(st.integers(2, 4)),
        D=draw(st.integers(1, 4)),
        M=draw(st.integers(1, 4)),
        kernel=draw(st.integers(1, 3)),
        dilation=draw(st.integers(1, 3)),
        seed=draw(st.integers(0, 10**6)),
        masked=masked,
        activation=activation,
    )


def torch_block(x, state, weights, dilation, f):
    """The block written in torch; `weights` are the leaves of its parameters. Returns y and the last state."""

    def causal(sequence, memory, W, b):
        seen = torch.cat([memory, sequence])
        y = torch.nn.functional.conv1d(seen.permute(1, 2, 0), W, b, dilation=dilation).permute(2, 0, 1)
        return y, seen[len(sequence) :]

    W_1, b_1, W_2, b_2, *projection = weights
    h, last_first = causal(x, state[0], W_1, b_1)
    g, last_second = causal(f(h), state[1], W_2, b_2)
    passed_by = torch.nn.functional.linear(x, *projection) if projection else x
    return f(f(g) + passed_by), (last_first, last_second)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@given(data=st.data())
@EXAMPLES
def test_values_and_gradients_agree_with_torch(activation, data):
    case = data.draw(cases(activation=activation))
    x, state, weights = leaf(case.x), [*map(leaf, case.state)], [*map(leaf, leaves(case.params))]
    dilation = case.network.forward.keywords["dilation"]
    expected, last = torch_block(x, state, weights, dilation, getattr(torch, activation))
    loss = (expected * torch.tensor(case.d_y)).sum()
    for one, d_one in zip(last, case.d_last, strict=True):
        loss = loss + (one * torch.tensor(d_one)).sum()
    loss.backward()
    results = run(case)
    ours = leaves((results.y, results.d_x, results.d_state, results.grads))
    torchs = (expected.detach().numpy(), *gradients(x, *state, *weights))
    streams.assert_trees_agree(tuple(ours), torchs, 1e-10)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("D", [2, 4])
def test_every_gradient_equals_central_differences(D, activation, masked):
    streams.assert_gradients_equal_central_differences(
        make_case(D=D, activation=activation, masked=masked, seed=2)
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(data=st.data())
@EXAMPLES
def test_padding_has_no_effect(activation, data):
    streams.assert_padding_has_no_effect(data.draw(cases(masked=True, activation=activation)))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_padding_gives_zeros_and_takes_no_gradient(activation):
    case = make_case(masked=True, activation=activation)
    assert not case.mask.all()
    garbage = case._replace(d_y=np.where(case.mask[..., None], case.d_y, np.nan))
    assert not run(garbage).y[~case.mask].any()
    streams.assert_trees_agree(run(garbage)[2:], run(case)[2:], 1e-15)


@given(cases(masked=True))
@EXAMPLES
def test_gradients_are_linear_in_the_upstream_gradient(case):
    streams.assert_linear_in_the_upstream_gradient(case)


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
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_float32_stays_float32_and_agrees_with_float64(activation, masked):
    streams.assert_float32_is_kept(make_case(masked=masked, activation=activation))


@pytest.mark.parametrize("masked", [False, True])
def test_inputs_that_are_views_give_the_same_result(masked):
    streams.assert_views_give_the_same(make_case(masked=masked))


def test_one_step_of_one_sequence_passes():
    case = make_case(T=1, B=1)
    streams.assert_steps_equal_forward(case)
    streams.assert_gradients_equal_central_differences(case)


def test_with_zero_weights_a_block_passes_its_input_by():
    case = make_case(D=4, M=4, activation="relu")
    y, _ = case.network.forward(mapped(np.zeros_like, case.params), case.x)
    np.testing.assert_array_equal(y, np.maximum(case.x, 0))


def test_a_projection_is_there_only_where_the_widths_differ():
    rng = np.random.default_rng(0)
    assert temporal_block.init(rng, 3, 3, kernel=2).projection is None
    assert temporal_block.init(rng, 2, 3, kernel=2).projection.W.shape == (3, 2)
    dtypes = {weight.dtype for weight in leaves(temporal_block.init(rng, 2, 3, 2, dtype=np.float32))}
    assert dtypes == {np.dtype(np.float32)}


def test_outputs_are_closed_to_writing_because_the_backward_pass_reads_them():
    y = run(make_case()).y
    with pytest.raises(ValueError, match="read-only"):
        y += 1


T, B, D, M, K = 5, 3, 2, 4, 3
PARAMS = temporal_block.init(np.random.default_rng(0), D, M, K)
X, STATE = np.ones((T, B, D)), temporal_block.zero_state(PARAMS, B)
MASK, DELTA = np.ones((T, B), bool), np.ones((T, B, M))


def forward(x=X, state=STATE, mask=MASK, dilation=1, activation="relu", params=PARAMS):
    return temporal_block.forward(params, x, state, mask, dilation, activation)


def backward(d_y=DELTA, d_last=STATE):
    return temporal_block.backward(d_y, forward()[1], d_last)


def step(x_t=X[0], state=STATE, activation="relu"):
    return temporal_block.step(PARAMS, x_t, state, activation=activation)


NARROW = temporal_block.init(np.random.default_rng(0), 1, 1, K)
REFUSED = [
    (forward, {"x": X[0]}, ValueError, r"x must have the shape \(T, B, D\)"),
    (forward, {"x": X[:0]}, ValueError, "An axis is empty"),
    (forward, {"x": X * np.nan}, ValueError, "x must hold numbers"),
    (forward, {"x": X.astype(int)}, TypeError, "x must hold floats"),
    (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64"),
    (forward, {"mask": MASK.T}, ValueError, r"mask must have the shape \(T, B\)"),
    (forward, {"mask": ~np.eye(T, B, dtype=bool)}, ValueError, "is real after padding"),
    (
        forward,
        {"state": STATE[0]},
        TypeError,
        "state must be an rnnlab.nets.temporal_block.State, .* is of type numpy.ndarray",
    ),
    (forward, {"state": STATE._replace(first=X)}, ValueError, "state must have the shape"),
    (forward, {"state": STATE._replace(second=STATE.second * np.nan)}, ValueError, "state must hold numbers"),
    (forward, {"activation": "softmax"}, ValueError, "activation must be 'tanh'"),
    (forward, {"dilation": 0}, ValueError, "dilation must be a positive whole number"),
    (
        forward,
        {"params": PARAMS._replace(projection=None)},
        ValueError,
        "D = 2 and y the width M = 4, but it is None",
    ),
    (forward, {"params": PARAMS._replace(second=PARAMS.first)}, ValueError, r"second.W must .* M_in = 4"),
    (forward, {"params": PARAMS._replace(second=NARROW.second)}, ValueError, "second.W must have the shape"),
    (
        forward,
        {"params": PARAMS._replace(projection=PARAMS.projection._replace(W=np.ones((1, D))))},
        ValueError,
        "projection.W must .* M = 4",
    ),
    (step, {"x_t": X}, ValueError, "x_t .* There is an axis too many"),
    (step, {"state": None}, TypeError, "must be a NumPy array, but is of type NoneType"),
    (step, {"activation": "softmax"}, ValueError, "activation must be 'tanh'"),
    (backward, {"d_y": X}, ValueError, "d_y must have .* M = 4"),
    (backward, {"d_y": DELTA.astype(np.float32)}, TypeError, "d_y must be float64"),
    (backward, {"d_last": STATE.first}, TypeError, "d_last must be an rnnlab.nets.temporal_block.State"),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == DELTA.shape
    assert backward()[0].shape == X.shape
    assert step()[0].shape == (B, M)
