"""Experiment: the electricity demand of the next hour, by rules that need no training, a weighted sum, and a network.

Prediction: the rules "as now" and "as yesterday" are poor, both together are good, and a weighted sum of the last week
is hard to beat. The network is plain, with 32 units, reads the demand of one hour at each step and names that of the
next. Budget: three seconds for a run. Four months to learn from, the fifth held out; errors in megawatts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.electricity import electricity
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, drawn
from rnnlab.training.models import Params, sequence_model
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import cosine

Array = NDArray[Any]

DAY, WEEK = 24, 7 * 24
MODEL = sequence_model("rnn", read="every", loss="squared_error")


@dataclass(frozen=True)
class Series:
    """Hourly megawatts, of which the first `learned` are to learn from, and their scale."""

    megawatts: Array
    learned: int
    mean: float
    spread: float

    def scaled(self) -> Array:
        """Mean 0 and standard deviation 1 over the hours to learn from: no held-out number has a part in it."""
        return (self.megawatts - self.mean) / self.spread


def series(held_out_days: int = 30) -> Series:
    """The whole series, split by time: the last days are held out."""
    megawatts = electricity().megawatts
    learned = len(megawatts) - held_out_days * DAY
    own = megawatts[:learned]
    return Series(megawatts, learned, float(own.mean()), float(own.std()))


def error(series: Series, forecast: Array) -> float:
    """The mean |forecast − demand| over the held-out hours, in megawatts; forecast (held-out hours,)."""
    return float(np.abs(forecast - series.megawatts[series.learned :]).mean())


def rules(series: Series) -> dict[str, Array]:
    """Forecasts of every held-out hour that use no training."""
    y, start = series.megawatts, series.learned

    def ago(hours: int) -> Array:
        return y[start - hours : len(y) - hours]

    return {
        "as last week at that hour": ago(WEEK),
        "as yesterday at that hour": ago(DAY),
        "as now": ago(1),
        "as now, plus yesterday's change": ago(1) + ago(DAY) - ago(DAY + 1),
    }


def weighted_sum(series: Series, hours: int = DAY) -> Array:
    """A weighted sum of the last hours and a constant, the weights by least squares: a linear autoregression."""
    z, start = series.scaled(), series.learned
    last = np.lib.stride_tricks.sliding_window_view(z, hours)[:-1]  # row i holds hours i … i + hours − 1
    inputs = np.column_stack([last, np.ones(len(last))])
    weights, *_ = np.linalg.lstsq(inputs[: start - hours], z[hours:start])
    return inputs[start - hours :] @ weights * series.spread + series.mean


def train(series: Series, seed: int, rate: float = 1e-2, updates: int = 1500, H: int = 32) -> Params:
    """A network that learned from random stretches of three days; the first day of each is for the state alone.

    The rate falls to zero along half a cosine wave.
    """
    rng = np.random.default_rng(seed)
    z = series.scaled()[: series.learned, np.newaxis].astype(np.float32)
    T, B = 3 * DAY, 32
    scored = np.broadcast_to(np.arange(T)[:, np.newaxis] >= DAY, (T, B))

    def draw(rng: Generator) -> Batch:
        hours = rng.integers(len(z) - T, size=B) + np.arange(T)[:, np.newaxis]
        return Batch(z[hours], z[hours + 1], scored=scored)

    result = fit(
        MODEL.init(rng, 1, H, 1, np.float32, recurrent="orthogonal"),
        MODEL.gradient,
        drawn(draw),
        optimizer("adam", rate),
        rng=rng,
        steps=updates,
        clip=1.0,
        schedule=cosine(updates),
        progress=False,
    )
    return result.params


def forecast(series: Series, params: Params) -> Array:
    """The network reads the whole series once; what it names after each hour is its forecast of the next one."""
    z = series.scaled()[:, np.newaxis, np.newaxis].astype(np.float32)
    y = MODEL.predict(params, z[:-1])[:, 0, 0]
    return y[series.learned - 1 :] * series.spread + series.mean
