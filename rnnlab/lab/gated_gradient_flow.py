"""Experiment: what is left of a gradient k steps back, in networks of any cell as training finds them.

Prediction: at the default start a gated network loses its gradient nearly as fast as a plain one, because its gates
stand half open; biases that open the gates that keep let the gradient pass, and wide open ones let it grow. Nothing is
trained here. Budget: 0.05 s for a network of 32 units at 100 lags. Result: log₁₀ norms by lag, for each seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.gradient_flow import log10_gradient_norms, mean_rate
from rnnlab.nets.cells import Cell, cell

Array = NDArray[Any]

SEQUENCES = 4


@dataclass(frozen=True)
class Start:
    """A kind of cell and how its weights start: `init` goes to the cell's `init`, `options` to `cells.cell`.

    >>> Start("lstm", {"forget_bias": 2.0}).network().name
    'lstm'
    """

    cell: str
    init: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def network(self) -> Cell:
        return cell(self.cell, **self.options)


def norms_by_lag(rng: Generator, start: Start, T: int = 100, H: int = 32, D: int = 8) -> Array:
    """One untrained network that reads random tokens: log₁₀ ‖∂L/∂s_{T−k}‖ / ‖∂L/∂s_T‖ for k = 0 … T, of shape (T + 1,).

    s is the whole state, for an LSTM [h; c]. The gradient sets out from h_T in a random direction; the logarithms are
    averaged over 4 sequences.
    """
    network = start.network()
    params = network.init(rng, D, H, **start.init)
    x = np.eye(D)[rng.integers(0, D, size=(T, SEQUENCES))]
    norms = log10_gradient_norms(network, params, x, rng.normal(size=(SEQUENCES, H)))
    return (norms - norms[0]).mean(axis=1)


def scan(starts: Mapping[str, Start], seeds: Sequence[int], **sizes: int) -> dict[str, Array]:
    """The norms by lag of every start with every seed: each (seeds, T + 1)."""
    return {
        name: np.stack([norms_by_lag(np.random.default_rng(seed), start, **sizes) for seed in seeds])
        for name, start in starts.items()
    }


def rates(norms: Array, skip: int = 10) -> Array:
    """The factor per step of each run, (seeds,), from norms (seeds, T + 1); the first `skip` lags are left out."""
    return mean_rate(norms.T, skip=skip)
