"""Experiment: how fast a gradient changes on its way back through random networks of many kinds.

Prediction: the spectral radius alone does not decide. At the same radius a gradient grows in one network and vanishes
in another, depending on the activation and on the size of the inputs, and the mean-field theory says which.
Budget: two seconds for a hundred networks of 128 units. Result: one `Flow` for each network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.gradient_flow import log10_gradient_norms, mean_rate
from rnnlab.analysis.spectra import spectral_norm, spectral_radius
from rnnlab.nets import rnn
from rnnlab.nets.cells import cell

Array = NDArray[Any]

SEQUENCES = 4
SETTLING = 10


@dataclass(frozen=True)
class Flow:
    """A network's gain and inputs, its matrix's spectral radius and norm, and its gradient's factor per step."""

    activation: str
    input_sd: float
    gain: float
    radius: float
    norm: float
    rate: float


def random_network(rng: Generator, H: int, gain: float, input_sd: float) -> rnn.Params:
    """W_hh with independent normal entries of standard deviation gain / √H, whose spectral radius is near the gain.

    W_xh = input_sd · I, so that inputs of unit variance move every unit's pre-activation by `input_sd`; no bias.
    """
    return rnn.Params(
        W_xh=input_sd * np.eye(H),
        W_hh=rng.normal(size=(H, H)) * (gain / np.sqrt(H)),
        b_h=np.zeros(H),
    )


def flow(
    rng: Generator, gain: float, activation: str = "tanh", input_sd: float = 1.0, H: int = 128, T: int = 60
) -> Flow:
    """Send a random gradient back from h_T through a random network that reads noise, and measure its factor per step.

    The first steps are left out on both sides: the states settle, and the gradient turns to its lasting directions.
    """
    params = random_network(rng, H, gain, input_sd)
    x = rng.normal(size=(T + SETTLING, SEQUENCES, H))
    h, _ = rnn.forward(params, x[:SETTLING], activation=activation)
    norms = log10_gradient_norms(
        cell("rnn", activation=activation), params, x[SETTLING:], rng.normal(size=(SEQUENCES, H)), h[-1]
    )
    return Flow(
        activation,
        input_sd,
        gain,
        spectral_radius(params.W_hh),
        spectral_norm(params.W_hh),
        float(mean_rate(norms, skip=SETTLING).mean()),
    )


def flows(
    activation: str, input_sd: float, gains: Sequence[float], seeds: Sequence[int], **sizes: int
) -> list[Flow]:
    """The flow of one network for each gain and seed."""
    return [
        flow(np.random.default_rng(seed), gain, activation, input_sd, **sizes)
        for gain in gains
        for seed in seeds
    ]


def start_norms(rng: Generator, start: str, T: int, H: int = 32, D: int = 8, scale: float = 1.0) -> Array:
    """A gradient by lag in a network as training finds it: log₁₀ ‖δ_{T−k}‖ / ‖δ_T‖, k = 0 … T, the mean of 4 sequences.

    `start` is "default", "orthogonal" (both tanh), "identity" or "default ReLU" (both ReLU). The inputs are one-hot
    tokens drawn at random; `scale` multiplies W_hh. Returns (T + 1,).
    """
    activation = "relu" if start in ("identity", "default ReLU") else "tanh"
    recurrent = start if start in ("orthogonal", "identity") else "uniform"
    params = rnn.init(rng, D, H, recurrent=recurrent)
    params = params._replace(W_hh=scale * params.W_hh)
    x = np.eye(D)[rng.integers(0, D, size=(T, SEQUENCES))]
    d_h_last = rng.normal(size=(SEQUENCES, H))
    norms = log10_gradient_norms(cell("rnn", activation=activation), params, x, d_h_last)
    return (norms - norms[0]).mean(axis=1)
