"""The bidirectional network: equal to torch, equal to its numerical gradient, and the properties of all sizes."""

import numpy as np
import pytest
from hypothesis import given, settings

from rnnlab.nets import bidirectional, rnn
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.nets.reversal import reverse
from tests.nets import composed
from tests.nets.composed import TOLERANCE, make_case, run, sizes
from tests.nets.numerics import assert_agrees, gradients, leaf, read_only

CELLS = ("rnn", "lstm", "gru")
COMBINATIONS = bidirectional.COMBINATIONS


def network(name="rnn", combine="concat"):
    return bidirectional.network(cell(name), combine)


class TestParity:
    def assert_parity(self, name, case, combine):
        x, ours = leaf(case.x), run(case)
        torchs = composed.run_in_torch(name, 1, tuple(case.params), x, tuple(case.state), case.mask)
        right, left = torchs.h.chunk(2, dim=-1)
        h = {"concat": torchs.h, "sum": right + left, "mean": (right + left) / 2}[combine]
        composed.torch_loss(h, torchs.last, case.d_h, composed.over_cells(case.d_last)).backward()

        real = slice(None) if case.mask is None else case.mask
        assert_agrees(ours.h[real], h.detach().numpy()[real], TOLERANCE)
        assert_agrees(ours.d_x, *gradients(x), TOLERANCE)
        expected = composed.torch_gradients(torchs.network, case.params)
        composed.assert_same(tuple(ours.grads), expected, TOLERANCE)
        last = tuple(end.detach().numpy() for end in torchs.last)
        composed.assert_same(composed.over_cells(ours.last), last, TOLERANCE)
        composed.assert_same(composed.over_cells(ours.d_state), tuple(gradients(*torchs.start)), TOLERANCE)

    @pytest.mark.parametrize("name", CELLS)
    @given(sizes=sizes())
    @settings(max_examples=20, deadline=None)
    def test_torch(self, name, sizes):
        self.assert_parity(name, make_case(network(name), *sizes, masked=False), "concat")

    @pytest.mark.parametrize("combine", ["sum", "mean"])
    @given(sizes=sizes())
    @settings(max_examples=15, deadline=None)
    def test_combinations_of_torchs_halves(self, combine, sizes):
        self.assert_parity("gru", make_case(network("gru", combine), *sizes, masked=False), combine)

    @pytest.mark.parametrize("name", CELLS)
    @given(sizes=sizes())
    @settings(max_examples=20, deadline=None)
    def test_packed_sequences_of_torch(self, name, sizes):
        case = make_case(network(name), *sizes)
        self.assert_parity(name, case._replace(d_h=np.where(case.mask[..., None], case.d_h, 0)), "concat")


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("name", "combine"), [("rnn", "concat"), ("lstm", "concat"), ("gru", "sum"), ("rnn", "mean")]
)
def test_every_gradient_equals_central_differences(name, combine, masked):
    case = make_case(network(name, combine), T=4, B=3, D=2, H=3, seed=1, masked=masked)
    composed.assert_every_gradient_equals_central_differences(case)


@pytest.mark.parametrize("combine", COMBINATIONS)
@given(sizes=sizes())
@settings(max_examples=15, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(combine, sizes):
    composed.assert_gradients_are_linear(make_case(network("gru", combine), *sizes))


@pytest.mark.parametrize("name", CELLS)
@given(sizes=sizes())
@settings(max_examples=15, deadline=None)
def test_padding_has_no_effect(name, sizes):
    composed.assert_padding_has_no_effect(make_case(network(name), *sizes))


@pytest.mark.parametrize("name", CELLS)
@given(sizes=sizes())
@settings(max_examples=15, deadline=None)
def test_a_permuted_batch_permutes_the_results(name, sizes):
    composed.assert_a_permuted_batch_permutes_the_results(make_case(network(name), *sizes))


@pytest.mark.parametrize("combine", COMBINATIONS)
def test_float32_stays_float32_and_agrees_with_float64(combine):
    composed.assert_float32_is_kept(make_case(network("lstm", combine), 4, 3, 2, 5))


@pytest.mark.parametrize("name", CELLS)
def test_inputs_that_are_views_give_the_same_result(name):
    composed.assert_views_give_the_same(make_case(network(name), 4, 3, 2, 5))


@given(sizes=sizes())
@settings(max_examples=20, deadline=None)
def test_carrying_the_start_over_padding_equals_reversing_the_real_steps(sizes):
    case = make_case(network(), *sizes)
    start, H = case.state.right_to_left, sizes.H
    there, cache = rnn.forward(case.params.right_to_left, reverse(case.x, case.mask), start, case.mask)
    ours = run(case)
    assert_agrees(ours.h[case.mask][:, H:], reverse(there, case.mask)[case.mask], 1e-14)
    assert_agrees(ours.last.right_to_left, rnn.last_state(cache), 1e-14)


def test_gaps_in_a_mask_are_passed_over_in_both_directions():
    case = make_case(network("lstm"), T=5, B=2, D=3, H=2)
    real = [0, 2, 3]
    mask = np.zeros((5, 2), bool)
    mask[real] = True
    with_gaps = run(case._replace(mask=mask))
    without = run(case._replace(mask=None, x=case.x[real], d_h=case.d_h[real]))
    assert_agrees(with_gaps.h[real], without.h, 1e-14)
    composed.assert_same(with_gaps.last, without.last, 1e-14)


def test_a_sequence_that_is_all_padding_leaves_both_states_and_their_gradients_alone():
    case = make_case(network("gru"), T=3, B=2, D=3, H=2)
    mask = case.mask.copy()
    mask[:, 1] = False
    results = run(case._replace(mask=mask, d_h=np.zeros_like(case.d_h)))
    for given_, carried in ((case.state, results.last), (case.d_last, results.d_state)):
        composed.assert_same(mapped(lambda s: s[1], carried), mapped(lambda s: s[1], given_), 1e-15)
    assert not results.d_x[:, 1].any()


def test_every_output_depends_on_every_input():
    case = make_case(network(), T=4, B=1, D=3, H=2, masked=False)
    for t in range(4):
        d_h = np.zeros_like(case.d_h)
        d_h[t] = 1
        d_x = run(case._replace(d_h=d_h, d_last=None)).d_x
        assert np.all(np.any(d_x != 0, axis=2))


def test_one_step_of_one_sequence_equals_the_equations_written_out():
    case = make_case(network("rnn", "mean"), T=1, B=1, D=3, H=2, masked=False)
    halves = [
        np.tanh(W_xh @ case.x[0, 0] + W_hh @ h_0[0] + b_h)
        for (W_xh, W_hh, b_h), h_0 in zip(case.params, case.state, strict=True)
    ]
    assert_agrees(run(case).h[0, 0], (halves[0] + halves[1]) / 2, 1e-14)


def test_the_directions_end_at_opposite_ends_of_the_sequence():
    case = make_case(network(), T=4, B=3, D=2, H=5, masked=False)
    results = run(case)
    np.testing.assert_array_equal(results.last.left_to_right, results.h[-1, :, :5])
    np.testing.assert_array_equal(results.last.right_to_left, results.h[0, :, 5:])


@pytest.mark.parametrize("combine", COMBINATIONS)
def test_the_output_of_a_state_is_combined_like_the_outputs(combine):
    case = make_case(network("lstm", combine), T=1, B=3, D=2, H=5, masked=False)
    results = run(case)
    np.testing.assert_array_equal(case.network.output(results.last), results.h[0])


def test_a_missing_state_or_gradient_of_both_or_one_direction_is_zero():
    case = make_case(network("lstm"), 4, 3, 2, 5)
    zeros = case.network.zero_state(case.params, 3)
    with_zeros = run(case._replace(state=zeros, d_last=zeros))
    composed.assert_same(run(case._replace(state=None, d_last=None)), with_zeros, 0)
    one = bidirectional.State(case.state.left_to_right, None)
    filled = one._replace(right_to_left=zeros.right_to_left)
    composed.assert_same(run(case._replace(state=one)), run(case._replace(state=filled)), 0)


def test_starting_weights_differ_between_the_directions_and_take_the_cells_options():
    params = bidirectional.init(
        np.random.default_rng(0), D=3, H=4, dtype=np.float32, cell=cell("lstm"), forget_bias=4.0
    )
    assert {weight.dtype for weight in leaves(params)} == {np.dtype(np.float32)}
    assert np.all(params.left_to_right.W_xh != params.right_to_left.W_xh)
    for direction in params:
        assert direction.W_xh.shape == (16, 3)
        np.testing.assert_array_equal(direction.b_h[4:8], 4)


def test_a_cells_options_hold_in_both_directions():
    case = make_case(
        bidirectional.network(cell("rnn", activation="identity")), T=3, B=2, D=4, H=3, masked=False
    )
    doubled = case._replace(
        params=mapped(lambda weight: weight, case.params),
        x=2 * case.x,
        state=mapped(lambda h: 2 * h, case.state),
    )
    no_bias = mapped(lambda weight: 0 * weight if weight.ndim == 1 else weight, case.params)
    once, twice = run(case._replace(params=no_bias)), run(doubled._replace(params=no_bias))
    assert_agrees(twice.h, 2 * once.h, 1e-14)


class TestDoor:
    T, B, D, H = 4, 3, 2, 5
    cell = cell("rnn")
    params = bidirectional.init(np.random.default_rng(0), D, H, cell=cell)
    x = read_only(np.ones((T, B, D)))

    def forward(self, **changes):
        arguments = {"params": self.params, "x": self.x, "cell": self.cell} | changes
        return bidirectional.forward(**arguments)

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            (
                {"cell": "lstm"},
                TypeError,
                r"cell must be an rnnlab.nets.cells.Cell, as cells.cell\(\"lstm\"\)",
            ),
            (
                {"params": rnn.init(np.random.default_rng(0), 2, 5)},
                TypeError,
                "params must be an rnnlab.nets.bidirectional.Params, .* but is of type rnnlab.nets.rnn.Params",
            ),
            (
                {"state": np.ones((3, 5))},
                TypeError,
                "state must be an .*State, .* but is of type numpy.ndarray",
            ),
            ({"state": (None, None)}, TypeError, "state must be an .*State, .* but is of type tuple"),
            (
                {"state": bidirectional.State(None, np.ones((3, 4)))},
                ValueError,
                r"must have the shape \(B, H\)",
            ),
            ({"combine": "add"}, ValueError, "combine must be 'concat' or 'sum' or 'mean', but is 'add'"),
            ({"x": np.ones((4, 3, 9))}, ValueError, r"x must have the shape \(T, B, D\) with D = 2"),
            ({"x": np.ones((4, 3))}, ValueError, "A single sequence has a batch axis too"),
            ({"x": [[[1.0, 2.0]]]}, TypeError, "x must be a NumPy array"),
            ({"x": np.ones((4, 3, 2), np.float32)}, TypeError, "x must be float64 like the other arguments"),
            ({"x": np.full((4, 3, 2), np.nan)}, ValueError, "x must hold numbers, but holds NaN"),
            (
                {"mask": np.ones((3, 4), bool)},
                ValueError,
                r"mask must have the shape \(T, B\) with T = 4, B = 3",
            ),
            ({"mask": np.ones((4, 3))}, TypeError, "mask must be boolean"),
            ({"mask": [[True]]}, TypeError, "mask must be a NumPy array"),
        ],
    )
    def test_forward_refuses_what_does_not_fit_by_name(self, changes, error, message):
        with pytest.raises(error, match=message):
            self.forward(**changes)

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            ({"d_h": np.ones((4, 3, 5))}, ValueError, r"d_h must have the shape \(T, B, 2H\) with 2H = 10"),
            (
                {"d_h": np.ones((4, 2, 10))},
                ValueError,
                r"d_h must have the shape \(T, B, H\) with T = 4, B = 3",
            ),
            ({"d_h": np.ones((4, 3, 10), np.float32)}, TypeError, "d_h must be float64"),
            ({"d_last": np.ones((3, 5))}, TypeError, "d_last must be an .*State"),
        ],
    )
    def test_backward_refuses_what_does_not_fit_by_name(self, changes, error, message):
        cache = self.forward()[1]
        with pytest.raises(error, match=message):
            bidirectional.backward(**({"d_h": np.ones((4, 3, 10)), "cache": cache} | changes))

    def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted(self):
        h, cache = self.forward()
        assert h.shape == (4, 3, 10)
        assert bidirectional.backward(np.ones((4, 3, 10)), cache)[0].shape == (4, 3, 2)

    def test_who_looks_for_a_step_is_told_why_there_is_none(self):
        state = bidirectional.zero_state(self.params, 3, cell=self.cell)
        with pytest.raises(TypeError, match="has no step: its output at t needs the inputs after t"):
            bidirectional.step(self.params, self.x[0], state)
        with pytest.raises(TypeError, match="stream a network of one direction whose outputs are due"):
            bidirectional.network(self.cell).step(self.params, self.x[0], state)

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: bidirectional.network("lstm"), TypeError, "cell must be"),
            (lambda: bidirectional.network(cell("rnn"), "max"), ValueError, "combine must be"),
            (
                lambda: bidirectional.init(np.random.default_rng(0), 2, 0, cell=cell("rnn")),
                ValueError,
                "H must be a positive",
            ),
            (
                lambda: bidirectional.output(np.ones((2, 3)), cell=cell("rnn")),
                TypeError,
                "state must be an .*State",
            ),
            (
                lambda: bidirectional.zero_state((), 3, cell=cell("rnn")),
                TypeError,
                "params must be an .*Params",
            ),
        ],
    )
    def test_the_other_functions_refuse_too(self, call, error, message):
        with pytest.raises(error, match=message):
            call()
