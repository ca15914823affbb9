"""Experiment: a bidirectional network that "forecasts" the electricity demand of the next hour, and how it cheats.

Both networks are asked at every hour t for the demand of hour t + 1. Where the whole series lies on the desk, the right
to left direction has read hour t + 1 before it answers at t. Predictions: its held-out error is far below that of every
honest forecast; when the future is cut off, as on any real day, its error is worse than "as now"; an honest network
that reads a window of the past in both directions is no better than one that reads it in one. Budget: a second for a
run. Source of the data and of the rules: `next_hour`. Result: errors in megawatts over 30 held-out days.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.lab.next_hour import DAY, Series
from rnnlab.nets import bidirectional, rnn
from rnnlab.nets.cells import cell
from rnnlab.nets.losses import squared_error
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, drawn
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import cosine

Array = NDArray[Any]

PLAIN = cell("rnn")
BOTH = bidirectional.network(PLAIN)
WINDOW = 2 * DAY


def model(both: bool) -> SequenceModel:
    """A network that names a number after each step."""
    return sequence_model(BOTH if both else PLAIN, read="every", loss="squared_error")


def train_at_every_hour(series: Series, seed: int, both: bool, updates: int = 320, H: int = 16) -> Params:
    """A network that answers at each hour of random stretches of three days; the first day of each is not scored."""
    rng, z = np.random.default_rng(seed), _scaled(series)[: series.learned]
    T, B = 3 * DAY, 32
    scored = np.broadcast_to(np.arange(T)[:, np.newaxis] >= DAY, (T, B))

    def draw(rng: Generator) -> Batch:
        hours = rng.integers(len(z) - T, size=B) + np.arange(T)[:, np.newaxis]
        return Batch(z[hours], z[hours + 1], scored=scored)

    network = model(both)
    params = network.init(rng, 1, H, 1, np.float32, recurrent="orthogonal")
    return _fitted(rng, params, network.gradient, draw, updates)


def answers_with_the_whole_series(series: Series, params: Params, both: bool) -> Array:
    """What the network names for each held-out hour when it has the whole series before it, that hour included."""
    z = _scaled(series)[:, np.newaxis]
    y = model(both).predict(params, z[:-1] if not both else z)[:, 0, 0]
    return _megawatts(series, y[series.learned - 1 : len(z) - 1])


def answers_without_the_future(series: Series, params: Params, both: bool) -> Array:
    """What it names for each held-out hour when nothing after the hour before it has been measured yet.

    It reads the last two days up to hour t, for each t a sequence of its own, and is asked at the last step.
    """
    windows = _windows(series, WINDOW)[:, series.learned - WINDOW :]
    return _megawatts(series, model(both).predict(params, windows)[-1, :, 0])


def train_on_windows(series: Series, seed: int, both: bool, updates: int = 320, H: int = 16) -> Params:
    """The honest comparison: a network that reads a window of the past and names the hour after it.

    Its readout sees the last state: of one direction, or of both, each of which has read the window and nothing else.
    """
    rng, z = np.random.default_rng(seed), _scaled(series)[: series.learned]
    network, B = (BOTH if both else PLAIN), 64

    def draw(rng: Generator) -> Batch:
        starts = rng.integers(len(z) - WINDOW, size=B)
        return Batch(z[starts + np.arange(WINDOW)[:, np.newaxis]], z[starts + WINDOW])

    def gradient(params: Params, batch: Batch) -> tuple[float, Params]:
        h, cache = network.forward(params.cell, batch.x)
        summary = network.output(network.last_state(cache))
        loss, d_y = squared_error(rnn.readout(params.readout, summary), batch.targets)
        d_summary, d_readout = rnn.readout_backward(d_y, summary, params.readout)
        _, _, d_cell = network.backward(np.zeros_like(h), cache, _as_state(d_summary, both, H))
        return loss, Params(None, d_cell, d_readout)

    params = model(both).init(rng, 1, H, 1, np.float32, recurrent="orthogonal")
    return _fitted(rng, params, gradient, draw, updates)


def answers_from_windows(series: Series, params: Params, both: bool) -> Array:
    """The honest forecasts of the held-out hours."""
    network = BOTH if both else PLAIN
    windows = _windows(series, WINDOW)[:, series.learned - WINDOW :]
    _, cache = network.forward(params.cell, windows)
    y = rnn.readout(params.readout, network.output(network.last_state(cache)))
    return _megawatts(series, y[:, 0])


def change_when_the_future_changes(
    rng: Generator, series: Series, params: Params, both: bool, hours: int = 20
) -> Array:
    """The garbage test: how far the answer at t moves, in megawatts, when all hours after t are replaced by noise.

    A forecast that is honest does not move at all, to the last bit. Stretches of three days, asked in the middle;
    returns (hours,).
    """
    z, T = _scaled(series), 3 * DAY
    starts = rng.integers(len(z) - T, size=hours)
    x = z[starts + np.arange(T)[:, np.newaxis]]
    garbage = x.copy()
    middle = T // 2
    garbage[middle + 1 :] = rng.normal(size=garbage[middle + 1 :].shape).astype(np.float32)
    y, other = (model(both).predict(params, each)[middle, :, 0] for each in (x, garbage))
    return np.abs(y - other) * series.spread


def _as_state(d_summary: Array, both: bool, H: int) -> Any:
    return bidirectional.State(d_summary[:, :H], d_summary[:, H:]) if both else d_summary


def _fitted(rng: Generator, params: Params, gradient: Any, draw: Any, updates: int) -> Params:
    adam = optimizer("adam", 1e-2)
    plan = {"steps": updates, "clip": 1.0, "schedule": cosine(updates), "progress": False}
    return fit(params, gradient, drawn(draw), adam, rng=rng, **plan).params


def _scaled(series: Series) -> Array:
    return series.scaled()[:, np.newaxis].astype(np.float32)


def _windows(series: Series, hours: int) -> Array:
    """Every stretch of so many hours that has an hour after it: (hours, number of stretches, 1)."""
    z = _scaled(series)[:, 0]
    return np.lib.stride_tricks.sliding_window_view(z, hours)[:-1].T[:, :, np.newaxis].copy()


def _megawatts(series: Series, y: Array) -> Array:
    return y * series.spread + series.mean
