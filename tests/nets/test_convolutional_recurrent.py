"""The convolution that feeds a cell: equal to torch, to its numerical gradient, and the properties for all sizes."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import causal_convolution, convolutional_recurrent, stacked
from rnnlab.nets.cells import cell as cell_named
from rnnlab.nets.parameters import leaves, mapped
from tests.nets import streams
from tests.nets.numerics import gradients, leaf
from tests.nets.streams import Network, run

EXAMPLES = settings(max_examples=15, deadline=None)
CELLS = ("rnn", "lstm", "gru")
cells = pytest.mark.parametrize("cell", CELLS)


def make_case(
    T=6,
    B=3,
    D=2,
    M=4,
    H=3,
    kernel=3,
    dilation=1,
    stride=1,
    cell="gru",
    activation="tanh",
    seed=0,
    masked=False,
):
    options = {"cell": cell_named(cell), "dilation": dilation, "activation": activation}

    def step(params, x_t, state):
        state = convolutional_recurrent.step(params, x_t, state, **options)
        return convolutional_recurrent.output(state, cell=options["cell"]), state

    network = Network(
        forward=partial(convolutional_recurrent.forward, **options, stride=stride),
        backward=convolutional_recurrent.backward,
        last_state=convolutional_recurrent.last_state,
        step=step,
    )
    params = convolutional_recurrent.init(
        np.random.default_rng(seed), D, H, M=M, kernel=kernel, cell=options["cell"]
    )
    zero_state = convolutional_recurrent.zero_state(params, B, cell=options["cell"], dilation=dilation)
    return streams.make_case(network, params, zero_state, T, B, D, seed, masked, stride)


@st.composite
def cases(draw, masked=False, largest_stride=1, cell=None, activation="tanh"):
    D = draw(st.integers(1, 4))
    return make_case(
        T=draw(st.integers(3, 8)),
        B=draw(st.integers(2, 3)),
        D=D,
        M=draw(st.integers(1, 4)),
        H=draw(st.integers(1, 4).filter(lambda H: H != D)),
        kernel=draw(st.integers(1, 3)),
        dilation=draw(st.integers(1, 3)),
        stride=draw(st.integers(1, largest_stride)),
        cell=cell or draw(st.sampled_from(CELLS)),
        activation=activation,
        seed=draw(st.integers(0, 10**6)),
        masked=masked,
    )


def torch_cell(kind, features, state, weights):
    """torch's own layer on our leaves. Returns all h, and the last state as a list of (B, H)."""
    W_xh, W_hh, b_h, *b_hn = weights
    H = W_hh.shape[1]
    bias_hh = torch.cat([torch.zeros(2 * H, dtype=b_h.dtype), *b_hn]) if b_hn else torch.zeros_like(b_h)
    layer = getattr(torch.nn, kind.upper())(features.shape[-1], H, dtype=torch.float64)
    parameters = {
        "weight_ih_l0": W_xh, "weight_hh_l0": W_hh, "bias_ih_l0": b_h, "bias_hh_l0": bias_hh
    }  # fmt: skip
    start = tuple(part[None] for part in state) if kind == "lstm" else state[0][None]
    h, last = torch.func.functional_call(layer, parameters, (features, start))
    return h, [part[0] for part in (last if kind == "lstm" else (last,))]


@cells
@pytest.mark.parametrize("activation", ["relu", "tanh"])
@given(data=st.data())
@EXAMPLES
def test_values_and_gradients_agree_with_torch(activation, cell, data):
    case = data.draw(cases(largest_stride=3, cell=cell, activation=activation))
    dilation, stride = (case.network.forward.keywords[name] for name in ("dilation", "stride"))
    x, memory, cell_state = leaf(case.x), leaf(case.state.convolution), [*map(leaf, leaves(case.state.cell))]
    W, b, *cell_weights = map(leaf, leaves(case.params))
    filled = torch.cat([memory, x, torch.zeros(-len(x) % stride, *x.shape[1:], dtype=x.dtype)])
    a = torch.nn.functional.conv1d(
        filled[stride - 1 :].permute(1, 2, 0), W, b, stride=stride, dilation=dilation
    )
    features = getattr(torch, activation)(a).permute(2, 0, 1)
    expected, last = torch_cell(cell, features, cell_state, cell_weights)
    last = [filled[len(filled) - len(memory) :], *last]
    loss = (expected * torch.tensor(case.d_y)).sum()
    for one, d_one in zip(last, leaves(case.d_last), strict=True):
        loss = loss + (one * torch.tensor(d_one)).sum()
    loss.backward()
    torchs = (
        *(each.detach().numpy() for each in (expected, *last)),
        *gradients(x, memory, *cell_state, W, b, *cell_weights),
    )
    streams.assert_trees_agree(tuple(leaves(run(case))), torchs, 1e-10)


@cells
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 2), (2, 1), (4, 1)])
def test_every_gradient_equals_central_differences(stride, dilation, masked, cell):
    streams.assert_gradients_equal_central_differences(
        make_case(stride=stride, dilation=dilation, masked=masked, cell=cell, seed=1)
    )


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "identity"])
def test_every_gradient_of_other_activations_equals_central_differences(activation):
    streams.assert_gradients_equal_central_differences(make_case(activation=activation, masked=True, seed=1))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@given(data=st.data())
@EXAMPLES
def test_padding_has_no_effect(activation, data):
    case = data.draw(cases(masked=True, largest_stride=3, activation=activation))
    streams.assert_padding_has_no_effect(case, case.network.forward.keywords["stride"])


@given(cases(masked=True, largest_stride=3))
@EXAMPLES
def test_gradients_are_linear_in_the_upstream_gradient(case):
    streams.assert_linear_in_the_upstream_gradient(case)


@given(cases(masked=True, largest_stride=3))
@EXAMPLES
def test_a_permuted_batch_permutes_the_results(case):
    streams.assert_a_permuted_batch_permutes_the_results(case)


@given(cases())
@EXAMPLES
def test_stepping_through_a_stream_equals_forward(case):
    streams.assert_steps_equal_forward(case)


@given(cases(largest_stride=2))
@EXAMPLES
def test_a_sequence_cut_between_two_groups_equals_the_whole(case):
    streams.assert_a_cut_changes_nothing(case, cut=2, stride=case.network.forward.keywords["stride"])


@cells
@pytest.mark.parametrize("masked", [False, True])
def test_float32_stays_float32_and_agrees_with_float64(masked, cell):
    streams.assert_float32_is_kept(make_case(masked=masked, stride=2, cell=cell))


@pytest.mark.parametrize("masked", [False, True])
def test_inputs_that_are_views_give_the_same_result(masked):
    streams.assert_views_give_the_same(make_case(masked=masked, stride=2))


@pytest.mark.parametrize("stride", [1, 3])
def test_one_step_of_one_sequence_passes(stride):
    streams.assert_gradients_equal_central_differences(make_case(T=1, B=1, stride=stride))


def test_it_is_the_convolution_and_then_the_cell():
    case = make_case(activation="relu")
    a, _ = causal_convolution.forward(case.params.convolution, case.x, case.state.convolution)
    h, _ = cell_named("gru").forward(case.params.cell, np.maximum(a, 0), case.state.cell)
    np.testing.assert_array_equal(run(case).y, h)


@pytest.mark.parametrize(("T", "stride", "steps"), [(6, 2, 3), (7, 2, 4), (7, 3, 3), (2, 5, 1)])
def test_with_a_stride_the_cell_takes_one_step_for_each_group(T, stride, steps):
    assert run(make_case(T=T, stride=stride)).y.shape == (steps, 3, 3)


def test_a_group_that_is_not_full_is_filled_with_zeros():
    case = make_case(T=5, stride=3)
    filled = np.concatenate([case.x, np.zeros((1, *case.x.shape[1:]))])
    np.testing.assert_array_equal(run(case._replace(x=filled)).y, run(case).y)


def test_under_the_interface_of_a_cell_it_can_be_stacked():
    hybrid = convolutional_recurrent.network(cell_named("lstm"), M=4, kernel=3, dilation=2, activation="tanh")
    params = stacked.init(np.random.default_rng(0), D=2, H=3, L=2, cell=hybrid)
    x = np.random.default_rng(1).normal(size=(5, 2, 2))
    h, cache = stacked.forward(params, x, cell=hybrid)
    d_x, _, grads = stacked.backward(np.ones_like(h), cache)
    assert d_x.shape == x.shape
    assert [leaf.shape for leaf in leaves(grads)] == [leaf.shape for leaf in leaves(params)]
    state = stacked.zero_state(params, 2, cell=hybrid)
    for x_t in x:
        state = stacked.step(params, x_t, state, cell=hybrid)
    np.testing.assert_allclose(hybrid.output(state[-1]), h[-1], rtol=1e-12)


@cells
def test_starting_weights_have_their_sizes_and_dtype(cell):
    params = convolutional_recurrent.init(
        np.random.default_rng(0), 2, 3, np.float32, M=4, kernel=5, cell=cell_named(cell)
    )
    assert params.convolution.W.shape == (4, 2, 5)
    assert params.cell.W_xh.shape[1] == 4
    assert {weight.dtype for weight in leaves(params)} == {np.dtype(np.float32)}


GRU = cell_named("gru")
PARAMS = convolutional_recurrent.init(np.random.default_rng(0), 2, 3, M=4, kernel=3, cell=GRU)
X, STATE = np.ones((5, 3, 2)), convolutional_recurrent.zero_state(PARAMS, 3, cell=GRU)
MASK, DELTA = np.ones((5, 3), bool), np.ones((3, 3, 3))


def forward(params=PARAMS, x=X, state=STATE, mask=MASK, cell=GRU, stride=2, **options):
    return convolutional_recurrent.forward(params, x, state, mask, cell=cell, stride=stride, **options)


def backward(d_h=DELTA, d_last=STATE):
    return convolutional_recurrent.backward(d_h, forward()[1], d_last)


def step(params=PARAMS, x_t=X[0], state=STATE, cell=GRU):
    return convolutional_recurrent.step(params, x_t, state, cell=cell)


REFUSED = [
    (forward, {"x": X[0]}, ValueError, r"x must have the shape \(T, B, D\)"),
    (forward, {"x": X[:0]}, ValueError, "An axis is empty"),
    (forward, {"x": X * np.nan}, ValueError, "x must hold numbers"),
    (forward, {"x": X.astype(int)}, TypeError, "x must hold floats"),
    (forward, {"x": X.astype(np.float32)}, TypeError, "x must be float64"),
    (forward, {"x": X.tolist()}, TypeError, "x must be a NumPy array"),
    (forward, {"mask": MASK.T}, ValueError, r"mask must have the shape \(T, B\)"),
    (forward, {"mask": ~np.eye(5, 3, dtype=bool)}, ValueError, "is real after padding"),
    (forward, {"mask": MASK * 1}, TypeError, "mask must be boolean"),
    (forward, {"stride": 0}, ValueError, "stride must be a positive whole number"),
    (forward, {"dilation": 0}, ValueError, "dilation must be a positive whole number"),
    (forward, {"activation": "softmax"}, ValueError, "activation must be 'tanh'"),
    (forward, {"state": STATE.cell}, TypeError, "state must be an rnnlab.nets.convolutional_recurrent.State"),
    (
        forward,
        {"state": STATE._replace(convolution=X)},
        ValueError,
        r"state must have the shape \(\(k-1\)d, B, D\)",
    ),
    (forward, {"cell": "gru"}, TypeError, "cell must be an rnnlab.nets.cells.Cell"),
    (
        forward,
        {"params": PARAMS.cell},
        TypeError,
        "params must be an rnnlab.nets.convolutional_recurrent.Params",
    ),
    (step, {"x_t": X}, ValueError, "x_t .* There is an axis too many"),
    (step, {"state": STATE.cell}, TypeError, "state must be an rnnlab.nets.convolutional_recurrent.State"),
    (step, {"cell": "gru"}, TypeError, "cell must be an rnnlab.nets.cells.Cell"),
    (backward, {"d_h": np.ones((5, 3, 3))}, ValueError, r"T = 3"),
    (
        backward,
        {"d_last": STATE.cell},
        TypeError,
        "d_last must be an rnnlab.nets.convolutional_recurrent.State",
    ),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_a_wrong_argument_is_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(**arguments)


def test_what_is_no_cell_is_refused_everywhere():
    for function in (
        partial(convolutional_recurrent.init, np.random.default_rng(0), 2, 3, M=4, kernel=3),
        partial(convolutional_recurrent.zero_state, PARAMS, 3),
        partial(convolutional_recurrent.output, STATE),
        partial(convolutional_recurrent.network, M=4, kernel=3),
    ):
        with pytest.raises(TypeError, match=r"cell must be an rnnlab\.nets\.cells\.Cell"):
            function(cell="gru")


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert forward()[0].shape == DELTA.shape
    assert backward()[0].shape == X.shape
    assert mapped(np.shape, step()) == mapped(np.shape, STATE)
