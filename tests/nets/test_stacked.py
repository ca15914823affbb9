"""The stacked network: equal to torch, equal to its numerical gradient, and the properties of all sizes and options."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import bidirectional, dropout, layer_norm, lstm, rnn, stacked
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import count, leaves, named_leaves
from tests.nets import composed
from tests.nets.composed import TOLERANCE, make_case, run, sizes
from tests.nets.numerics import assert_agrees, gradients, leaf

CELLS = ("rnn", "lstm", "gru")


def layer(name, both_ways=False):
    return bidirectional.network(cell(name)) if both_ways else cell(name)


def network(name="rnn", L=2, both_ways=False, norm=False, residual=False):
    return stacked.network(layer(name, both_ways), L, norm, residual)


def with_dropout(network, keep):
    return network._replace(forward=partial(network.forward, keep=keep))


def of_each_cell(per_layer, both_ways):
    """Weights or states by layer and then by direction."""
    return tuple(each for layer in per_layer for each in (layer if both_ways else (layer,)))


VARIANTS = [
    network("rnn", L=3),
    network("lstm", L=2, norm=True),
    network("gru", L=3, residual=True),
    network("lstm", L=3, norm=True, residual=True),
    network("gru", L=2, both_ways=True, norm=True, residual=True),
    stacked.network(bidirectional.network(cell("rnn"), "mean"), L=3, residual=True),
]
NAMES = ["plain", "norm", "residual", "norm and residual", "both ways", "mean of both ways"]
FORWARD_ONLY = VARIANTS[:4]
every_variant = pytest.mark.parametrize("network", VARIANTS, ids=NAMES)
every_streaming_variant = pytest.mark.parametrize("network", FORWARD_ONLY, ids=NAMES[:4])


class TestParity:
    def assert_same_cells(self, both_ways, torchs, weights, grads, last, d_state):
        """The gradients at the weights, the last states and the gradients at the initial ones, of some layers."""
        weights, grads, last, d_state = (
            of_each_cell(each, both_ways) for each in (weights, grads, last, d_state)
        )
        composed.assert_same(grads, composed.torch_gradients(torchs.network, weights), TOLERANCE)
        ends = tuple(end.detach().numpy() for end in torchs.last)
        composed.assert_same(composed.over_cells(last), ends, TOLERANCE)
        composed.assert_same(composed.over_cells(d_state), tuple(gradients(*torchs.start)), TOLERANCE)

    @pytest.mark.parametrize("masked", [False, True])
    @pytest.mark.parametrize("both_ways", [False, True])
    @pytest.mark.parametrize("name", CELLS)
    @given(sizes=sizes(), L=st.integers(1, 3))
    @settings(max_examples=10, deadline=None)
    def test_torch(self, name, both_ways, masked, sizes, L):
        case = make_case(network(name, L, both_ways), *sizes, masked=masked)
        if masked:
            case = case._replace(d_h=np.where(case.mask[..., None], case.d_h, 0))
        x, ours = leaf(case.x), run(case)
        weights, start, d_last = (
            of_each_cell(each, both_ways) for each in (case.params.layers, case.state, case.d_last)
        )
        torchs = composed.run_in_torch(name, L, weights, x, start, case.mask)
        composed.torch_loss(torchs.h, torchs.last, case.d_h, composed.over_cells(d_last)).backward()

        real = case.mask if masked else slice(None)
        assert_agrees(ours.h[real], torchs.h.detach().numpy()[real], TOLERANCE)
        assert_agrees(ours.d_x, *gradients(x), TOLERANCE)
        layers = case.params.layers, ours.grads.layers, ours.last, ours.d_state
        self.assert_same_cells(both_ways, torchs, *layers)

    @pytest.mark.parametrize(("name", "both_ways"), [("rnn", False), ("lstm", False), ("gru", True)])
    @given(sizes=sizes(smallest_H=3), L=st.integers(1, 3), residual=st.booleans())
    @settings(max_examples=12, deadline=None)
    def test_torch_with_normalization_dropout_and_residual_connections(
        self, name, both_ways, sizes, L, residual
    ):
        deep = network(name, L, both_ways, norm=True, residual=residual)
        case = make_case(deep, *sizes, masked=False)
        rng = np.random.default_rng(sizes.seed)
        keep = stacked.draw_dropout(rng, case.params, sizes.B, 0.3, cell=layer(name, both_ways))
        ours = run(case._replace(network=with_dropout(deep, keep)))

        u = x = leaf(case.x)
        norms = [[leaf(each) for each in norm] for norm in case.params.norms]
        torchs, loss = [], 0
        for depth in range(L):
            v = u
            if depth > 0:
                v = torch.nn.functional.layer_norm(u, u.shape[-1:], *norms[depth - 1])
                v = torch.tensor(keep[depth - 1]) * v
            weights, start, d_last = (
                of_each_cell([each[depth]], both_ways)
                for each in (case.params.layers, case.state, case.d_last)
            )
            torchs.append(composed.run_in_torch(name, 1, weights, v, start, None))
            h, last, _, _ = torchs[-1]
            u = h + u if residual and depth > 0 else h
            loss = loss + composed.torch_loss(u, last, 0 * u.detach().numpy(), composed.over_cells(d_last))
        (loss + composed.torch_loss(u, (), case.d_h, ())).backward()

        assert_agrees(ours.h, u.detach(), TOLERANCE)
        assert_agrees(ours.d_x, *gradients(x), TOLERANCE)
        layers = zip(case.params.layers, ours.grads.layers, ours.last, ours.d_state, strict=True)
        for one_layer, results in zip(torchs, layers, strict=True):
            self.assert_same_cells(both_ways, one_layer, *([each] for each in results))
        for ours_norm, norm in zip(ours.grads.norms, norms, strict=True):
            composed.assert_same(tuple(ours_norm), tuple(gradients(*norm)), TOLERANCE)


@pytest.mark.parametrize("masked", [False, True])
@every_variant
def test_every_gradient_equals_central_differences(network, masked):
    case = make_case(network, T=3, B=2, D=2, H=3, seed=1, masked=masked)
    composed.assert_every_gradient_equals_central_differences(case)


@pytest.mark.parametrize("over_time", [False, True])
def test_every_gradient_equals_central_differences_at_the_same_draw(over_time):
    deep = network("gru", L=3, norm=True, residual=True)
    rng = np.random.default_rng(0)
    draw = dropout.draw_over_time if over_time else dropout.draw
    keep = tuple(draw(rng, (4, 2, 3), 0.4) for _ in range(2))
    case = make_case(with_dropout(deep, keep), T=4, B=2, D=2, H=3)
    composed.assert_every_gradient_equals_central_differences(case)


@every_variant
@given(sizes=sizes(smallest_H=3))
@settings(max_examples=8, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(network, sizes):
    composed.assert_gradients_are_linear(make_case(network, *sizes))


@every_variant
@given(sizes=sizes(smallest_H=3))
@settings(max_examples=8, deadline=None)
def test_padding_has_no_effect(network, sizes):
    composed.assert_padding_has_no_effect(make_case(network, *sizes))


@every_variant
@given(sizes=sizes(smallest_H=3))
@settings(max_examples=8, deadline=None)
def test_a_permuted_batch_permutes_the_results(network, sizes):
    composed.assert_a_permuted_batch_permutes_the_results(make_case(network, *sizes))


@every_streaming_variant
@given(sizes=sizes())
@settings(max_examples=10, deadline=None)
def test_stepping_through_a_stream_equals_forward(network, sizes):
    composed.assert_stepping_equals_forward(make_case(network, *sizes))


@every_streaming_variant
@given(sizes=sizes(smallest_H=3))
@settings(max_examples=10, deadline=None)
def test_a_sequence_cut_in_two_equals_the_whole(network, sizes):
    composed.assert_cut_in_two_equals_the_whole(make_case(network, *sizes))


def test_a_sequence_cut_in_two_may_keep_one_draw_in_both_pieces():
    deep = network("lstm", L=3)
    params = make_case(deep, 4, 2, 3, 5).params
    keep = stacked.draw_dropout(np.random.default_rng(0), params, 2, 0.4, cell=cell("lstm"))
    composed.assert_cut_in_two_equals_the_whole(make_case(with_dropout(deep, keep), 4, 2, 3, 5))


@every_variant
def test_one_step_of_one_sequence(network):
    case = make_case(network, T=1, B=1, D=2, H=4)
    results = run(case)
    assert_agrees(network.output(results.last), results.h[0], 1e-14)
    assert results.d_x.shape == (1, 1, 2)


@every_variant
def test_float32_stays_float32_and_agrees_with_float64(network):
    composed.assert_float32_is_kept(make_case(network, 4, 3, 2, 5))


@every_variant
def test_inputs_that_are_views_give_the_same_result(network):
    composed.assert_views_give_the_same(make_case(network, 4, 3, 2, 5))


def test_one_layer_is_its_cell():
    case = make_case(network("gru", L=1, norm=True, residual=True), 4, 3, 2, 5)
    alone = run(
        composed.Case(
            cell("gru"), case.params.layers[0], case.x, case.state[0], case.mask, case.d_h, case.d_last[0]
        )
    )
    ours = run(case)
    assert ours.grads.norms == ()
    composed.assert_same(ours._replace(grads=ours.grads.layers), alone._replace(
        last=(alone.last,), d_state=(alone.d_state,), grads=(alone.grads,)), 0)  # fmt: skip


def test_layers_are_cells_one_after_the_other():
    case = make_case(network("rnn", L=2, residual=True), 4, 3, 2, 5)
    (lower, upper), (start, upper_start) = case.params.layers, case.state
    h_1, _ = rnn.forward(lower, case.x, start, case.mask)
    h_2, _ = rnn.forward(upper, h_1, upper_start, case.mask)
    np.testing.assert_array_equal(run(case).h, h_1 + h_2)


def test_a_residual_way_passes_the_gradient_by_a_layer_that_passes_none():
    case = make_case(network("rnn", L=2, residual=True), 3, 2, 3, 4, masked=False)
    lower, upper = case.params.layers
    dead = case._replace(params=stacked.Params((lower, upper._replace(W_xh=0 * upper.W_xh)), None))
    direct = rnn.backward(case.d_h, rnn.forward(lower, case.x, case.state[0])[1], case.d_last[0])
    assert_agrees(run(dead).d_x, direct[0], 1e-14)


def test_a_missing_state_gradient_or_draw_of_all_or_some_layers():
    case = make_case(network("lstm", L=2), 4, 3, 2, 5)
    zeros = case.network.zero_state(case.params, 3)
    with_zeros = run(case._replace(state=zeros, d_last=zeros))
    for none in (None, (None, None), [None, None]):
        composed.assert_same(run(case._replace(state=none, d_last=none)), with_zeros, 0)
    composed.assert_same(
        run(case._replace(state=(case.state[0], None))),
        run(case._replace(state=(case.state[0], zeros[1]))),
        0,
    )
    without = run(case._replace(network=with_dropout(case.network, (None,))))
    composed.assert_same(without, run(case), 0)


class TestDropout:
    def test_one_draw_for_each_sequence_and_place_between_layers_serves_all_steps(self):
        params = stacked.init(np.random.default_rng(0), D=3, H=40, L=3, cell=cell("rnn"), dtype=np.float32)
        keep = stacked.draw_dropout(np.random.default_rng(1), params, 2, 0.5, cell=cell("rnn"))
        assert [(m.shape, m.dtype) for m in keep] == [((1, 2, 40), np.float32)] * 2
        assert len(np.unique(np.concatenate([m[0] for m in keep]), axis=0)) == 4

    def test_layers_that_read_both_ways_are_dropped_in_their_whole_width(self):
        both = bidirectional.network(cell("lstm"))
        params = stacked.init(np.random.default_rng(0), D=3, H=4, L=2, cell=both)
        (m,) = stacked.draw_dropout(np.random.default_rng(1), params, 2, 0.5, cell=both)
        assert m.shape == (1, 2, 8)

    def test_with_rate_zero_nothing_is_dropped(self):
        case = make_case(network("lstm", L=3), 4, 3, 2, 5)
        rng = np.random.default_rng(0)
        keep = stacked.draw_dropout(rng, case.params, 3, 0.0, cell=cell("lstm"))
        assert keep == (None, None)
        composed.assert_same(run(case._replace(network=with_dropout(case.network, keep))), run(case), 0)

    @pytest.mark.parametrize("residual", [False, True])
    def test_a_dropped_unit_does_not_enter_the_layer_above_but_may_go_round_it(self, residual):
        m = np.ones((1, 3, 5))
        m[..., 2] = 0
        case = make_case(with_dropout(network("rnn", residual=residual), (m,)), 1, 3, 2, 5)
        lower, upper = case.params.layers
        other_weights = upper.W_xh + 7 * (np.arange(5) == 2)
        other = case.params._replace(layers=(lower, upper._replace(W_xh=other_weights)))
        np.testing.assert_array_equal(run(case._replace(params=other)).h, run(case).h)
        only_dropped = np.zeros_like(case.d_h)
        only_dropped[..., 2] = 1
        below = run(case._replace(d_h=only_dropped, d_last=None)).grads.layers[0].b_h
        assert bool(below[2]) == residual

    @pytest.mark.parametrize("L", [1, 2])
    def test_a_rate_that_is_no_share_is_refused(self, L):
        params = stacked.init(np.random.default_rng(0), D=3, H=4, L=L, cell=cell("rnn"))
        with pytest.raises(ValueError, match="rate must be the share that is dropped"):
            stacked.draw_dropout(np.random.default_rng(0), params, 2, 50, cell=cell("rnn"))


class TestInit:
    @pytest.mark.parametrize("both_ways", [False, True])
    @pytest.mark.parametrize("name", CELLS)
    def test_a_layer_reads_what_the_layer_below_puts_out(self, name, both_ways):
        deep = network(name, L=3, both_ways=both_ways, norm=True)
        params = deep.init(np.random.default_rng(0), 2, 5, np.float32)
        width = 10 if both_ways else 5
        inputs = [each.W_xh.shape[1] for each in of_each_cell(params.layers, both_ways)]
        assert inputs == ([2, 2, 10, 10, 10, 10] if both_ways else [2, 5, 5])
        assert [norm.gain.shape for norm in params.norms] == [(width,)] * 2
        assert {each.dtype for each in leaves(params)} == {np.dtype(np.float32)}

    def test_it_has_as_many_weights_as_torch_less_the_second_bias(self):
        params = stacked.init(np.random.default_rng(0), D=3, H=5, L=3, cell=cell("lstm"))
        in_torch = torch.nn.LSTM(3, 5, 3)
        assert count(params) == sum(each.numel() for each in in_torch.parameters()) - 3 * 20

    def test_every_leaf_has_its_own_name(self):
        params = stacked.init(np.random.default_rng(0), D=3, H=5, L=2, cell=cell("rnn"), norm=True)
        assert [name for name, _ in named_leaves(params)][-3:] == [
            "layers.1.b_h", "norms.0.gain", "norms.0.bias"
        ]  # fmt: skip

    def test_the_cells_options_reach_every_layer(self):
        params = network("lstm", L=3).init(np.random.default_rng(0), 3, 4, forget_bias=2.0)
        for layer in params.layers:
            np.testing.assert_array_equal(layer.b_h[4:8], 2)


class TestDoor:
    T, B, D, H, L = 4, 3, 2, 5, 3
    cell = cell("lstm")
    params = stacked.init(np.random.default_rng(0), D, H, L=L, cell=cell, norm=True)
    x = np.ones((T, B, D))
    state = lstm.State(np.ones((B, H)), np.ones((B, H)))

    def forward(self, **changes):
        arguments = {"params": self.params, "x": self.x, "cell": self.cell} | changes
        return stacked.forward(**arguments)

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            ({"cell": "lstm"}, TypeError, "cell must be an rnnlab.nets.cells.Cell"),
            (
                {"params": params.layers[0]},
                TypeError,
                "params must be an rnnlab.nets.stacked.Params, as stacked.init .* type rnnlab.nets.lstm.Params",
            ),
            (
                {"params": params._replace(norms=params.norms[:1])},
                ValueError,
                "params.norms must be a tuple with one entry for each of the 2 places between layers, but has 1",
            ),
            (
                {"state": state},
                TypeError,
                "state must be a tuple with one entry for each of the 3 layers, but is of type rnnlab.nets.lstm.State",
            ),
            ({"state": np.ones((3, 3, 5))}, TypeError, "state must be a tuple .* type numpy.ndarray"),
            ({"state": (state, state)}, ValueError, "state must be a tuple .* 3 layers, but has 2"),
            (
                {"state": (state, state, state._replace(c=np.ones((3, 4))))},
                ValueError,
                r"state.c must have the shape \(B, H\)",
            ),
            ({"keep": (np.ones((1, 3, 5)),)}, ValueError, "keep must be a tuple .* 2 places between layers"),
            ({"keep": np.ones((2, 3, 5))}, TypeError, "keep must be a tuple"),
            ({"keep": (None, np.ones((1, 3, 4)))}, ValueError, "keep must have the shape"),
            ({"x": np.ones((4, 3, 9))}, ValueError, r"x must have the shape \(T, B, D\) with D = 2"),
            ({"x": np.ones((0, 3, 2))}, ValueError, "An axis is empty"),
            ({"x": np.ones((4, 3, 2), int)}, TypeError, "x must hold floats"),
            ({"x": np.full((4, 3, 2), np.nan)}, ValueError, "x must hold numbers, but holds NaN"),
            ({"mask": np.ones((3, 4), bool)}, ValueError, r"mask must have the shape \(T, B\)"),
            ({"mask": np.ones((4, 3))}, TypeError, "mask must be boolean"),
        ],
    )
    def test_forward_refuses_what_does_not_fit_by_name(self, changes, error, message):
        with pytest.raises(error, match=message):
            self.forward(**changes)

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            ({"d_u": np.ones((4, 3, 2))}, ValueError, r"d_h must have the shape \(T, B, H\)"),
            ({"d_last": state}, TypeError, "d_last must be a tuple .* 3 layers, but is of type .*State"),
            ({"d_last": (None, None)}, ValueError, "d_last must be a tuple .* 3 layers, but has 2"),
        ],
    )
    def test_backward_refuses_what_does_not_fit_by_name(self, changes, error, message):
        cache = self.forward()[1]
        with pytest.raises(error, match=message):
            stacked.backward(**({"d_u": np.ones((4, 3, 5)), "cache": cache} | changes))

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            ({"x_t": np.ones((3, 4))}, ValueError, r"x_t must have the shape \(B, D\)"),
            ({"state": state}, TypeError, "state must be a tuple"),
            ({"state": (state,)}, ValueError, "state must be a tuple .* but has 1"),
            ({"params": params.layers[0]}, TypeError, "params must be"),
        ],
    )
    def test_step_refuses_what_does_not_fit_by_name(self, changes, error, message):
        arguments = {"params": self.params, "x_t": self.x[0], "state": (self.state,) * 3}
        with pytest.raises(error, match=message):
            stacked.step(**(arguments | changes), cell=self.cell)

    def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted(self):
        h, cache = self.forward(state=(self.state,) * 3, keep=(None, np.ones((1, 3, 5))))
        assert h.shape == (4, 3, 5)
        assert stacked.backward(np.ones((4, 3, 5)), cache, (self.state,) * 3)[0].shape == (4, 3, 2)
        assert len(stacked.step(self.params, self.x[0], (self.state,) * 3, cell=self.cell)) == 3

    def test_residual_connections_need_layers_of_one_width(self):
        rng = np.random.default_rng(0)
        params = stacked.Params((rnn.init(rng, 2, 5), rnn.init(rng, 5, 4)), None)
        stacked.forward(params, self.x, cell=cell("rnn"))
        with pytest.raises(ValueError, match="need layers of one width, but 5 units are followed by 4"):
            stacked.forward(params, self.x, cell=cell("rnn"), residual=True)

    def test_a_normalization_of_another_width_is_refused(self):
        params = self.params._replace(norms=(layer_norm.init(5), layer_norm.init(4)))
        with pytest.raises(ValueError, match="must have the shape"):
            self.forward(params=params)

    def test_layers_that_read_both_ways_cannot_be_streamed(self):
        deep = network("rnn", both_ways=True)
        params = deep.init(np.random.default_rng(0), 2, 5)
        with pytest.raises(TypeError, match="a bidirectional network has no step"):
            deep.step(params, self.x[0], deep.zero_state(params, 3))

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: stacked.network("lstm", L=2), TypeError, "cell must be"),
            (lambda: stacked.network(cell("rnn"), L=0), ValueError, "L must be a positive whole number"),
            (
                lambda: stacked.init(np.random.default_rng(0), 2, 3, L=1.5, cell=cell("rnn")),
                ValueError,
                "L must be a positive whole number, but is 1.5",
            ),
            (
                lambda: stacked.init(np.random.default_rng(0), 2, 0, L=2, cell=cell("rnn")),
                ValueError,
                "H must be a positive",
            ),
            (lambda: stacked.zero_state((), 3, cell=cell("rnn")), TypeError, "params must be"),
            (lambda: stacked.output((np.ones((2, 3)),), cell="rnn"), TypeError, "cell must be"),
        ],
    )
    def test_the_other_functions_refuse_too(self, call, error, message):
        with pytest.raises(error, match=message):
            call()
