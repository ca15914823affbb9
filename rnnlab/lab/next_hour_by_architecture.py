"""Experiment: the electricity demand of the next hour, by an RNN, a GRU, a TCN and a convolution before a GRU.

All have about 1,200 weights, the same inputs, updates and batches, and each its own rate: of `RATES`, the two best of a
wider scan (0.01 to 0.3), the one that errs less on the last twenty days before the held-out ones, on average over two
runs that have not learned from these days. Then three fresh runs learn from all days before the held-out ones.

Prediction: all beat the rule of persistence, and the convolution before the GRU is no better than its halves. Budget:
half a second a run. Errors are mean absolute ones, in megawatts.

Inputs at an hour: its demand, its change from the hour before, the time of day of the *next* hour as a sine and a
cosine, and whether that hour lies on a weekend. The target is the next change, in standard deviations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.electricity import electricity
from rnnlab.lab.next_hour import DAY, Series, series
from rnnlab.lab.tcn_cell import tcn_cell
from rnnlab.nets import convolutional_recurrent
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.parameters import leaves
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, drawn
from rnnlab.training.models import Params, SequenceModel, sequence_model
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import cosine

Array = NDArray[Any]

T, WARM, B, UPDATES = 48, 24, 24, 200
RATES, CHOOSING_DAYS = (0.03, 0.1), 20
SIZES = {"RNN": 32, "GRU": 17, "TCN": 7, "convolution + GRU": 15}


@dataclass(frozen=True)
class Hours:
    """Inputs x (N, 5) and targets (N, 1) of every hour, the first hour held out, and what a target of 1 is in MW."""

    x: Array
    targets: Array
    held_out: int
    megawatts: Array
    unit: float


def hours() -> Hours:
    """All hours; the scales are those of the hours to learn from, so no held-out number has a part in them."""
    demand: Series = series()
    level = demand.scaled()
    change = np.diff(demand.megawatts, prepend=demand.megawatts[0])
    unit = float(change[: demand.learned].std())
    following = electricity().hour + 1
    angle = following.astype(np.int64) % DAY * (2 * np.pi / DAY)
    weekday = (following.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    x = np.column_stack([level, change / unit, np.sin(angle), np.cos(angle), weekday >= 5])
    targets = np.append(change[1:] / unit, 0)[:, np.newaxis]
    return Hours(x.astype(np.float32), targets.astype(np.float32), demand.learned, demand.megawatts, unit)


def network(name: str) -> Cell:
    """One of `SIZES`: the TCN has four blocks of kernel 3 and sees 61 hours, the hybrid's convolution sees six."""
    made = {
        "RNN": lambda: cell("rnn"),
        "GRU": lambda: cell("gru"),
        "TCN": lambda: tcn_cell(4, kernel=3),
        "convolution + GRU": lambda: convolutional_recurrent.network(cell("gru"), M=6, kernel=6),
    }
    return made[name]()


def model(name: str) -> SequenceModel:
    """The network with a readout of one number at every hour."""
    return sequence_model(network(name), read="every", loss="squared_error")


def train(data: Hours, name: str, rate: float, seed: int, until: int, updates: int = UPDATES) -> Params:
    """A network that learned from random stretches of two days before the hour `until`; the first day is not scored."""
    rng, made = np.random.default_rng(seed), model(name)
    scored = np.broadcast_to(np.arange(T)[:, np.newaxis] >= WARM, (T, B))

    def draw(rng: Generator) -> Batch:
        places = rng.integers(until - T, size=B) + np.arange(T)[:, np.newaxis]
        return Batch(data.x[places], data.targets[places], scored=scored)

    return fit(
        made.init(rng, data.x.shape[1], SIZES[name], 1, np.float32),
        made.gradient,
        drawn(draw),
        optimizer("adam", rate),
        rng=rng,
        steps=updates,
        clip=1.0,
        schedule=cosine(updates),
        progress=False,
    ).params


def error(data: Hours, name: str, params: Params, start: int, end: int) -> float:
    """The mean |forecast − demand| over the hours start … end − 1, from one pass over all hours before `end`."""
    y = model(name).predict(params, data.x[: end - 1, np.newaxis])[start - 1 :, 0, 0]
    forecast = data.megawatts[start - 1 : end - 1] + y * data.unit
    return float(np.abs(forecast - data.megawatts[start:end]).mean())


def scan(
    data: Hours, name: str, seeds: Sequence[int] = (100, 101), updates: int = UPDATES
) -> dict[float, list[float]]:
    """For each rate the errors on the choosing days, one for each seed, after learning from the hours before them."""
    until = data.held_out - CHOOSING_DAYS * DAY
    errors: dict[float, list[float]] = {rate: [] for rate in RATES}
    for rate, seed in product(RATES, seeds):
        params = train(data, name, rate, seed, until, updates)
        errors[rate].append(error(data, name, params, until, data.held_out))
    return errors


def chosen_rate(scanned: Mapping[float, Sequence[float]]) -> float:
    """The rate with the smallest mean error.

    >>> chosen_rate({0.1: [80.0, 70.0], 0.2: [90.0, 50.0]})
    0.2
    """
    return min(scanned, key=lambda rate: sum(scanned[rate]) / len(scanned[rate]))


def held_out_errors(data: Hours, name: str, rate: float, seeds: Sequence[int] = (0, 1, 2)) -> list[float]:
    """The error on the held-out hours, for each seed, after learning from all hours before them."""
    end = len(data.megawatts)
    runs = [train(data, name, rate, seed, data.held_out - 1) for seed in seeds]
    return [error(data, name, params, data.held_out, end) for params in runs]


def weighted_sum(data: Hours, back: int = 24) -> float:
    """The held-out error of a weighted sum of the same inputs over the last `back` hours, by least squares."""
    x = np.lib.stride_tricks.sliding_window_view(data.x, back, axis=0).reshape(len(data.x) - back + 1, -1)
    x = np.column_stack([x, np.ones(len(x))])[:-1].astype(np.float64)
    change, first = data.targets[back - 1 : -1, 0], data.held_out - back
    weights, *_ = np.linalg.lstsq(x[:first], change[:first], rcond=None)
    forecast = data.megawatts[data.held_out - 1 : -1] + x[first:] @ weights * data.unit
    return float(np.abs(forecast - data.megawatts[data.held_out :]).mean())


def parameters(data: Hours, name: str) -> int:
    """How many weights the network has, with its readout."""
    params = model(name).init(np.random.default_rng(0), data.x.shape[1], SIZES[name], 1)
    return sum(weight.size for weight in leaves(params))
