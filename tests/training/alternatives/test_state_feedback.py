"""Diagonal state feedbacks and fully truncated BPTT: where they are exact, and what they are where they are not."""

import numpy as np
import pytest
from hypothesis import given, settings

from rnnlab.nets import gru, rnn
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import mapped
from rnnlab.training.alternatives import network, one_step, state_feedback, truncated
from tests.nets.numerics import assert_agrees, cases, make_case
from tests.training.alternatives.problems import assert_same, problem

KINDS = {
    "rnn": cell("rnn"),
    "relu": cell("rnn", activation="relu"),
    "gru": cell("gru"),
    "cho": cell("gru", reset="before"),
}


def run(name, case, masked):
    """A forward pass of this kind of cell: its cache, and its own backward pass."""
    kind = KINDS[name]
    params = kind.init(np.random.default_rng(1), case.x.shape[-1], case.h_0.shape[-1])
    _, cache = kind.forward(params, case.x, case.h_0, case.mask if masked else None)
    return kind, cache


def diagonal_case(masked):
    case = make_case(T=6, B=3, D=2, H=4, seed=1)
    diagonal = np.array([0.9, -0.5, 0.0, 1.1])
    params = case.params._replace(W_hh=np.diag(diagonal))
    _, cache = rnn.forward(params, case.x, case.h_0, case.mask if masked else None, "identity")
    return case, diagonal, cache


LINEAR = cell("rnn", activation="identity")
NONE = np.zeros(5)


@pytest.mark.parametrize("method", ["loop", "hillis_steele", "chunked", "auto"])
@pytest.mark.parametrize("masked", [False, True])
def test_it_is_bptt_where_the_recurrence_is_linear_and_diagonal(masked, method):
    case, diagonal, cache = diagonal_case(masked)
    exact = rnn.backward(case.d_h, cache, case.d_h_last)
    feedback = state_feedback.backward(case.d_h, case.x, cache, LINEAR, diagonal, case.d_h_last, method)
    for actual, expected in zip((*feedback[:2], *feedback[2]), (*exact[:2], *exact[2]), strict=True):
        assert_agrees(actual, expected, 1e-10)


@pytest.mark.parametrize("masked", [False, True])
def test_the_mean_jacobian_diagonal_is_that_diagonal(masked):
    _, diagonal, cache = diagonal_case(masked)
    np.testing.assert_allclose(state_feedback.mean_jacobian_diagonal(cache), diagonal, rtol=1e-14)


def test_the_mean_jacobian_diagonal_is_the_mean_over_real_steps():
    case = make_case(T=4, B=3, D=2, H=5)
    garbage = np.where(case.mask[..., np.newaxis], case.x, 1e6)
    _, cache = rnn.forward(case.params, garbage, case.h_0, case.mask)
    jacobians = [
        np.diag(1 - h_t**2) @ case.params.W_hh
        for h_t, real in zip(cache.states[1:].reshape(-1, 5), case.mask.ravel(), strict=True)
        if real
    ]
    assert_agrees(state_feedback.mean_jacobian_diagonal(cache), np.diag(np.mean(jacobians, axis=0)), 1e-12)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", KINDS)
def test_no_feedback_is_fully_truncated_bptt(name, masked):
    case = make_case(T=6, B=3, D=2, H=5)
    kind, cache = run(name, case, masked)
    without = state_feedback.backward(case.d_h, case.x, cache, kind, np.zeros(5), case.d_h_last)
    window_of_one = truncated.backward(case.d_h, case.x, cache, kind, case.d_h_last)
    assert_agrees(without[0], window_of_one[0], 1e-12)
    np.testing.assert_array_equal(without[1], window_of_one[1])
    assert_same(without[2], window_of_one[2], 1e-12)


@pytest.mark.parametrize("name", KINDS)
def test_fully_truncated_bptt_is_bptt_in_windows_of_one_step(name):
    case = make_case(T=6, B=3, D=2, H=5)
    kind, cache = run(name, case, masked=False)
    d_x, d_h_0, grads = truncated.backward(case.d_h, case.x, cache, kind)
    state, summed = case.h_0, mapped(np.zeros_like, cache.params)
    for t in range(6):
        _, window = kind.forward(cache.params, case.x[t : t + 1], state)
        d_x_t, _, of_window = kind.backward(case.d_h[t : t + 1], window)
        assert_agrees(d_x[t : t + 1], d_x_t, 1e-12)
        summed = mapped(np.add, summed, of_window)
        state = kind.last_state(window)
    assert_same(grads, summed, 1e-12)
    assert not d_h_0.any()


def test_a_gradient_at_padding_belongs_to_the_last_real_step():
    params = rnn.Params(np.ones((1, 1)), np.full((1, 1), 0.5), np.zeros(1))
    mask = np.array([[True, False], [False, False]])
    x, d_h = np.ones((2, 2, 1)), np.array([[[1.0], [2.0]], [[4.0], [8.0]]])
    _, cache = LINEAR.forward(params, x, mask=mask)
    d_x, d_h_0, grads = truncated.backward(d_h, x, cache, LINEAR, np.full((2, 1), 16.0))
    assert d_x[:, :, 0].tolist() == [[21, 0], [0, 0]]
    assert d_h_0[:, 0].tolist() == [0, 26]
    assert grads.b_h.tolist() == [21]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", KINDS)
def test_with_the_true_delta_the_steps_by_themselves_give_bptt(name, masked):
    case = make_case(T=5, B=3, D=2, H=4)
    kind, cache = run(name, case, masked)
    delta = np.empty_like(case.d_h)
    end = np.zeros_like(case.h_0)
    for t in reversed(range(5)):
        mask_t = None if cache.mask is None else cache.mask[t : t + 1]
        delta[t] = case.d_h[t] + end
        _, one = kind.forward(cache.params, case.x[t : t + 1], cache.states[t], mask_t)
        end = kind.backward(delta[t : t + 1], one)[1]
    exact = kind.backward(case.d_h, cache)
    d_x, grads = one_step.gradients(delta, case.x, cache, kind)
    assert_agrees(d_x, exact[0], 1e-12)
    assert_same(grads, exact[2], 1e-12)


def test_without_padding_it_is_a_convolution_too():
    case, diagonal, cache = diagonal_case(masked=False)
    exact = rnn.backward(case.d_h, cache, case.d_h_last)
    by_convolution = state_feedback.backward(
        case.d_h, case.x, cache, LINEAR, diagonal, case.d_h_last, "convolution"
    )
    assert_agrees(by_convolution[1], exact[1], 1e-10)
    assert_same(by_convolution[2], exact[2], 1e-10)


def test_a_gradient_that_is_not_a_number_flows_on():
    case, diagonal, cache = diagonal_case(masked=False)
    d_h = case.d_h.copy()
    d_h[-1] = np.nan
    assert np.isnan(state_feedback.backward(d_h, case.x, cache, LINEAR, diagonal)[2].W_xh).any()


@pytest.mark.parametrize("name", ["rnn", "gru"])
def test_long_sequences_are_taken_in_stretches_that_sum_up_to_the_same(name, monkeypatch):
    case = make_case(T=7, B=3, D=2, H=5)
    kind, cache = run(name, case, masked=True)
    whole = one_step.gradients(case.d_h, case.x, cache, kind)
    monkeypatch.setattr("rnnlab.nets.products.CHUNK_BYTES", 2 * case.d_h[0].nbytes)
    stretches = one_step.gradients(case.d_h, case.x, cache, kind)
    assert_agrees(stretches[0], whole[0], 1e-13)
    assert_same(stretches[1], whole[1], 1e-13)


@given(cases())
@settings(max_examples=20, deadline=None)
def test_the_scan_is_the_recursion_written_out(case):
    D = np.linspace(-0.5, 1.2, case.h_0.shape[-1])
    delta, d_h_0 = state_feedback.accumulated(case.d_h, D, case.mask, case.d_h_last)
    expected = case.d_h[-1] + case.d_h_last
    for t in reversed(range(len(delta))):
        assert_agrees(delta[t], expected, 1e-10)
        factor = np.where(case.mask[t][:, np.newaxis], D, 1)
        expected = factor * delta[t] + (case.d_h[t - 1] if t else 0)
    np.testing.assert_allclose(d_h_0, expected, rtol=1e-10, atol=1e-12)


@given(cases())
@settings(max_examples=20, deadline=None)
def test_it_is_linear_in_the_upstream_gradient_and_blind_to_padding(case):
    D = state_feedback.linear_diagonal(case.h_0.shape[-1])
    garbage = np.where(case.mask[..., np.newaxis], case.x, 1e6)
    results = []
    for x, d_h in ((case.x, case.d_h), (garbage, -3 * case.d_h)):
        _, cache = rnn.forward(case.params, x, case.h_0, case.mask)
        results.append(state_feedback.backward(d_h, x, cache, cell("rnn"), D))
    np.testing.assert_allclose(results[1][0], -3 * results[0][0], rtol=1e-10, atol=1e-12)
    assert not results[0][0][~case.mask].any()
    for actual, expected in zip(results[1][2], results[0][2], strict=True):
        np.testing.assert_allclose(actual, -3 * expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["rnn", "gru"])
def test_the_readout_gets_its_exact_gradient_and_the_last_step_too(name):
    params, batch = problem(T=1, kind=cell(name))
    exact = network.gradient(params, batch)
    for method in (state_feedback.gradient, truncated.gradient):
        assert_same(method(params, batch).grads, exact.grads, 1e-12)
    params, batch = problem(T=5, kind=cell(name))
    exact = network.gradient(params, batch)
    for method in (state_feedback.gradient, truncated.gradient):
        estimate = method(params, batch)
        assert estimate.loss == exact.loss
        assert_same(estimate.grads.readout, exact.grads.readout, 1e-14)
        with pytest.raises(AssertionError, match="relative error"):
            assert_same(estimate.grads.recurrent, exact.grads.recurrent, 1e-3)


def test_a_diagonal_may_be_given():
    params, batch = problem()
    half = state_feedback.gradient(params, batch, np.full(5, 0.5))
    none = state_feedback.gradient(params, batch, np.zeros(5))
    assert_same(none.grads, truncated.gradient(params, batch).grads, 1e-12)
    assert not np.allclose(half.grads.recurrent.W_hh, none.grads.recurrent.W_hh)


def test_the_diagonal_of_the_paper_runs_from_zero_to_one():
    diagonal = state_feedback.linear_diagonal(5, np.float32)
    np.testing.assert_array_equal(diagonal, np.array([0, 0.25, 0.5, 0.75, 1], np.float32))
    assert diagonal.dtype == np.float32


@pytest.mark.parametrize("method", [state_feedback.gradient, truncated.gradient])
def test_float32_stays_float32(method):
    for kind in (cell("rnn"), cell("gru")):
        params, batch = problem(dtype=np.float32, masked=True, kind=kind)
        grads = method(params, batch).grads
        assert {leaf.dtype for leaf in (*grads.recurrent, *grads.readout)} == {np.dtype(np.float32)}


def test_a_cell_with_two_states_is_refused():
    params, batch = problem(kind=cell("lstm"))
    for method in (truncated.gradient, state_feedback.gradient):
        with pytest.raises(
            TypeError, match="the cell must be 'rnn' or 'gru', whose state is one array, but is 'lstm'"
        ):
            method(params, batch)


def test_wrong_arguments_are_refused_by_name():
    case, kind = make_case(4, 3, 2, 5), cell("rnn")
    _, cache = rnn.forward(case.params, case.x)

    def feedback(d_h=case.d_h, D=NONE):
        return state_feedback.backward(d_h, case.x, cache, kind, D)

    def window_of_one(d_h=case.d_h, d_last=None):
        return truncated.backward(d_h, case.x, cache, kind, d_last)

    assert feedback()[0].shape == window_of_one()[0].shape == case.x.shape
    with pytest.raises(ValueError, match=r"D must have the shape \(H,\) with H = 5"):
        feedback(D=np.zeros(4))
    with pytest.raises(TypeError, match="D must be float64 like the other arguments"):
        feedback(D=np.zeros(5, np.float32))
    with pytest.raises(ValueError, match="d_last must have the shape"):
        window_of_one(d_last=case.d_h)
    with pytest.raises(ValueError, match="d_last must have the shape"):
        state_feedback.accumulated(case.d_h, NONE, d_last=case.d_h)
    with pytest.raises(ValueError, match="mask must have the shape"):
        state_feedback.accumulated(case.d_h, NONE, mask=case.mask[1:])
    for function in (feedback, window_of_one):
        with pytest.raises(ValueError, match="d_h must have the shape"):
            function(case.d_h[1:])
    with pytest.raises(ValueError, match="delta must have the shape"):
        one_step.gradients(case.d_h[1:], case.x, cache, kind)
    with pytest.raises(ValueError, match="x must have the shape"):
        one_step.gradients(case.d_h, case.x[1:], cache, kind)
    with pytest.raises(TypeError, match=r"cache must come from rnn\.forward"):
        state_feedback.mean_jacobian_diagonal(
            gru.forward(gru.init(np.random.default_rng(0), 2, 5), case.x)[1]
        )
