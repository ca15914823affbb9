"""The plain network: equal to torch, equal to its numerical gradient, and the properties that hold for all sizes."""

import numpy as np
import pytest
from hypothesis import given, settings

from rnnlab.nets import rnn
from tests.nets.numerics import assert_agrees, cases, make_case, numerical_gradient

NAMES = ("d_x", "d_h_0", "W_xh", "W_hh", "b_h")
ACTIVATIONS = ("tanh", "relu", "sigmoid", "identity")


def run(case, activation="tanh", masked=False):
    """All results of a forward and a backward pass, by name."""
    mask = case.mask if masked else None
    h, cache = rnn.forward(case.params, case.x, case.h_0, mask, activation)
    d_x, d_h_0, grads = rnn.backward(case.d_h, cache, case.d_h_last)
    return {"h": h, "d_x": d_x, "d_h_0": d_h_0, **grads._asdict()}


def surrogate_loss(case, activation, masked):
    """The loss whose gradients at the states are exactly d_h, plus d_h_last at the last one."""
    h, _ = rnn.forward(case.params, case.x, case.h_0, case.mask if masked else None, activation)
    return float(np.sum(h * case.d_h) + np.sum(h[-1] * case.d_h_last))


def spread_out(array):
    """An equal array whose axes lie in memory the other way round, with gaps."""
    return np.repeat(array.T, 2, axis=0)[::2].T


def varied(case, name, value):
    if name in rnn.Params._fields:
        return case._replace(params=case.params._replace(**{name: value}))
    return case._replace(**{name.removeprefix("d_"): value})


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_equals_central_differences(name, activation, masked):
    case = make_case(T=4, B=3, D=2, H=5, seed=3)
    at = getattr(case.params, name) if name in rnn.Params._fields else getattr(case, name.removeprefix("d_"))
    numerical = numerical_gradient(
        lambda value: surrogate_loss(varied(case, name, value), activation, masked), at
    )
    assert_agrees(run(case, activation, masked)[name], numerical, 1e-8)


@given(cases())
@settings(max_examples=25, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(case):
    other = case._replace(d_h=case.d_h[::-1] - 1, d_h_last=2 * case.d_h_last)
    both = case._replace(d_h=3 * case.d_h + other.d_h, d_h_last=3 * case.d_h_last + other.d_h_last)
    one, two, sum_of_both = (run(each, masked=True) for each in (case, other, both))
    for name in NAMES:
        assert_agrees(sum_of_both[name], 3 * one[name] + two[name], 1e-12)


@given(cases())
@settings(max_examples=25, deadline=None)
def test_padding_changes_neither_the_last_state_nor_any_gradient(case):
    garbage = np.where(case.mask[..., np.newaxis], case.x, 1e6)
    padded = rnn.forward(case.params, garbage, case.h_0, case.mask)[1]
    d_x, d_h_0, grads = rnn.backward(np.zeros_like(case.d_h), padded, case.d_h_last)
    summed = rnn.Params(*map(np.zeros_like, case.params))
    for b, length in enumerate(case.mask.sum(axis=0)):
        h, cache = rnn.forward(case.params, case.x[:length, [b]], case.h_0[[b]])
        alone = rnn.backward(np.zeros_like(h), cache, case.d_h_last[[b]])
        assert_agrees(padded.states[-1, [b]], h[-1], 1e-12)
        assert_agrees(d_x[:length, [b]], alone[0], 1e-12)
        assert_agrees(d_h_0[[b]], alone[1], 1e-12)
        assert not d_x[length:, b].any()
        summed = rnn.Params(*map(np.add, summed, alone[2]))
    for gradient, expected in zip(grads, summed, strict=True):
        assert_agrees(gradient, expected, 1e-12)


def test_a_masked_step_carries_the_state_over_wherever_it_stands():
    case = make_case(T=4, B=2, D=3, H=2)
    mask = np.array([[False, True], [True, False], [False, True], [True, True]])
    h, _ = rnn.forward(case.params, case.x, case.h_0, mask)
    before = np.concatenate([case.h_0[np.newaxis], h[:-1]])
    np.testing.assert_array_equal(h[~mask], before[~mask])
    assert np.all(h[mask] != before[mask])


@given(cases())
@settings(max_examples=25, deadline=None)
def test_a_permuted_batch_permutes_states_and_leaves_weight_gradients_alone(case):
    order = np.roll(np.arange(case.x.shape[1]), 1)
    permuted = case._replace(**{
        name: getattr(case, name)[:, order] for name in ("x", "mask", "d_h")
    } | {name: getattr(case, name)[order] for name in ("h_0", "d_h_last")})  # fmt: skip
    before, after = run(case, masked=True), run(permuted, masked=True)
    for name, axis in (("h", 1), ("d_x", 1), ("d_h_0", 0)):
        assert_agrees(after[name], np.take(before[name], order, axis), 1e-12)
    for name in rnn.Params._fields:
        assert_agrees(after[name], before[name], 1e-12)


@given(cases())
@settings(max_examples=25, deadline=None)
def test_stepping_through_a_stream_equals_forward(case):
    h, _ = rnn.forward(case.params, case.x, case.h_0)
    h_t = case.h_0
    for x_t, expected in zip(case.x, h, strict=True):
        h_t = rnn.step(case.params, x_t, h_t)
        assert_agrees(h_t, expected, 1e-12)


@given(cases())
@settings(max_examples=25, deadline=None)
def test_a_sequence_cut_in_two_equals_the_whole(case):
    whole = run(case)
    first, first_cache = rnn.forward(case.params, case.x[:2], case.h_0)
    second, second_cache = rnn.forward(case.params, case.x[2:], first[-1])
    d_x_second, d_cut, grads_second = rnn.backward(case.d_h[2:], second_cache, case.d_h_last)
    d_x_first, d_h_0, grads_first = rnn.backward(case.d_h[:2], first_cache, d_cut)
    assert_agrees(np.concatenate([first, second]), whole["h"], 1e-12)
    assert_agrees(np.concatenate([d_x_first, d_x_second]), whole["d_x"], 1e-12)
    assert_agrees(d_h_0, whole["d_h_0"], 1e-12)
    for name in rnn.Params._fields:
        assert_agrees(getattr(grads_first, name) + getattr(grads_second, name), whole[name], 1e-12)


def test_one_step_of_one_sequence_equals_the_equations_written_out():
    case = make_case(T=1, B=1, D=3, H=2)
    W_xh, W_hh, b_h = case.params
    x_1, h_0 = case.x[0, 0], case.h_0[0]
    h_1 = np.tanh(W_xh @ x_1 + W_hh @ h_0 + b_h)
    d_a = (case.d_h[0, 0] + case.d_h_last[0]) * (1 - h_1**2)
    results = run(case)
    assert_agrees(results["h"][0, 0], h_1, 1e-14)
    assert_agrees(results["d_x"][0, 0], W_xh.T @ d_a, 1e-14)
    assert_agrees(results["d_h_0"][0], W_hh.T @ d_a, 1e-14)
    assert_agrees(results["W_xh"], np.outer(d_a, x_1), 1e-14)
    assert_agrees(results["W_hh"], np.outer(d_a, h_0), 1e-14)
    assert_agrees(results["b_h"], d_a, 1e-14)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_float32_stays_float32_and_agrees_with_float64(activation, masked):
    single = run(make_case(4, 3, 2, 5, dtype=np.float32), activation, masked)
    double = run(make_case(4, 3, 2, 5), activation, masked)
    for name, value in single.items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 1e-5)


def test_the_gradient_at_the_last_state_may_be_left_out():
    case = make_case(4, 3, 2, 5)
    _, cache = rnn.forward(case.params, case.x, case.h_0)
    without = rnn.backward(case.d_h, cache)
    with_zeros = rnn.backward(case.d_h, cache, np.zeros_like(case.d_h_last))
    np.testing.assert_array_equal(without[0], with_zeros[0])
    np.testing.assert_array_equal(without[1], with_zeros[1])


def test_a_missing_initial_state_is_zero():
    case = make_case(4, 3, 2, 5)
    without, _ = rnn.forward(case.params, case.x)
    with_zeros, _ = rnn.forward(case.params, case.x, np.zeros_like(case.h_0))
    np.testing.assert_array_equal(without, with_zeros)


def test_states_are_closed_to_writing_because_the_backward_pass_reads_them():
    case = make_case(4, 3, 2, 5)
    h, _ = rnn.forward(case.params, case.x)
    with pytest.raises(ValueError, match="read-only"):
        h += 1


def test_inputs_that_are_views_give_the_same_result():
    case = make_case(4, 3, 2, 5)
    spread = case._replace(
        params=rnn.Params(*map(spread_out, case.params)),
        **{name: spread_out(getattr(case, name)) for name in ("x", "h_0", "mask", "d_h", "d_h_last")},
    )
    assert not spread.x.flags.c_contiguous
    for name, value in run(spread, masked=True).items():
        assert_agrees(value, run(case, masked=True)[name], 1e-14)


@pytest.mark.parametrize("recurrent", ["uniform", "orthogonal", "identity"])
def test_starting_weights_have_their_shapes_dtype_and_distribution(recurrent):
    params = rnn.init(np.random.default_rng(0), D=3, H=64, dtype=np.float32, recurrent=recurrent)
    assert [weight.shape for weight in params] == [(64, 3), (64, 64), (64,)]
    assert {weight.dtype for weight in params} == {np.dtype(np.float32)}
    assert 0.9 / 8 < np.abs(params.W_xh).max() <= 1 / 8
    if recurrent == "uniform":
        assert 0.99 / 8 < np.abs(params.W_hh).max() <= 1 / 8
    else:
        np.testing.assert_allclose(params.W_hh.T @ params.W_hh, np.eye(64), atol=1e-5)
    assert params.b_h.any() == (recurrent != "identity")


def test_an_identity_network_without_input_keeps_its_state():
    params = rnn.init(np.random.default_rng(0), D=3, H=4, recurrent="identity")
    h_0 = np.array([[0.0, 1.0, 2.0, 3.0]])
    h, _ = rnn.forward(params, np.zeros((5, 1, 3)), h_0, activation="relu")
    np.testing.assert_array_equal(h, np.broadcast_to(h_0, (5, 1, 4)))


class TestReadout:
    def gradients(self, h, params, d_y):
        d_h, grads = rnn.readout_backward(d_y, h, params)
        return {"h": d_h, **grads._asdict()}

    @pytest.mark.parametrize("leading", [(4, 3), (3,), ()])
    @pytest.mark.parametrize("name", ["h", "W_hy", "b_y"])
    def test_every_gradient_equals_central_differences(self, name, leading):
        rng = np.random.default_rng(0)
        params = rnn.ReadoutParams(rng.normal(size=(2, 5)), rng.normal(size=2))
        arguments = {"h": rng.normal(size=(*leading, 5)), **params._asdict()}
        d_y = rng.normal(size=(*leading, 2))

        def loss(value):
            now = arguments | {name: value}
            return float(np.sum(d_y * rnn.readout(rnn.ReadoutParams(now["W_hy"], now["b_y"]), now["h"])))

        numerical = numerical_gradient(loss, arguments[name])
        assert_agrees(self.gradients(arguments["h"], params, d_y)[name], numerical, 1e-8)

    def test_float32_stays_float32(self):
        params = rnn.init_readout(np.random.default_rng(0), H=4, K=3, dtype=np.float32)
        h = np.ones((2, 4), np.float32)
        y = rnn.readout(params, h)
        assert y.dtype == np.float32
        assert {value.dtype for value in self.gradients(h, params, y).values()} == {np.dtype(np.float32)}
