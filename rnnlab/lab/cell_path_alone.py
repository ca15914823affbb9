"""Experiment: how much of an LSTM's gradient comes along the cell path alone, the product of its forget gates.

Prediction: with half-open gates the product vanishes and the paths through the gates carry what is left; with forget
gates near 1 the product is nearly all there is. Large recurrent weights make the other paths grow, and then the LSTM's
gradient explodes. Nothing is trained. Budget: 0.1 s for a network at 100 lags. Result: log₁₀ norms by lag.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.gradient_flow import log10_gradient_norms
from rnnlab.lab.gated_gradient_flow import SEQUENCES
from rnnlab.nets import lstm
from rnnlab.nets.cells import cell

Array = NDArray[Any]


def paths(
    rng: Generator, forget_bias: float, scale: float = 1.0, T: int = 100, H: int = 32, D: int = 8
) -> tuple[Array, Array]:
    """An untrained LSTM's gradient by lag, along all paths and along the cell path alone: two (T + 1,).

    The loss hangs on h_T alone, in a random direction δ_T. All paths: log₁₀ ‖∂L/∂[h; c]_{T−k}‖ / ‖δ_T‖. The cell path:
    log₁₀ ‖δ_T ⊙ o_T ⊙ (1 − tanh²(c_T)) ⊙ f_T ⊙ … ⊙ f_{T−k+1}‖ / ‖δ_T‖. `scale` multiplies W_hh; the logarithms are
    averaged over 4 sequences of random tokens.
    """
    params = lstm.init(rng, D, H, forget_bias=forget_bias)
    params = params._replace(W_hh=scale * params.W_hh)
    x = np.eye(D)[rng.integers(0, D, size=(T, SEQUENCES))]
    delta = rng.normal(size=(SEQUENCES, H))
    every = log10_gradient_norms(cell("lstm"), params, x, delta)
    _, cache = lstm.forward(params, x)
    into_cell = delta * cache.gates.o[-1] * (1 - np.tanh(cache.cells[-1]) ** 2)
    kept = np.concatenate([np.ones_like(delta)[np.newaxis], np.cumprod(cache.gates.f[::-1], axis=0)])
    alone = np.log10(np.linalg.norm(into_cell * kept, axis=-1))
    return (every - every[0]).mean(axis=1), (alone - every[0]).mean(axis=1)


def scan(forget_bias: float, seeds: Sequence[int], scale: float = 1.0, **sizes: int) -> tuple[Array, Array]:
    """The same for every seed: two (seeds, T + 1)."""
    both = [paths(np.random.default_rng(seed), forget_bias, scale, **sizes) for seed in seeds]
    every, alone = zip(*both, strict=True)
    return np.stack(every), np.stack(alone)
