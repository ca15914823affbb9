"""Experiment: a random walk, forecast by its last value and by a trained GRU.

Prediction: both look excellent as a forecast of the level, R² near 1, and neither knows anything about the next step:
R² at most 0, and the direction right as often as a coin. Budget: a second for each seed. Result: a `Walk`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.data.synthetic import random_walk
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, drawn
from rnnlab.training.models import sequence_model
from rnnlab.training.optimizers import optimizer

Array = NDArray[Any]

MODEL = sequence_model("gru", read="every", loss="squared_error")
LENGTH, TESTED = 100, 200


@dataclass(frozen=True)
class Walk:
    """R² of the last value and of the network as forecasts of the level; then the network on the step alone.

    `step` is its R² as a forecast of the next step, `direction` the share of steps whose sign it names.
    """

    last_value: float
    network: float
    step: float
    direction: float


def train(seed: int, updates: int = 300, H: int = 16) -> Walk:
    """A GRU that reads the steps of walks and names the next one; tested on new walks."""
    rng = np.random.default_rng(seed)

    def draw(rng: np.random.Generator, B: int = 32) -> Batch:
        levels = random_walk.draw(rng, B, LENGTH).targets
        steps = np.diff(levels, axis=0).astype(np.float32)
        return Batch(steps[:-1], steps[1:])

    result = fit(
        MODEL.init(rng, 1, H, 1, np.float32),
        MODEL.gradient,
        drawn(draw),
        optimizer("adam", 3e-3),
        rng=rng,
        steps=updates,
        clip=1.0,
        progress=False,
    )
    batch = draw(rng, TESTED)
    levels = batch.x.cumsum(axis=0)
    named = MODEL.predict(result.params, batch.x)
    after = levels + batch.targets
    return Walk(
        last_value=explained(levels, after),
        network=explained(levels + named, after),
        step=explained(named, batch.targets),
        direction=float(np.mean(np.sign(named) == np.sign(batch.targets))),
    )


def explained(forecast: Array, truth: Array) -> float:
    """R² = 1 − Σ (truth − forecast)² / Σ (truth − mean)².

    >>> explained(np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    1.0
    """
    return float(1 - np.sum((truth - forecast) ** 2) / np.sum((truth - truth.mean()) ** 2))
