"""The three conventions for padded batches: what each step counts, and which of them padding can reach."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.analysis.gradient_check import check_gradient
from rnnlab.lab import padding_conventions as lab
from rnnlab.nets.losses import masked_sequence_loss

NAMES = ["li", "kovac", "o mara", "fitzgerald"]


def scores(seed=0):
    rng = np.random.default_rng(seed)
    _, targets, mask = lab.padded(NAMES)
    return rng.normal(size=(*targets.shape, len(lab.SYMBOLS))), targets, mask


@pytest.mark.parametrize("convention", lab.CONVENTIONS)
def test_shares_sum_to_one(convention):
    _, _, mask = lab.padded(NAMES)
    assert lab.shares(mask, convention).sum() == pytest.approx(1)


@pytest.mark.parametrize("convention", lab.CONVENTIONS)
def test_without_padding_all_conventions_agree(convention):
    np.testing.assert_allclose(lab.shares(np.ones((3, 2), bool), convention), 1 / 6)


@pytest.mark.parametrize("convention", lab.CONVENTIONS[1:])
def test_padding_counts_nothing_where_it_is_masked(convention):
    _, _, mask = lab.padded(NAMES)
    assert np.all(lab.shares(mask, convention)[~mask] == 0)


def test_every_name_counts_the_same_in_the_mean_over_sequences():
    _, _, mask = lab.padded(NAMES)
    np.testing.assert_allclose(lab.shares(mask, "mean over sequences").sum(axis=0), 1 / len(NAMES))


def test_the_mean_over_steps_is_the_packages_masked_loss():
    logits, targets, mask = scores()
    ours = lab.weighted_loss(logits, targets, lab.shares(mask, "mean over steps"))
    theirs = masked_sequence_loss(logits, targets, mask)
    assert ours[0] == pytest.approx(theirs[0])
    np.testing.assert_allclose(ours[1], theirs[1], atol=1e-15)


@pytest.mark.parametrize("convention", lab.CONVENTIONS)
def test_the_weighted_gradient_agrees_with_central_differences(convention):
    logits, targets, mask = scores()
    w = lab.shares(mask, convention)
    _, d_logits = lab.weighted_loss(logits, targets, w)
    report = check_gradient(
        lambda y: lab.weighted_loss(y[0], targets, w)[0],
        (logits,),
        (d_logits,),
        samples=60,
        rng=np.random.default_rng(0),
    )
    assert report.passed


def test_targets_are_the_inputs_one_step_on_and_then_the_end():
    x, targets, mask = lab.padded(NAMES)
    np.testing.assert_array_equal(x[1:][mask[1:]], targets[:-1][mask[1:]])
    lengths = mask.sum(axis=0)
    assert [int(targets[length - 1, b]) for b, length in enumerate(lengths)] == [0] * len(NAMES)
    assert lengths.tolist() == [len(name) + 1 for name in NAMES]


def test_only_averaged_padding_lets_a_long_neighbor_change_what_short_names_cost():
    speller = lab.train(np.random.default_rng(0), NAMES, "padding averaged in", H=4, epochs=60)
    alone = lab.loss_of(speller, ["li"], "padding averaged in")
    x, targets, mask = lab.padded(["li", "fitzgerald"])
    losses = lab.step_losses(lab.logits_of(speller, x), targets)[:, 0]
    assert losses[mask[:, 0]].mean() / np.log(2) == pytest.approx(alone)
    assert losses.mean() / np.log(2) < alone


def test_a_speller_learns():
    fresh = lab.train(np.random.default_rng(0), NAMES, "mean over steps", H=8, epochs=1, rate=0.0)
    taught = lab.train(np.random.default_rng(0), NAMES, "mean over steps", H=8, epochs=80)
    assert (
        lab.score(taught, NAMES, "mean over steps").real < lab.score(fresh, NAMES, "mean over steps").real - 1
    )
