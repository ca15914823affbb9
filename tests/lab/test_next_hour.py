"""The next hour: forecasts stand at the hour that they are about, and nothing held out is used for learning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnlab.lab import next_hour as lab
from rnnlab.nets.parameters import leaves


@pytest.fixture(scope="module")
def series():
    return lab.series()


def test_thirty_days_are_held_out(series):
    assert len(series.megawatts) - series.learned == 30 * 24
    z = series.scaled()[: series.learned]
    assert (z.mean(), z.std()) == pytest.approx((0, 1))


def test_rules_are_right_where_their_rule_holds(series):
    hours = np.arange(len(series.megawatts), dtype=float)
    daily = replace(series, megawatts=np.sin(2 * np.pi * hours / 24))
    rising = replace(series, megawatts=daily.megawatts + hours)
    assert lab.error(daily, lab.rules(daily)["as yesterday at that hour"]) < 1e-9
    assert lab.error(daily, lab.rules(daily)["as last week at that hour"]) < 1e-9
    assert lab.error(rising, lab.rules(rising)["as now, plus yesterday's change"]) < 1e-9
    assert lab.error(rising, lab.rules(rising)["as yesterday at that hour"]) == pytest.approx(24)


def test_a_weighted_sum_finds_a_series_that_is_one(series):
    hours = np.arange(len(series.megawatts))
    wave = replace(series, megawatts=np.sin(0.3 * hours) + 0.5 * np.sin(1.1 * hours) + 2)
    assert lab.error(wave, lab.weighted_sum(wave, hours=6)) < 1e-6


def changed_from(series, hour):
    """The same series with other numbers from this held-out hour on."""
    other = series.megawatts.copy()
    other[series.learned + hour :] += 1000
    return replace(series, megawatts=other)


def test_no_forecast_uses_its_own_hour_or_a_later_one(series):
    params = lab.train(series, 0, updates=3, H=4)
    for forecast in (
        lab.weighted_sum,
        lambda series: lab.forecast(series, params),
        *(lambda series, name=name: lab.rules(series)[name] for name in lab.rules(series)),
    ):
        y, other = forecast(series), forecast(changed_from(series, 100))
        assert len(y) == 30 * 24
        np.testing.assert_array_equal(y[:101], other[:101])
        assert not np.array_equal(y[101:], other[101:])


def test_learning_uses_no_held_out_hour(series):
    one, other = (lab.train(each, 0, updates=3, H=4) for each in (series, changed_from(series, 0)))
    assert all(np.array_equal(a, b) for a, b in zip(leaves(one), leaves(other), strict=True))


def test_training_helps(series):
    errors = [lab.error(series, lab.forecast(series, lab.train(series, 0, updates=n))) for n in (1, 150)]
    assert errors[1] < errors[0] / 3
