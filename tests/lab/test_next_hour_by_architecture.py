"""The next hour by four networks: equal sizes, forecasts at their own hours, and nothing held out used for learning."""

from dataclasses import replace

import numpy as np
import pytest

from rnnlab.lab import next_hour_by_architecture as lab
from rnnlab.nets.parameters import leaves

END = 3600


@pytest.fixture(scope="module")
def data():
    return lab.hours()


def changed_from(data, hour):
    """Other numbers from this hour on: its demand, its change, and the target of the hour before."""
    x, targets, megawatts = data.x.copy(), data.targets.copy(), data.megawatts.copy()
    x[hour:, :2] += 1
    targets[hour - 1 :] += 1
    megawatts[hour:] += 1000
    return replace(data, x=x, targets=targets, megawatts=megawatts)


def test_inputs_and_targets_belong_to_their_hours(data):
    changes = np.diff(data.megawatts)
    np.testing.assert_allclose(data.targets[:-1, 0] * data.unit, changes, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(data.x[1:, 1] * data.unit, changes, rtol=1e-4, atol=1e-2)
    noon = 11  # the input at 11 o'clock tells the time of 12 o'clock
    np.testing.assert_allclose(data.x[noon, 2:4], (0, -1), atol=1e-6)
    assert data.x[:23, 4].all()  # 2012-01-01 was a Sunday
    assert not data.x[23:47, 4].any()


def test_all_networks_have_about_the_same_size(data):
    sizes = [lab.parameters(data, name) for name in lab.SIZES]
    assert max(sizes) / min(sizes) < 1.05


@pytest.mark.parametrize("name", list(lab.SIZES))
def test_learning_uses_no_hour_from_the_held_out_ones(data, name):
    other = changed_from(data, data.held_out)
    one, two = (lab.train(each, name, 0.01, 0, data.held_out - 1, updates=3) for each in (data, other))
    assert all(np.array_equal(a, b) for a, b in zip(leaves(one), leaves(two), strict=True))


@pytest.mark.parametrize("name", list(lab.SIZES))
def test_errors_use_no_later_hour(data, name):
    params = lab.train(data, name, 0.01, 0, data.held_out - 1, updates=2)
    later = changed_from(data, data.held_out + 50)
    span = (data.held_out, data.held_out + 50)
    assert lab.error(data, name, params, *span) == lab.error(later, name, params, *span)


def test_a_forecast_of_no_change_is_persistence(data):
    params = lab.train(data, "RNN", 0.01, 0, data.held_out - 1, updates=1)
    still = params._replace(
        readout=params.readout._replace(W_hy=0 * params.readout.W_hy, b_y=0 * params.readout.b_y)
    )
    expected = np.abs(np.diff(data.megawatts))[data.held_out - 1 :].mean()
    assert lab.error(data, "RNN", still, data.held_out, END) == pytest.approx(expected)


def test_a_weighted_sum_beats_no_change(data):
    assert lab.weighted_sum(data) < 0.5 * np.abs(np.diff(data.megawatts))[data.held_out - 1 :].mean()


def test_every_rate_has_an_error_for_each_seed(data):
    scanned = lab.scan(data, "RNN", seeds=(3, 4), updates=2)
    assert list(scanned) == list(lab.RATES)
    assert all(len(errors) == 2 and min(errors) > 0 for errors in scanned.values())


def test_the_held_out_month_has_no_part_in_the_choice(data):
    other = changed_from(data, data.held_out)
    one, two = (lab.scan(each, "GRU", seeds=(3,), updates=2) for each in (data, other))
    assert one == two
