"""Experiment: what is left of a gradient at every place of a stacked network at initialization, by layer and by lag.

Prediction: going down a layer shrinks a gradient much as going back a step does; residual connections keep it through
the layers at lag 0, normalization makes up for outputs that are too small, and neither changes the factor per step.
Budget: a tenth of a second for 8 layers and 30 steps. Result: log₁₀ of norms, (L, lags).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import layer_entry, stacked
from rnnlab.nets.cells import Cell, cell

Array = NDArray[Any]

SEQUENCES, TOKENS = 8, 8


def norms_by_layer_and_lag(
    rng: Generator, L: int, T: int = 31, H: int = 32, kind: str = "rnn", norm: bool = False, residual: bool = False
) -> Array:  # fmt: skip
    """log₁₀ ‖∂L/∂h_{l,T−k}‖ / ‖∂L/∂u_{L,T}‖ of a loss at the last output alone, (L, T): rows from layer 1 up.

    The gradient is the total one at the output of layer l at step T − k, along all paths, the mean of 8 sequences.
    Inputs are one-hot tokens; a fresh network has the starting weights of `stacked.init`.
    """
    network = cell(kind)
    params = stacked.init(rng, TOKENS, H, L=L, cell=network, norm=norm)
    x = np.eye(TOKENS)[rng.integers(TOKENS, size=(T, SEQUENCES))]
    caches = _caches(params, x, network, residual)
    arriving = rng.normal(size=(SEQUENCES, H))
    norms = np.empty((L, T))
    d_ends: list[Any] = [None] * L
    for k in range(T):
        cells, entries = caches[T - 1 - k]
        d_u = arriving if k == 0 else np.zeros_like(arriving)
        for layer in reversed(range(L)):
            at_h = d_u if d_ends[layer] is None else d_u + network.output(d_ends[layer])
            norms[layer, k] = np.linalg.norm(at_h, axis=-1).mean()
            d_v, d_ends[layer], _ = network.backward(d_u[np.newaxis], cells[layer], d_ends[layer])
            if layer:
                d_below, _ = layer_entry.backward(d_v[0], entries[layer - 1])
                d_u = d_below + d_u if residual else d_below
    return np.log10(norms / np.linalg.norm(arriving, axis=-1).mean())


def _caches(
    params: stacked.Params, x: Array, network: Cell, residual: bool
) -> list[tuple[list[Any], list[Any]]]:
    """For each step the caches of all layers and of the entries between them, each of one step."""
    states: list[Any] = list(stacked.zero_state(params, x.shape[1], cell=network))
    norms = params.norms or (None,) * (len(params.layers) - 1)
    caches = []
    for x_t in x:
        v, u, cells, entries = x_t, None, [], []
        for layer, weights in enumerate(params.layers):
            if u is not None:
                v, entry = layer_entry.forward(u, norms[layer - 1])
                entries.append(entry)
            h, cache = network.forward(weights, v[np.newaxis], states[layer])
            states[layer] = network.last_state(cache)
            cells.append(cache)
            u = h[0] + u if residual and u is not None else h[0]
        caches.append((cells, entries))
    return caches
