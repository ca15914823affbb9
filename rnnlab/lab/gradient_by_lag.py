"""Experiment: how much does an early input matter to the last output of an untrained network?

Prediction: a recurrent network passes the gradient through T steps, each of which takes a share, so that it falls with
the lag; in a causal transformer every step is one product away, so that it does not. Budget: under 1 s. Result: the
norm of the gradient at each input.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.lab.attention_cell import attention_cell
from rnnlab.nets.cells import Cell, cell

Array = NDArray[Any]

D, H, B = 8, 32, 16


def by_lag(network: str, T: int, seed: int) -> Array:
    """‖∂(d · y_T)/∂x_{T−k}‖ for k = 0 … T − 1 and a random direction d of norm 1: (T).

    `network` is the name of a recurrent cell or "transformer", of two blocks with rotary positions.
    """
    rng = np.random.default_rng(seed)
    layer: Cell = attention_cell(L=2, heads=2) if network == "transformer" else cell(network)
    params = layer.init(rng, D, H, np.float64)
    y, cache = layer.forward(params, rng.normal(size=(T, B, D)))
    d_y = np.zeros_like(y)
    d_y[-1] = rng.normal(size=(B, H))
    d_y /= np.linalg.norm(d_y)
    d_x, _, _ = layer.backward(d_y, cache)
    return np.linalg.norm(d_x, axis=(1, 2))[::-1]
