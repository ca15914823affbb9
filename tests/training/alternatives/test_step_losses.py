"""Losses that are a sum over steps: equal to the losses of the core, and with the gradient of their sum."""

import numpy as np
import pytest

from rnnlab.nets import losses as core
from rnnlab.training.alternatives import step_losses
from tests.nets.numerics import assert_agrees, numerical_gradient

T, B, K = 4, 3, 5
RNG = np.random.default_rng(0)
Y, IDS, VALUES = RNG.normal(size=(T, B, K)), RNG.integers(0, K, (T, B)), RNG.normal(size=(T, B, K))
WEIGHTS = np.abs(RNG.normal(size=(T, B))) + 0.1
MASK = np.array([[True] * 3, [True] * 3, [True, True, False], [True, False, False]])


@pytest.mark.parametrize(
    "loss", [step_losses.cross_entropy(IDS, WEIGHTS), step_losses.squared_error(VALUES, WEIGHTS)]
)
def test_the_gradient_is_that_of_the_sum(loss):
    numerical = numerical_gradient(lambda y: float(loss(y)[0].sum()), Y)
    assert_agrees(loss(Y)[1], numerical, 1e-8)


def test_equal_weights_at_real_steps_give_the_masked_sequence_loss():
    mean, d_logits = core.masked_sequence_loss(Y, IDS, MASK)
    losses, d_y = step_losses.cross_entropy(np.where(MASK, IDS, -1), step_losses.at_every_step(MASK))(Y)
    assert_agrees(losses.sum(), mean, 1e-14)
    assert_agrees(d_y, d_logits, 1e-14)
    assert not losses[~MASK].any()


def test_weight_at_the_end_alone_gives_the_mean_squared_error_there():
    mean, d_y = core.squared_error(Y[-1], VALUES[-1])
    losses, of_all = step_losses.squared_error(VALUES, step_losses.at_the_end(T, B))(Y)
    assert_agrees(losses.sum() / K, mean, 1e-14)
    assert_agrees(of_all[-1] / K, d_y, 1e-14)
    assert not of_all[:-1].any()


def test_what_stands_where_the_weight_is_zero_has_no_effect():
    weights = step_losses.at_every_step(MASK)
    garbage = np.where(MASK[..., np.newaxis], VALUES, np.nan)
    for actual, expected in zip(
        step_losses.squared_error(garbage, weights)(Y),
        step_losses.squared_error(VALUES, weights)(Y),
        strict=True,
    ):
        np.testing.assert_array_equal(actual, expected)


def test_float32_stays_float32():
    weights = step_losses.at_the_end(T, B, np.float32)
    for loss in (
        step_losses.cross_entropy(IDS, weights),
        step_losses.squared_error(VALUES.astype(np.float32), weights),
    ):
        assert {array.dtype for array in loss(Y.astype(np.float32))} == {np.dtype(np.float32)}
    assert step_losses.at_every_step(MASK, np.float32).dtype == np.float32


REFUSED = [
    (lambda: step_losses.cross_entropy(IDS, WEIGHTS[0]), ValueError, "weights must have the shape"),
    (lambda: step_losses.squared_error(VALUES[0], WEIGHTS), ValueError, "targets must have the shape"),
    (lambda: step_losses.squared_error(VALUES, WEIGHTS)(Y[1:]), ValueError, "y must have the shape"),
    (lambda: step_losses.cross_entropy(IDS, WEIGHTS)(Y[1:]), ValueError, "y must have the shape"),
    (
        lambda: step_losses.cross_entropy(IDS + K, WEIGHTS)(Y),
        ValueError,
        "targets must lie between 0 and K - 1 = 4",
    ),
    (
        lambda: step_losses.cross_entropy(VALUES[..., 0], WEIGHTS)(Y),
        TypeError,
        "targets must hold whole numbers",
    ),
    (lambda: step_losses.at_every_step(MASK & False), ValueError, "mask must be True somewhere"),
    (lambda: step_losses.at_the_end(0, B), ValueError, "T must be a positive whole number"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_wrong_arguments_are_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call()
