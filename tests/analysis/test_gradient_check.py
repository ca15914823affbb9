"""Gradient checks: they find a wrong gradient wherever it is wrong, and say so in a table."""

import re
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.gradient_check import check_gradient, complex_step_gradient, numerical_gradient
from rnnlab.analysis.gradient_report import HEADER
from rnnlab.nets import gru, lstm, rnn
from rnnlab.nets.losses import squared_error
from rnnlab.nets.parameters import mapped, named_leaves
from tests.nets.numerics import assert_agrees

seeds = st.integers(0, 10**6)


class Network(NamedTuple):
    cell: rnn.Params
    readout: rnn.ReadoutParams
    bridge: None = None


def network_with_loss(seed=0):
    """A network in a nested tree, its loss as a function of the tree, and its gradient by hand."""
    rng = np.random.default_rng(seed)
    params = Network(rnn.init(rng, D=2, H=4), rnn.init_readout(rng, H=4, K=3))
    x, target = rng.normal(size=(5, 2, 2)), rng.normal(size=(5, 2, 3))

    def loss(params):
        h, _ = rnn.forward(params.cell, x)
        return squared_error(rnn.readout(params.readout, h), target)[0]

    h, cache = rnn.forward(params.cell, x)
    _, d_y = squared_error(rnn.readout(params.readout, h), target)
    d_h, d_readout = rnn.readout_backward(d_y, h, params.readout)
    _, _, d_cell = rnn.backward(d_h, cache)
    return params, loss, Network(d_cell, d_readout)


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_a_right_gradient_of_a_nested_network_passes_far_below_the_tolerance(seed):
    params, loss, grads = network_with_loss(seed)
    report = check_gradient(loss, params, grads)
    assert report.passed
    assert [leaf.path for leaf in report.leaves] == [path for path, _ in named_leaves(params)]
    assert {leaf.verdict for leaf in report.leaves} == {"agrees"}
    assert max(leaf.relative_error for leaf in report.leaves) < 1e-8


@pytest.mark.parametrize("module", [rnn, lstm, gru])
def test_every_cell_passes(module):
    rng = np.random.default_rng(1)
    params, x = module.init(rng, D=3, H=2), rng.normal(size=(4, 2, 3))
    weight = rng.normal(size=(4, 2, 2))

    def loss(params):
        return float(np.sum(weight * module.forward(params, x)[0]))

    grads = module.backward(weight, module.forward(params, x)[1])[2]
    report = check_gradient(loss, params, grads)
    assert [leaf.verdict for leaf in report.leaves] == ["agrees"] * len(params)


@given(seed=seeds, leaf=st.integers(0, 4), entry=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_one_wrong_entry_of_any_leaf_is_found_at_its_place(seed, leaf, entry):
    params, loss, grads = network_with_loss(seed)
    paths = [path for path, _ in named_leaves(grads)]
    wrong = mapped(np.array, grads)
    _, array = list(named_leaves(wrong))[leaf]
    place = np.unravel_index(entry % array.size, array.shape)
    shift = 1e-3 * np.abs(array).max()
    array[place] += shift
    report = check_gradient(loss, params, wrong)
    assert not report.passed
    assert [each.path for each in report.leaves if each.verdict == "differs"] == [paths[leaf]]
    worst = report.worst
    assert (worst.path, worst.place) == (paths[leaf], place)
    assert worst.analytic == array[place]
    assert_agrees(worst.analytic - worst.numerical, shift, 1e-4)


def test_a_gradient_that_is_off_by_a_factor_has_that_relative_error():
    params, loss, grads = network_with_loss()
    report = check_gradient(loss, params, mapped(lambda each: 2 * each, grads))
    assert [leaf.verdict for leaf in report.leaves] == ["differs"] * 5
    for leaf in report.leaves:
        assert leaf.relative_error == pytest.approx(0.5, rel=1e-6)


def test_a_gradient_that_is_not_a_number_differs():
    params, loss, grads = network_with_loss()
    wrong = mapped(np.array, grads)
    wrong.cell.W_hh[1, 2] = np.nan
    report = check_gradient(loss, params, wrong)
    assert [leaf.path for leaf in report.leaves if leaf.verdict == "differs"] == ["cell.W_hh"]
    assert report.worst.place == (1, 2)


def test_a_gradient_below_the_noise_floor_is_neither_confirmed_nor_refuted():
    def loss(params):
        return 1e3 + float(1e-9 * params[0].sum())

    report = check_gradient(loss, (np.array([1.0, 2.0]),), (np.array([1e-9, 2e-9]),))
    assert [leaf.verdict for leaf in report.leaves] == ["within noise"]
    assert report.passed
    too_large = check_gradient(loss, (np.array([1.0, 2.0]),), (np.array([1e-3, 1e-9]),))
    assert [leaf.verdict for leaf in too_large.leaves] == ["differs"]


def test_a_parameter_without_effect_has_a_zero_gradient_that_agrees():
    report = check_gradient(lambda params: 3.0, (np.ones(2),), (np.zeros(2),))
    assert report.leaves[0].verdict == "agrees"
    assert report.leaves[0].relative_error == 0


@given(seed=seeds, samples=st.integers(1, 6))
@settings(max_examples=15, deadline=None)
def test_samples_bound_the_number_of_losses(seed, samples):
    params, loss, grads = network_with_loss()
    calls = []

    def counted(params):
        calls.append(1)
        return loss(params)

    report = check_gradient(counted, params, grads, samples=samples, rng=np.random.default_rng(seed))
    assert report.passed
    assert [leaf.checked for leaf in report.leaves] == [min(samples, leaf.size) for leaf in report.leaves]
    assert len(calls) == 1 + 2 * sum(leaf.checked for leaf in report.leaves)


def test_samples_are_drawn_anew_for_every_seed_and_find_a_gradient_that_is_wrong_everywhere():
    params, loss, grads = network_with_loss()
    wrong = mapped(lambda each: each + 1, grads)
    places = {
        check_gradient(loss, params, wrong, samples=1, rng=np.random.default_rng(seed)).leaves[1].place
        for seed in range(20)
    }
    assert len(places) > 5


def test_parameters_stay_as_they_are():
    params, loss, grads = network_with_loss()
    for array in (*params.cell, *params.readout, *grads.cell):
        array.setflags(write=False)
    before = mapped(np.array, params)
    check_gradient(loss, params, grads)
    mapped(np.testing.assert_array_equal, params, before)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_central_differences_and_the_complex_step_agree_with_the_derivative(seed):
    rng = np.random.default_rng(seed)
    W, a = 0.5 * rng.normal(size=(3, 4)), rng.normal(size=4)
    exact = W.T @ (1 - np.tanh(W @ a) ** 2)
    assert_agrees(numerical_gradient(lambda a: float(np.tanh(W @ a).sum()), a), exact, 1e-8)
    assert_agrees(complex_step_gradient(lambda a: np.tanh(W @ a).sum(), a), exact, 1e-14)


def test_a_trajectory_agrees_with_its_complex_step_to_rounding():
    rng = np.random.default_rng(0)
    params, x = rnn.init(rng, D=2, H=5), rng.normal(size=(20, 1, 2))
    W_xh, W_hh, b_h = params

    def last_unit(W_hh):
        h = np.zeros(5)
        for x_t in x[:, 0]:
            h = np.tanh(W_xh @ x_t + W_hh @ h + b_h)
        return h[0]

    h, cache = rnn.forward(params, x)
    d_h = np.zeros_like(h)
    d_h[-1, 0, 0] = 1
    assert_agrees(rnn.backward(d_h, cache)[2].W_hh, complex_step_gradient(last_unit, W_hh), 1e-13)


def test_central_differences_are_best_near_the_default_epsilon():
    a = np.random.default_rng(0).normal(size=50)
    errors = [
        np.abs(
            numerical_gradient(lambda a: float(np.tanh(a).sum()), a, epsilon) - (1 - np.tanh(a) ** 2)
        ).max()
        for epsilon in (1e-2, 1e-5, 1e-9)
    ]
    assert errors[1] < 1e-3 * errors[0]
    assert errors[1] < 1e-2 * errors[2]


def test_the_table_reads_well():
    params, loss, grads = network_with_loss()
    wrong = grads._replace(cell=grads.cell._replace(b_h=grads.cell.b_h + 1))
    lines = repr(check_gradient(loss, params, wrong)).splitlines()
    assert lines[0].startswith(
        "1 of 5 gradients differ from central differences (ε = 1e-05, tolerance 1e-07,"
    )
    assert re.split("  +", lines[2]) == list(HEADER)
    assert [line.split()[:2] for line in lines[4:]] == [
        ["cell.W_xh", "agrees"],
        ["cell.W_hh", "agrees"],
        ["cell.b_h", "differs"],
        ["readout.W_hy", "agrees"],
        ["readout.b_y", "agrees"],
    ]
    assert max(map(len, lines[2:])) < 110
    assert repr(check_gradient(loss, params, grads)).startswith("All 5 gradients agree")


def test_the_notebook_table_is_escaped_html_with_a_caption():
    class Odd(NamedTuple):
        W: np.ndarray

    report = check_gradient(lambda p: float(p.W.sum()), Odd(np.ones(2)), Odd(np.zeros(2)))
    text = report._repr_html_()
    assert "<caption>1 of 1 gradients differ" in text
    assert '<th scope="row">W</th><td>differs</td>' in text
    assert text.count("<tr>") == 2


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"grads": (np.ones(3),)},
            ValueError,
            r"grads.0 must have the shape \(2,\) like params.0",
        ),
        ({"grads": (np.ones(2), np.ones(2))}, ValueError, "grads must have the branches of params"),
        (
            {"params": (np.ones(2, np.float32),), "grads": (np.ones(2, np.float32),)},
            TypeError,
            "params.0 must be float64 for a numerical gradient",
        ),
        ({"params": (np.ones(2, int),), "grads": (np.ones(2, int),)}, TypeError, "params.0 must hold floats"),
        ({"epsilon": 0.0}, ValueError, "epsilon must be positive"),
        ({"samples": 1}, ValueError, "samples needs rng"),
        (
            {"samples": 0, "rng": np.random.default_rng(0)},
            ValueError,
            "samples must be a positive whole number",
        ),
    ],
)
def test_wrong_arguments_are_refused(arguments, error, message):
    right = {"loss": lambda p: float(p[0].sum()), "params": (np.ones(2),), "grads": (np.ones(2),)}
    with pytest.raises(error, match=message):
        check_gradient(**(right | arguments))


def test_numerical_gradients_want_float64_and_the_complex_step_a_complex_loss():
    with pytest.raises(TypeError, match="at must be float64 for a numerical gradient"):
        numerical_gradient(lambda a: float(a.sum()), np.ones(2, np.float32))
    with pytest.raises(TypeError, match=r"loss must return a complex number.*Does it take abs"):
        complex_step_gradient(lambda a: np.abs(a).sum(), np.ones(2))
