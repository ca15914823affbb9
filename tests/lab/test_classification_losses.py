"""The three losses of one classifier: their gradients, the floor of a doubled softmax, and runs that repeat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.analysis.gradient_check import check_gradient
from rnnlab.lab import classification_losses as lab
from rnnlab.lab.reading_surnames import names, untrained
from rnnlab.nets.losses import cross_entropy


@pytest.mark.parametrize("name", lab.LOSSES)
def test_every_gradient_agrees_with_central_differences(name):
    rng = np.random.default_rng(0)
    y, c = rng.normal(size=(4, 5)), rng.integers(5, size=4)
    _, d_y = lab.LOSSES[name](y, c)
    assert check_gradient(lambda y: lab.LOSSES[name](y[0], c)[0], (y,), (d_y,)).passed


@given(st.integers(2, 40), st.floats(0.1, 50), st.integers(0, 2**32 - 1))
def test_a_doubled_softmax_never_gets_below_its_floor(K, scale, seed):
    rng = np.random.default_rng(seed)
    loss, _ = lab.softmax_twice(scale * rng.normal(size=(1, K)), rng.integers(K, size=1))
    assert loss >= lab.least_loss_of_softmax_twice(K) - 1e-12


@pytest.mark.parametrize("K", [2, 6, 27])
def test_the_floor_is_reached_by_certainty(K):
    certain = np.zeros((1, K))
    certain[0, 1] = 100.0
    assert lab.softmax_twice(certain, np.array([1]))[0] == pytest.approx(lab.least_loss_of_softmax_twice(K))


def test_at_equal_logits_the_second_softmax_divides_the_gradient_by_the_number_of_classes():
    y, c = np.zeros((3, 6)), np.array([0, 2, 5])
    np.testing.assert_allclose(lab.softmax_twice(y, c)[1], cross_entropy(y, c)[1] / 6, atol=1e-15)


@pytest.mark.parametrize(("margin", "best_is_certain"), [(0.01, True), (-0.01, False)])
def test_beyond_the_lead_certainty_is_the_best_answer_of_a_doubled_softmax(margin, best_is_certain):
    K = 6
    lead = lab.lead_that_asks_for_certainty(K) + margin
    r = np.full(K, (1 - lead) / K)
    r[0] += lead

    def expected(p):
        return -(p @ r) + np.log(np.exp(p).sum(axis=-1))

    # all answers that give the other classes equally much; the loss is convex and symmetric in them
    answers = np.array(
        [np.append(first, np.full(K - 1, (1 - first) / (K - 1))) for first in np.linspace(0, 1, 1001)]
    )
    assert (expected(answers).argmin() == 1000) == best_is_certain


def test_one_seed_gives_one_run_with_a_score_for_each_epoch():
    learn, held_out = names(np.random.default_rng(0))
    few = learn.take(np.arange(128))
    first, second = (
        lab.train(np.random.default_rng(1), "softmax twice", 1e-2, few, held_out, epochs=2) for _ in range(2)
    )
    assert first.points == second.points
    assert len(first.points) == 2


def test_losses_share_their_starting_weights():
    few = names(np.random.default_rng(0))[0].take(np.arange(64))
    readers = [
        lab.train(np.random.default_rng(1), loss, 0.0, few, few, epochs=1).reader for loss in lab.LOSSES
    ]
    for reader in readers:
        np.testing.assert_array_equal(reader.cell.W_xh, untrained(np.random.default_rng(1)).cell.W_xh)
