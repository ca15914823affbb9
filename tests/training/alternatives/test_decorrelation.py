"""Decorrelation: an ordinary network with other weights, the chain rule, and a rule that does what it says."""

import numpy as np
import pytest

from rnnlab.nets import rnn
from rnnlab.training.alternatives import activity_perturbation, decorrelation, network
from rnnlab.training.alternatives.decorrelation import Decorrelation
from tests.nets.numerics import assert_agrees, numerical_gradient
from tests.training.alternatives.problems import assert_same, problem

D, H = 2, 5


def random_matrices(seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return Decorrelation(*(rng.normal(size=(N, N)).astype(dtype) for N in (D, H)))


def test_the_folded_network_is_the_one_with_matrices_in_front_of_its_weights():
    params, batch = problem()
    R = random_matrices()
    outcome = network.forward(decorrelation.folded(params, R), batch)
    (W_xh, W_hh, b_h), (W_hy, b_y) = params
    for b in range(3):
        h = batch.state[b]
        for t in range(4):
            h = np.tanh(W_xh @ (R.x @ batch.x[t, b]) + W_hh @ (R.h @ h) + b_h)
            assert_agrees(outcome.y[t, b], W_hy @ (R.h @ h) + b_y, 1e-12)


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "W_hy", "b_y"])
def test_every_gradient_equals_central_differences(name):
    params, batch = problem(masked=True)
    R = random_matrices()
    part = "recurrent" if name in rnn.Params._fields else "readout"

    def loss(value):
        changed = getattr(params, part)._replace(**{name: value})
        return decorrelation.gradient(network.gradient, params._replace(**{part: changed}), batch, R).loss

    numerical = numerical_gradient(loss, getattr(getattr(params, part), name))
    grads = decorrelation.gradient(network.gradient, params, batch, R).grads
    assert_agrees(getattr(getattr(grads, part), name), numerical, 1e-8)


def test_any_method_estimates_that_gradient():
    """Decorrelated activity perturbation: what each weight sees is its decorrelated input."""
    params, batch = problem()
    R = random_matrices()

    def method(params, batch):
        return activity_perturbation.gradient(params, batch, np.random.default_rng(3))

    grads = decorrelation.gradient(method, params, batch, R).grads
    of_the_folded = method(decorrelation.folded(params, R), batch).grads
    assert_agrees(grads.recurrent.W_hh, of_the_folded.recurrent.W_hh @ R.h.T, 1e-12)
    assert_agrees(grads.recurrent.W_xh, of_the_folded.recurrent.W_xh @ R.x.T, 1e-12)
    assert_agrees(grads.readout.W_hy, of_the_folded.readout.W_hy @ R.h.T, 1e-12)
    np.testing.assert_array_equal(grads.recurrent.b_h, of_the_folded.recurrent.b_h)


def test_no_decorrelation_changes_nothing():
    params, batch = problem()
    none = decorrelation.none(D, H)
    plain = network.gradient(params, batch)
    assert decorrelation.gradient(network.gradient, params, batch, none).loss == plain.loss
    assert_same(decorrelation.gradient(network.gradient, params, batch, none).grads, plain.grads, 1e-15)


def test_repeated_updates_remove_the_correlations_and_keep_them_away():
    rng = np.random.default_rng(0)
    mix_x, mix_h = rng.normal(size=(D, D)), 0.5 * rng.normal(size=(H, H))
    x, h = rng.normal(size=(50, 40, D)) @ mix_x.T, rng.normal(size=(50, 40, H)) @ mix_h.T
    R = decorrelation.none(D, H)
    before = [np.abs(decorrelation.correlations(z)).max() for z in (x, h)]
    for _ in range(1500):
        R = decorrelation.updated(R, x, h, rate=0.1)
    after = [
        np.abs(decorrelation.correlations(z @ matrix.T)).max() for z, matrix in zip((x, h), R, strict=True)
    ]
    assert min(before) > 0.05
    assert max(after) < 1e-3
    assert min(abs(np.linalg.det(matrix)) for matrix in R) > 1e-3  # and not by removing the signal


def test_uncorrelated_inputs_are_left_alone():
    x, h = np.eye(D)[:, np.newaxis], np.repeat(np.eye(H)[:2, np.newaxis], 1, axis=1)
    assert_same(
        decorrelation.updated(decorrelation.none(D, H), x, h, rate=0.5), decorrelation.none(D, H), 1e-15
    )


def test_an_update_is_the_rule_written_out():
    rng, R = np.random.default_rng(1), random_matrices()
    x, h = rng.normal(size=(4, 3, D)), rng.normal(size=(4, 3, H))
    updated = decorrelation.updated(R, x, h, rate=0.1)
    for z, old, new in zip((x, h), R, updated, strict=True):
        products = np.zeros_like(old)
        for place in z.reshape(12, -1):
            products += np.outer(old @ place, old @ place) / 12
        assert_agrees(new, old - 0.1 * (products - np.diag(np.diag(products))) @ old, 1e-12)


def test_padding_has_no_part_in_an_update():
    rng = np.random.default_rng(1)
    x, h = rng.normal(size=(4, 3, D)), rng.normal(size=(4, 3, H))
    mask = np.arange(4)[:, np.newaxis] < np.array([4, 1, 2])
    garbage_x, garbage_h = (np.where(mask[..., np.newaxis], z, 1e6) for z in (x, h))
    none = decorrelation.none(D, H)
    masked = decorrelation.updated(none, garbage_x, garbage_h, mask=mask)
    assert_same(masked, decorrelation.updated(none, x[mask][np.newaxis], h[mask][np.newaxis]), 1e-12)


def test_float32_stays_float32():
    params, batch = problem(dtype=np.float32)
    R = random_matrices(dtype=np.float32)
    grads = decorrelation.gradient(network.gradient, params, batch, R).grads
    updated = decorrelation.updated(R, batch.x, network.forward(params, batch).h)
    assert {leaf.dtype for leaf in (*grads.recurrent, *grads.readout, *updated)} == {np.dtype(np.float32)}


REFUSED = [
    (
        lambda params, x, h: decorrelation.folded(params, decorrelation.none(3, H)),
        r"decorrelation\.x must have",
    ),
    (
        lambda params, x, h: decorrelation.folded(params, decorrelation.none(D, 4)),
        r"decorrelation\.h must have",
    ),
    (lambda params, x, h: decorrelation.updated(decorrelation.none(3, H), x, h), "x must have the shape"),
    (lambda params, x, h: decorrelation.updated(decorrelation.none(D, H), x, h[1:]), "h must have the shape"),
    (
        lambda params, x, h: decorrelation.correlations(x, np.zeros((4, 3), bool)),
        "mask must be True somewhere",
    ),
    (lambda params, x, h: decorrelation.none(0, H), "D must be a positive whole number"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_wrong_arguments_are_refused_by_name(call, message):
    params, batch = problem()
    with pytest.raises(ValueError, match=message):
        call(params, batch.x, np.ones((4, 3, H)))
