"""The noisy waves: an exact forecast, as good as theory says, which a trained network approaches."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.data.synthetic import sine
from rnnlab.lab import conditional_mean as lab


def distance(a, b):
    return float(np.mean((a - b) ** 2))


def test_the_conditional_mean_has_the_error_that_theory_gives():
    waves = lab.waves(np.random.default_rng(0), 4000)
    best = sine.best(lab.T, periods=(lab.PERIOD,), noise=lab.NOISE)
    assert distance(lab.conditional_mean(waves.x), waves.targets) == pytest.approx(best, rel=0.02)


def test_the_conditional_mean_looks_at_the_past_alone():
    x = lab.waves(np.random.default_rng(0), 3).x
    later = x.copy()
    later[10:] += 1
    np.testing.assert_array_equal(lab.conditional_mean(x)[:10], lab.conditional_mean(later)[:10])
    assert not np.allclose(lab.conditional_mean(x)[10:], lab.conditional_mean(later)[10:])


def test_a_trained_network_is_nearer_to_the_mean_than_to_the_values():
    waves = lab.waves(np.random.default_rng(1), 200)
    y = lab.MODEL.predict(lab.train(np.random.default_rng(0), steps=250, H=12), waves.x)
    assert distance(y, lab.conditional_mean(waves.x)) < distance(y, waves.targets) / 3
    assert distance(y, waves.targets) < sine.chance(lab.T, periods=(lab.PERIOD,), noise=lab.NOISE) / 2


def test_one_seed_gives_one_network():
    first, second = (lab.train(np.random.default_rng(0), steps=3, H=4) for _ in range(2))
    np.testing.assert_array_equal(first.cell.W_hh, second.cell.W_hh)
