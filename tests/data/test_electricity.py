"""The demand series: exact counts for the pinned package, an hour after each hour, and megawatts."""

from importlib.metadata import version

import numpy as np
import pytest

from rnnlab.data.datasets import DATASETS
from rnnlab.data.electricity import electricity
from rnnlab.data.package_files import package_file


@pytest.fixture(scope="module")
def demand():
    return electricity()


def test_the_counts_are_those_of_the_pinned_version(demand):
    assert version("statsmodels") == "0.15.0"
    assert demand.hour.shape == demand.megawatts.shape == (3_600,)
    assert demand.hour[0] == np.datetime64("2012-01-01T00")
    np.testing.assert_allclose(demand.megawatts[[0, -1]], [7926.529376 / 2, 9786.608036 / 2], rtol=1e-12)


def test_no_hour_is_missing(demand):
    assert np.all(np.diff(demand.hour) == np.timedelta64(1, "h"))
    assert np.all(np.isfinite(demand.megawatts))


def test_megawatts_are_half_of_the_files_sums_of_two_half_hours(demand):
    path = package_file("statsmodels", "statsmodels/tsa/stl/tests/results/mstl_elec_vic.csv")
    in_file = np.loadtxt(path, delimiter=",", skiprows=1, usecols=1)
    np.testing.assert_allclose(2 * demand.megawatts, in_file, rtol=1e-15)


def test_nights_and_weekends_are_low_as_in_local_time(demand):
    hour_of_day = demand.hour.astype(int) % 24
    by_hour = [demand.megawatts[hour_of_day == hour].mean() for hour in range(24)]
    assert 2 <= int(np.argmin(by_hour)) <= 5
    weekday = np.is_busday(demand.hour.astype("datetime64[D]"))
    assert demand.megawatts[~weekday].mean() < 0.95 * demand.megawatts[weekday].mean()


def test_the_table_of_data_sets_agrees_with_the_data(demand):
    (row,) = (dataset for dataset in DATASETS if dataset.name == "electricity")
    assert row.size == f"{len(demand.hour):,} hours from {demand.hour[0].astype('datetime64[D]')}"
    assert row.package == f"statsmodels {version('statsmodels')}"
