"""The temporal convolutional network: equal to torch, to its numerical gradient, and it sees its receptive field."""

from functools import partial
from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import causal_convolution, temporal_convolution
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.nets.temporal_convolution import Params
from tests.nets import streams
from tests.nets.numerics import assert_agrees, gradients, leaf
from tests.nets.streams import Network, run
from tests.nets.test_temporal_block import torch_block

EXAMPLES = settings(max_examples=20, deadline=None)


def make_case(T=6, B=3, D=2, widths=(3, 3, 4), kernel=2, seed=0, masked=False, activation="tanh"):
    network = Network(
        forward=partial(temporal_convolution.forward, activation=activation),
        backward=temporal_convolution.backward,
        last_state=temporal_convolution.last_state,
        step=partial(temporal_convolution.step, activation=activation),
    )
    params = temporal_convolution.init(np.random.default_rng(seed), D, widths, kernel)
    return streams.make_case(
        network, params, temporal_convolution.zero_state(params, B), T, B, D, seed, masked
    )


@st.composite
def cases(draw, masked=False, activation="tanh"):
    return make_case(
        T=draw(st.integers(3, 8)),
        B=draw(st.integers(2, 3)),
        D=draw(st.integers(1, 4)),
        widths=draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)),
        kernel=draw(st.integers(1, 3)),
        seed=draw(st.integers(0, 10**6)),
        masked=masked,
        activation=activation,
    )


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@given(data=st.data())
@EXAMPLES
def test_values_and_gradients_agree_with_torch(activation, data):
    case = data.draw(cases(activation=activation))
    x, state = leaf(case.x), mapped(leaf, case.state)
    weights = [[*map(leaf, leaves(block))] for block in case.params.blocks]
    h, lasts, f = x, [], getattr(torch, activation)
    for number, (block, memory) in enumerate(zip(weights, state, strict=True)):
        h, last = torch_block(h, memory, block, 2**number, f)
        lasts += last
    loss = (h * torch.tensor(case.d_y)).sum()
    for one, d_one in zip(lasts, leaves(case.d_last), strict=True):
        loss = loss + (one * torch.tensor(d_one)).sum()
    loss.backward()
    results = run(case)
    ours = leaves((results.y, results.d_x, results.d_state, results.grads))
    torchs = (h.detach().numpy(), *gradients(x, *chain(*state), *chain(*weights)))
    streams.assert_trees_agree(tuple(ours), torchs, 1e-10)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
def test_every_gradient_equals_central_differences(activation, masked):
    streams.assert_gradients_equal_central_differences(
        make_case(widths=(3, 3), activation=activation, masked=masked, seed=4)
    )


@pytest.mark.parametrize("kernel", [1, 2, 3])
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_an_output_sees_its_receptive_field_and_nothing_else(kernel, blocks):
    field = 1 + 2 * (kernel - 1) * (2**blocks - 1)
    T = field + 4
    case = make_case(T=T, B=1, widths=(3,) * blocks, kernel=kernel)
    assert temporal_convolution.receptive_field(case.params) == field
    for t in (0, T // 2, T - 1):
        _, cache = case.network.forward(case.params, case.x)
        d_y = np.zeros_like(case.d_y)
        d_y[t] = 1
        d_x, _, _ = case.network.backward(d_y, cache)
        seen = np.arange(max(0, t - field + 1), t + 1)
        np.testing.assert_array_equal(np.flatnonzero(d_x.any(axis=(1, 2))), seen)


def test_a_receptive_field_is_that_of_its_convolutions_stacked():
    params = temporal_convolution.init(np.random.default_rng(0), 2, (3, 4, 5), kernel=3)
    assert temporal_convolution.dilations(params) == (1, 2, 4)
    twice = [dilation for dilation in (1, 2, 4) for _ in range(2)]
    assert temporal_convolution.receptive_field(params) == causal_convolution.receptive_field(3, twice) == 29


@given(cases(masked=True, activation="sigmoid"))
@EXAMPLES
def test_padding_has_no_effect(case):
    streams.assert_padding_has_no_effect(case)


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
def test_float32_stays_float32_and_agrees_with_float64(masked):
    streams.assert_float32_is_kept(make_case(masked=masked))


@pytest.mark.parametrize("masked", [False, True])
def test_inputs_that_are_views_give_the_same_result(masked):
    streams.assert_views_give_the_same(make_case(masked=masked))


def test_one_step_of_one_sequence_passes():
    case = make_case(T=1, B=1, D=5, widths=(3,))
    streams.assert_steps_equal_forward(case)
    streams.assert_gradients_equal_central_differences(case)


def test_one_block_is_the_block():
    case = make_case(widths=(3,), activation="relu")
    y, _ = temporal_convolution.temporal_block.forward(case.params.blocks[0], case.x, case.state[0])
    assert_agrees(run(case).y, y, 1e-15)


def test_starting_weights_have_their_widths_and_dtype():
    params = temporal_convolution.init(np.random.default_rng(0), 2, (3, 3, 5), kernel=4, dtype=np.float32)
    assert [block.first.W.shape for block in params.blocks] == [(3, 2, 4), (3, 3, 4), (5, 3, 4)]
    assert {weight.dtype for weight in leaves(params)} == {np.dtype(np.float32)}


PARAMS = temporal_convolution.init(np.random.default_rng(0), 2, (4, 4), kernel=3)
X, STATE = np.ones((5, 3, 2)), temporal_convolution.zero_state(PARAMS, 3)
DELTA = np.ones((5, 3, 4))


def forward(params=PARAMS, x=X, state=STATE, mask=None, activation="relu"):
    return temporal_convolution.forward(params, x, state, mask, activation)


def backward(d_y=DELTA, d_last=STATE):
    return temporal_convolution.backward(d_y, forward()[1], d_last)


def step(x_t=X[0], state=STATE):
    return temporal_convolution.step(PARAMS, x_t, state)


REFUSED = [
    (forward, {"x": X[0]}, ValueError, r"x must have the shape \(T, B, D\)"),
    (forward, {"x": X * np.nan}, ValueError, "x must hold numbers"),
    (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64"),
    (forward, {"mask": np.zeros((3, 5), bool)}, ValueError, r"mask must have the shape \(T, B\)"),
    (forward, {"state": STATE[:1]}, ValueError, "state must be a tuple .* of the 2 blocks, but has 1"),
    (forward, {"state": X}, TypeError, "state must be a tuple .* but is of type numpy.ndarray"),
    (forward, {"params": Params(()), "state": None}, ValueError, "params must have at least one block"),
    (forward, {"activation": "softmax"}, ValueError, "activation must be 'tanh'"),
    (backward, {"d_y": X}, ValueError, "d_y must have .* M = 4"),
    (backward, {"d_last": STATE[:1]}, ValueError, "d_last must be a tuple"),
    (step, {"x_t": X}, ValueError, "x_t .* There is an axis too many"),
    (step, {"state": STATE + STATE}, ValueError, "state must be a tuple .* but has 4"),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((2, [], 3), "widths must name"), ((2, [3, 0], 3), "must be a positive"), ((2, [3], 0), "kernel must")],
)
def test_sizes_that_are_no_network_are_refused(sizes, message):
    with pytest.raises(ValueError, match=message):
        temporal_convolution.init(np.random.default_rng(0), *sizes)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == DELTA.shape
    assert backward()[0].shape == X.shape
    assert step()[0].shape == (3, 4)
