"""The grid of activations and starts: one seed one result, a fair budget, and gradients that arrive as algebra says."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import recall_by_activation as lab


def test_the_settings_are_all_pairs_of_two_activations_and_three_starts():
    pairs = {(setting.activation, setting.recurrent) for setting in lab.SETTINGS.values()}
    assert len(pairs) == len(lab.SETTINGS) == 6
    assert {activation for activation, _ in pairs} == {"tanh", "relu"}


def test_one_seed_gives_one_result():
    runs = [
        lab.trial(
            np.random.default_rng(1), lab.SETTINGS["tanh, uniform"], lag=3, rate=1e-3, steps=20, every=5
        )
        for _ in range(2)
    ]
    np.testing.assert_array_equal(runs[0].accuracy, runs[1].accuracy)


def test_a_run_ends_when_it_is_solved_and_with_its_budget_if_not():
    easy = lab.trial(np.random.default_rng(0), lab.SETTINGS["ReLU, identity"], lag=2, rate=1e-2)
    assert easy.solved
    assert easy.steps < 300
    assert easy.answers.sum() == 250
    assert easy.accuracy[-1] == easy.answers.trace() / 250
    assert np.all(easy.accuracy[:-1] <= lab.SOLVED)
    hopeless = lab.trial(
        np.random.default_rng(0), lab.SETTINGS["ReLU, uniform"], lag=30, rate=1e-9, steps=20, every=10
    )
    assert not hopeless.solved
    assert hopeless.steps == 20


def test_an_identity_that_nothing_saturates_passes_the_whole_gradient_back():
    linear = lab.Setting("identity", "identity")
    assert lab.share_that_arrives(np.random.default_rng(0), linear, lag=20) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_an_orthogonal_sigmoid_loses_at_least_a_factor_of_four_in_every_step(seed):
    sigmoid = lab.Setting("sigmoid", "orthogonal")
    assert lab.share_that_arrives(np.random.default_rng(seed), sigmoid, lag=9) <= 0.25**10


def test_the_gradient_fades_with_the_lag():
    setting = lab.SETTINGS["tanh, uniform"]
    near, far = (lab.share_that_arrives(np.random.default_rng(0), setting, lag) for lag in (5, 20))
    assert far < 0.1 * near
