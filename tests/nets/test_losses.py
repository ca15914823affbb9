"""Losses: numerical gradients, the meaning of the reductions and of the mask, no overflow, clear errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.nets import losses
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only

REDUCTIONS = ("mean", "sum")


def padded_batch(T=4, B=3, K=5, seed=0):
    rng = np.random.default_rng(seed)
    logits, targets = rng.normal(size=(T, B, K)), rng.integers(0, K, (T, B))
    mask = np.arange(T)[:, np.newaxis] < np.array([T, 2, 1])[:B]
    return read_only(logits), read_only(targets), read_only(mask)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_cross_entropy_gradient_equals_central_differences(reduction):
    logits, targets, _ = padded_batch()
    numerical = numerical_gradient(lambda z: losses.cross_entropy(z, targets, reduction)[0], logits)
    assert_agrees(losses.cross_entropy(logits, targets, reduction)[1], numerical, 1e-8)


def test_masked_gradient_equals_central_differences():
    logits, targets, mask = padded_batch()
    numerical = numerical_gradient(lambda z: losses.masked_sequence_loss(z, targets, mask)[0], logits)
    assert_agrees(losses.masked_sequence_loss(logits, targets, mask)[1], numerical, 1e-8)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_squared_error_gradient_equals_central_differences(reduction):
    y, target = padded_batch()[0], padded_batch(seed=1)[0]
    numerical = numerical_gradient(lambda y: losses.squared_error(y, target, reduction)[0], y)
    assert_agrees(losses.squared_error(y, target, reduction)[1], numerical, 1e-8)


def test_the_sum_is_the_mean_times_the_number_of_targets():
    logits, targets, _ = padded_batch()
    (mean, d_mean), (total, d_total) = (losses.cross_entropy(logits, targets, name) for name in REDUCTIONS)
    assert total == pytest.approx(mean * targets.size)
    assert_agrees(d_total, d_mean * targets.size, 1e-14)


def test_gradient_of_one_target_is_probabilities_minus_one_hot():
    _, d_logits = losses.cross_entropy(np.log([[0.2, 0.3, 0.5]]), np.array([1]))
    np.testing.assert_allclose(d_logits, [[0.2, 0.3 - 1, 0.5]])


def test_padding_has_no_effect_whatever_stands_there():
    logits, targets, mask = padded_batch()
    loss, d_logits = losses.masked_sequence_loss(logits, targets, mask)
    garbage = np.where(mask[..., np.newaxis], logits, np.nan), np.where(mask, targets, -1)
    loss_again, d_again = losses.masked_sequence_loss(*garbage, mask)
    assert loss_again == loss
    np.testing.assert_array_equal(d_again, d_logits)
    assert not d_logits[~mask].any()


def test_every_real_step_weighs_the_same_whatever_its_sequence():
    logits, targets, mask = padded_batch()
    each = [
        losses.cross_entropy(logits[place], targets[place])[0]
        for place in zip(*np.nonzero(mask), strict=True)
    ]
    assert losses.masked_sequence_loss(logits, targets, mask)[0] == pytest.approx(np.mean(each))


def test_a_permuted_batch_has_the_same_loss_and_permuted_gradients():
    logits, targets, mask = padded_batch()
    order = [2, 0, 1]
    loss, d_logits = losses.masked_sequence_loss(logits, targets, mask)
    loss_again, d_again = losses.masked_sequence_loss(logits[:, order], targets[:, order], mask[:, order])
    assert loss_again == pytest.approx(loss)
    assert_agrees(d_again, d_logits[:, order], 1e-14)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=5))
def test_cross_entropy_of_huge_logits_is_finite(logits):
    loss, d_logits = losses.cross_entropy(np.array([logits]), np.array([0]))
    assert np.isfinite(loss)
    assert loss >= 0
    assert d_logits.sum() == pytest.approx(0, abs=1e-12)


def test_float32_stays_float32():
    logits, targets, mask = padded_batch()
    single = logits.astype(np.float32)
    assert losses.cross_entropy(single, targets)[1].dtype == np.float32
    assert losses.masked_sequence_loss(single, targets, mask)[1].dtype == np.float32
    assert losses.squared_error(single, single)[1].dtype == np.float32


@given(st.integers(1, 1000))
def test_equal_logits_have_the_perplexity_of_their_number(K):
    loss, _ = losses.cross_entropy(np.zeros((1, K)), np.array([0]))
    assert losses.perplexity(loss) == pytest.approx(K)
    assert losses.bits(loss) == pytest.approx(np.log2(K))


LOGITS, TARGETS, MASK = padded_batch()
REFUSED = [
    (
        losses.cross_entropy,
        (LOGITS.tolist(), TARGETS),
        TypeError,
        "logits must be a NumPy array, but is of type list",
    ),
    (
        losses.cross_entropy,
        (LOGITS[..., 0], TARGETS),
        ValueError,
        "logits must have the shape .* An axis is missing",
    ),
    (losses.cross_entropy, (LOGITS, np.eye(5)[TARGETS]), ValueError, "logits must have the shape"),
    (
        losses.cross_entropy,
        (LOGITS, TARGETS * 1.0),
        TypeError,
        "targets must hold whole numbers .* holds float64",
    ),
    (
        losses.cross_entropy,
        (LOGITS, TARGETS * 0 + 5),
        ValueError,
        "targets must lie between 0 and K - 1 = 4, but 5 occ",
    ),
    (losses.cross_entropy, (LOGITS, TARGETS * 0 - 1), ValueError, "but -1 occurs. Are ids counted from 1"),
    (
        losses.cross_entropy,
        (LOGITS, TARGETS, "none"),
        ValueError,
        "reduction must be 'mean' or 'sum', but is 'none'",
    ),
    (
        losses.masked_sequence_loss,
        (LOGITS, TARGETS, MASK.T),
        ValueError,
        r"mask .* \.transpose\(1, 0\) would fit",
    ),
    (
        losses.masked_sequence_loss,
        (LOGITS, TARGETS.T, MASK),
        ValueError,
        r"targets must have the shape \(T, B\)",
    ),
    (
        losses.masked_sequence_loss,
        (LOGITS[0], TARGETS, MASK),
        ValueError,
        r"logits must have the shape \(T, B, K\)",
    ),
    (
        losses.masked_sequence_loss,
        (LOGITS, TARGETS, MASK * 1),
        TypeError,
        "mask must be boolean, True at real steps",
    ),
    (
        losses.masked_sequence_loss,
        (LOGITS, TARGETS, MASK & False),
        ValueError,
        "every step is padding. Is the mask inv",
    ),
    (
        losses.masked_sequence_loss,
        (LOGITS, TARGETS + 9, MASK),
        ValueError,
        "targets must lie between 0 and K - 1 = 4",
    ),
    (losses.squared_error, (LOGITS, LOGITS[0]), ValueError, "target must have the shape"),
    (losses.squared_error, (LOGITS, TARGETS), TypeError, "target must hold floats"),
    (
        losses.squared_error,
        (LOGITS, LOGITS.astype(np.float32)),
        TypeError,
        "target must be float64 like the other",
    ),
    (losses.squared_error, (LOGITS, LOGITS, "none"), ValueError, "reduction must be 'mean' or 'sum'"),
]


@pytest.mark.parametrize(("function", "arguments", "error", "message"), REFUSED)
def test_wrong_arguments_are_refused_by_name(function, arguments, error, message):
    with pytest.raises(error, match=message):
        function(*arguments)
