"""The leak: the garbage test finds it, honest windows pass it, and each answer stands at its own hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnlab.lab import forecast_leak as lab
from rnnlab.lab import next_hour


@pytest.fixture(scope="module")
def series():
    return next_hour.series()


def changed_from(series, hour):
    other = series.megawatts.copy()
    other[series.learned + hour :] += 1000
    return replace(series, megawatts=other)


def test_only_both_directions_read_the_future(series):
    for both in (False, True):
        params = lab.train_at_every_hour(series, 0, both, updates=2, H=4)
        moved = lab.change_when_the_future_changes(np.random.default_rng(0), series, params, both, hours=5)
        assert (moved.max() > 0) == both


@pytest.mark.parametrize("both", [False, True])
def test_without_the_future_no_answer_uses_its_own_hour_or_a_later_one(series, both):
    other = changed_from(series, 100)
    for train, answers in (
        (lab.train_at_every_hour, lab.answers_without_the_future),
        (lab.train_on_windows, lab.answers_from_windows),
    ):
        params = train(series, 0, both, updates=2, H=4)
        y, z = answers(series, params, both), answers(other, params, both)
        assert y.shape == (30 * 24,)
        np.testing.assert_array_equal(y[:101], z[:101])
        assert y[101] != z[101]


def test_with_the_whole_series_an_answer_of_both_directions_uses_its_own_hour(series):
    other = changed_from(series, 100)
    for both in (False, True):
        params = lab.train_at_every_hour(series, 0, both, updates=2, H=4)
        y, z = (lab.answers_with_the_whole_series(each, params, both) for each in (series, other))
        assert y.shape == (30 * 24,)
        assert (y[100] != z[100]) == both


def test_training_on_windows_helps(series):
    errors = [
        next_hour.error(
            series, lab.answers_from_windows(series, lab.train_on_windows(series, 0, True, updates=n), True)
        )
        for n in (1, 60)
    ]
    assert errors[1] < errors[0] / 2
