"""Experiment: how far truncation turns the gradient, for networks whose recurrent weights are small or large.

Prediction: with a small spectral radius little is lost, since the far terms are small anyway; with a large one much is.
Budget: a second. Result: cosines between the truncated and the whole gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.spectra import with_spectral_radius
from rnnlab.analysis.truncation import cosines_by_window
from rnnlab.nets import rnn
from rnnlab.nets.cells import cell

Array = NDArray[Any]


def cosines(
    seed: int,
    radius: float,
    windows: Sequence[int],
    last_only: bool = False,
    T: int = 60,
    H: int = 32,
    B: int = 8,
) -> Array:
    """The cosine for each window, (len(windows),), of an untrained network on random inputs, chunked windows.

    Every loss, or with `last_only` the last one alone, pulls its state in a random direction.
    """
    rng = np.random.default_rng(seed)
    params = rnn.init(rng, D=4, H=H)
    params = params._replace(W_hh=with_spectral_radius(params.W_hh, radius))
    x, d_h = rng.normal(size=(T, B, 4)), rng.normal(size=(T, B, H))
    if last_only:
        d_h[:-1] = 0
    return cosines_by_window(cell("rnn"), params, x, d_h, windows)
