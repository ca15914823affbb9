"""Five months of electricity demand, hour by hour, in the Australian state of Victoria, from a file inside statsmodels.

Source: statsmodels 0.15.0, file `tsa/stl/tests/results/mstl_elec_vic.csv`, made from the half-hourly operational demand
without large industrial users that the Australian Energy Market Operator published and the R package tsibbledata
(data-raw/vic_elec) collected. License: BSD-3-Clause (statsmodels). Size: 3,600 hours from 2012-01-01. Cite as:
M. O'Hara-Wild, R. Hyndman, E. Wang and R. Godahewa, tsibbledata, https://tsibbledata.tidyverts.org, from S. Seabold and
J. Perktold, statsmodels, version 0.15.0, https://www.statsmodels.org.

The file holds the *sum* of the two half-hourly values of each hour. A demand in megawatts is their mean, so this loader
halves the file's numbers. Neither statsmodels nor pandas is imported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnlab.data.package_files import package_file


@dataclass(frozen=True)
class Demand:
    """When each hour begins, as datetime64[h], and the mean demand during it in megawatts: (T,), (T,)."""

    hour: NDArray[np.datetime64]
    megawatts: NDArray[np.float64]


def electricity() -> Demand:
    """The demand of every hour, none missing.

    Raises: MissingData where statsmodels is not installed. Source, license and size: see this module.

    >>> demand = electricity()
    >>> print(demand.hour[0], demand.megawatts[0].round())
    2012-01-01T00 3963.0
    """
    path = package_file("statsmodels", "statsmodels/tsa/stl/tests/results/mstl_elec_vic.csv")
    _, *rows = path.read_text(encoding="utf-8").splitlines()
    hour, half_hours = zip(*(row.split(",") for row in rows), strict=True)
    return Demand(np.array(hour, dtype="datetime64[h]"), np.array(half_hours, dtype=np.float64) / 2)
