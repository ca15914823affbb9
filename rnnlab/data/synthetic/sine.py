"""A noisy mixture of sine waves of known periods and unknown phases: predict the next value.

Source: Box and Jenkins 1970 (forecasting); Bishop 2006, section 3.3 (Bayesian linear regression) for the best forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.data.synthetic.batch import Batch, asked
from rnnlab.data.synthetic.sizes import expect_positive
from rnnlab.nets.door import expect_sizes

Array = NDArray[Any]

PERIODS = (8.0, 21.0)


def draw(
    rng: Generator,
    B: int,
    T: int,
    periods: Sequence[float] = PERIODS,
    amplitude: float = 1.0,
    noise: float = 0.1,
) -> Batch:
    """Values x_t = Σ_i c_i cos(2πt/p_i) + s_i sin(2πt/p_i) + ε_t; the answer at every step is x_{t+1}.

    c_i and s_i are normal with standard deviation `amplitude`, so that every phase is equally likely; ε_t is normal
    with standard deviation `noise`. Periods are in steps.

    Raises: ValueError for a size below 1, or where a period, the amplitude or the noise is not positive.
    Source: Box and Jenkins 1970.

    >>> draw(np.random.default_rng(0), B=32, T=50)
    Batch(T=50, B=32, D=1, K=1, loss at 100% of the steps)
    """
    expect_sizes(B=B)
    waves = _waves(T, periods, amplitude, noise)
    clean = waves @ rng.normal(0, amplitude, size=(waves.shape[1], B))
    values = (clean + rng.normal(0, noise, size=clean.shape))[:, :, np.newaxis]
    return Batch(values[:-1].copy(), values[1:].copy(), asked(T, B))


def chance(T: int, periods: Sequence[float] = PERIODS, amplitude: float = 1.0, noise: float = 0.1) -> float:
    """Squared error of the constant 0, the mean: the variance of x_t, amplitude² for each period, plus noise²."""
    return len(periods) * amplitude**2 + noise**2


def best(T: int, periods: Sequence[float] = PERIODS, amplitude: float = 1.0, noise: float = 0.1) -> float:
    """Squared error of the best forecast, the mean over t of noise² (1 + φᵀ (ΦᵀΦ + noise²/amplitude² I)⁻¹ φ).

    Φ holds the cosines and sines at steps 1 … t and φ those at t + 1: the coefficients, unknown and normal, are
    regressed on what has been read, and what stays uncertain of them adds to the noise. With T it falls to the floor,
    noise².
    """
    waves = _waves(T, periods, amplitude, noise)
    known = (noise / amplitude) ** 2 * np.eye(waves.shape[1])
    errors = []
    for now, following in pairwise(waves):
        known += np.outer(now, now)
        errors.append(noise**2 * (1 + following @ np.linalg.solve(known, following)))
    return float(np.mean(errors))


def _waves(T: int, periods: Sequence[float], amplitude: float, noise: float) -> Array:
    """The cosines and sines at steps 1 … T + 1: (T + 1, 2 · number of periods)."""
    expect_sizes(T=T, **{"the number of periods": len(periods)})
    expect_positive("amplitude", amplitude)
    expect_positive("noise", noise)
    for period in periods:
        expect_positive("every period", period)
    angles = 2 * np.pi * np.arange(1, T + 2)[:, np.newaxis] / np.asarray(periods)
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
