"""The Gaussian error linear unit (GELU), exact, as transformers use it: an input times the chance that it is large.

It is not monotonic, so that its slope cannot be read from its output as for the other activations: `gelu` returns both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def gelu(a: Array) -> tuple[Array, Array]:
    """The activation and its slope: h = a Φ(a),  dh/da = Φ(a) + a φ(a), with the normal distribution Φ and density φ.

    Φ(a) = ½ (1 + erf(a / √2)),  φ(a) = e^(−a²/2) / √(2π).

    Shapes: any a; returns h and dh/da of the same shape. Source: Hendrycks and Gimpel 2016.

    >>> h, slope = gelu(np.array([-1.0, 0.0, 1.0]))
    >>> h.round(4), slope.round(4)
    (array([-0.1587,  0.    ,  0.8413]), array([-0.0833,  0.5   ,  1.0833]))
    """
    distribution = 0.5 * (1 + erf(a * _like(a, 1 / math.sqrt(2))))
    density = np.exp(-0.5 * a * a) * _like(a, 1 / math.sqrt(2 * math.pi))
    return a * distribution, distribution + a * density


def erf(x: Array) -> Array:
    """The error function, erf(x) = 2/√π ∫₀ˣ e^(−s²) ds, of each entry. Any shape.

    NumPy has none. Approximations over whole arrays, measured, are at most twice as fast as Python's function for one
    number, which is taken here: about 60 ns an entry.

    >>> erf(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.8427])
    """
    return np.fromiter(map(math.erf, x.ravel().tolist()), x.dtype, x.size).reshape(x.shape)


def _like(a: Array, number: float) -> Array:
    return np.asarray(number, a.dtype)
