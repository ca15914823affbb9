"""Experiment: a network trained on the squared error predicts a noisy sine wave, and meets the conditional mean.

Prediction: its outputs come close to E[x_{t+1} | x_1 … x_t], which Bayesian regression gives exactly for this source,
not to the values that come. Budget: one second for a run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic import sine
from rnnlab.training.fit import fit
from rnnlab.training.minibatches import Batch, drawn
from rnnlab.training.models import Params, sequence_model
from rnnlab.training.optimizers import optimizer
from rnnlab.training.schedules import cosine

Array = NDArray[Any]

PERIOD, NOISE, T = 12.0, 0.5, 40
MODEL = sequence_model("rnn", read="every", loss="squared_error")


def waves(rng: Generator, B: int) -> Batch:
    """B sine waves of one period and random phase and size, with noise; the target is the next value: (T, B, 1)."""
    batch = sine.draw(rng, B, T, periods=(PERIOD,), noise=NOISE)
    return Batch(batch.inputs, batch.targets)


def conditional_mean(x: Array) -> Array:
    """The best forecast E[x_{t+1} | x_1 … x_t] at every step, exactly: x (T, B, 1) → (T, B, 1).

    x_t = φ_tᵀ c + noise with φ_t the cosine and sine of the known period and c standard normal, so that
    E[c | x_1 … x_t] = (ΦᵀΦ + noise² I)⁻¹ Φᵀ x.
    """
    angles = 2 * np.pi * np.arange(1, len(x) + 2)[:, np.newaxis] / PERIOD
    phi = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)  # (T + 1, 2)
    known, seen = NOISE**2 * np.eye(2), np.zeros((2, x.shape[1]))
    mean = np.empty_like(x)
    for t, x_t in enumerate(x[..., 0]):
        known += np.outer(phi[t], phi[t])
        seen += np.outer(phi[t], x_t)
        mean[t, :, 0] = phi[t + 1] @ np.linalg.solve(known, seen)
    return mean


def train(rng: Generator, steps: int = 600, H: int = 24, rate: float = 1e-2) -> Params:
    """A plain recurrent network trained with Adam on waves that are drawn afresh at every step."""
    params = MODEL.init(rng, D=1, H=H, K=1, recurrent="orthogonal")
    result = fit(
        params, MODEL.gradient, drawn(lambda rng: waves(rng, 32)), optimizer("adam", rate), rng=rng, steps=steps,
        clip=1.0, schedule=cosine(steps), progress=False,
    )  # fmt: skip
    return result.params
