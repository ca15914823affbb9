"""Positions for attention, which by itself does not see order: sinusoids to add, and rotations of queries and keys.

Both give each pair of units (2k, 2k + 1) a frequency, ω_k = 10000^(−2k/D): from a turn every 2π steps to one every
many thousands.
Sources: Vaswani et al. 2017, section 3.5; Su et al. 2021 (RoFormer).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.door import expect_floats, expect_sizes

Array = NDArray[Any]

LONGEST = 10000.0


def sinusoidal(T: int, D: int, start: int = 0, dtype: DTypeLike = np.float64) -> Array:
    """Positions to add to the inputs: p_t,2k = sin(ω_k t),  p_t,2k+1 = cos(ω_k t), for t = start … start + T − 1.

    They hold no weights: the gradient passes the sum unchanged. A shift by s steps is the same rotation of each pair at
    every t.

    Shapes: returns (T, D). To add them to x (T, B, D), write x + sinusoidal(T, D)[:, np.newaxis].

    Raises: ValueError for a size below 1, an odd D or a negative start. Source: Vaswani et al. 2017, section 3.5.

    >>> sinusoidal(T=2, D=4).round(4)
    array([[0.    , 1.    , 0.    , 1.    ],
           [0.8415, 0.5403, 0.01  , 1.    ]])
    """
    expect_sizes(T=T)
    angles = _angles(T, D, start)
    positions = np.empty((T, D), dtype)
    positions[:, 0::2] = np.sin(angles)
    positions[:, 1::2] = np.cos(angles)
    return positions


def rotary(x: Array, start: int = 0) -> Array:
    """Queries or keys, each pair rotated by its step's angle θ = ω_k t, for t = start … start + T − 1.

    y_2k = x_2k cos θ − x_2k+1 sin θ,  y_2k+1 = x_2k sin θ + x_2k+1 cos θ. The product of a query rotated at step m
    and a key rotated at step n depends on m − n, not on m and n.

    Shapes: x (T, B, D); returns y (T, B, D).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, an odd D or a negative start.
    Source: Su et al. 2021, equation 34.

    >>> rotary(np.array([[[1.0, 0.0]], [[1.0, 0.0]]])).round(4)
    array([[[1.    , 0.    ]],
    <BLANKLINE>
           [[0.5403, 0.8415]]])
    """
    return _turned(x, start, direction=1)


def rotary_backward(d_y: Array, start: int = 0) -> Array:
    """From the gradient at the rotated to that at the given: the rotation back, by −θ, since a rotation's Rᵀ is R⁻¹.

    Shapes: d_y (T, B, D); returns d_x (T, B, D). Raises as `rotary`. Source: chapter transformer.

    >>> x = np.array([[[3.0, 4.0]]])
    >>> rotary_backward(rotary(x, start=7), start=7).round(12)
    array([[[3., 4.]]])
    """
    return _turned(d_y, start, direction=-1)


def _turned(x: Array, start: int, direction: int) -> Array:
    expect_floats("x", x, T=None, B=None, D=None)
    angles = direction * _angles(len(x), x.shape[2], start)[:, np.newaxis]
    cos, sin = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]
    y = np.empty_like(x)
    y[..., 0::2] = even * cos - odd * sin
    y[..., 1::2] = even * sin + odd * cos
    return y


def _angles(T: int, D: int, start: int) -> Array:
    """ω_k t for t = start … start + T − 1 and the D / 2 pairs."""
    expect_sizes(D=D)
    if D % 2:
        raise ValueError(f"D must be even, because positions turn units in pairs, but is {D}.")
    if not isinstance(start, int | np.integer) or start < 0:
        raise ValueError(f"start must be a whole number of steps from 0 on, but is {start!r}.")
    frequencies = LONGEST ** (-np.arange(0, D, 2) / D)
    return (start + np.arange(T))[:, np.newaxis] * frequencies
