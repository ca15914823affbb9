"""Pooling over time: a sequence of any length becomes one vector, the mean or the maximum over its real steps.

With it a network without a state, such as a convolution, answers one question about a whole sequence.
Sources: Collobert et al. 2011 and Kim 2014 (maximum over time); chapter convolution.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats, expect_mask, expect_no_nan

Array = NDArray[Any]


class MeanCache(NamedTuple):
    """What `mean_over_time_backward` needs; `share` (T, B, 1) is 1 / length at real steps and 0 at padding."""

    share: Array
    D: int


class MaxCache(NamedTuple):
    """What `max_over_time_backward` needs; `winner` (B, D) is the step of each maximum."""

    winner: Array
    T: int
    dtype: np.dtype[Any]


def mean_over_time(x: Array, mask: Array | None = None) -> tuple[Array, MeanCache]:
    """The mean over real steps: y = Σ_t m_t x_t / Σ_t m_t.

    Shapes: x (T, B, D), mask (T, B) or None; returns y (B, D) and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or a sequence without a real step.
    Source: chapter convolution.

    >>> x = np.array([[[1.0]], [[3.0]], [[100.0]]])
    >>> mean_over_time(x, np.array([[True], [True], [False]]))[0]
    array([[2.]])
    """
    mask = _expect_padded(x, mask)
    share = (mask / mask.sum(axis=0)).astype(x.dtype)[..., np.newaxis]
    # not share * x alone: what stands at padding may be infinite
    y = (share * np.where(mask[..., np.newaxis], x, 0)).sum(axis=0)
    return y, MeanCache(share, x.shape[2])


def mean_over_time_backward(d_y: Array, cache: MeanCache) -> Array:
    """The gradient at the steps: d_x_t = d_y / Σ_t m_t at real ones, zero at padding. d_y (B, D) → d_x (T, B, D).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter convolution.

    >>> _, cache = mean_over_time(np.zeros((3, 1, 1)), np.array([[True], [True], [False]]))
    >>> mean_over_time_backward(np.array([[4.0]]), cache)[:, 0, 0]
    array([2., 2., 0.])
    """
    share, D = cache
    expect_floats("d_y", d_y, share.dtype, B=share.shape[1], D=D)
    return share * d_y


def max_over_time(x: Array, mask: Array | None = None) -> tuple[Array, MaxCache]:
    """The maximum over real steps, for every feature by itself: y = max_t x_t. Among equals the first one counts.

    Shapes: x (T, B, D), mask (T, B) or None; returns y (B, D) and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or a sequence without a real step.
    Source: Collobert et al. 2011; Kim 2014.

    >>> x = np.array([[[1.0]], [[3.0]], [[100.0]]])
    >>> max_over_time(x, np.array([[True], [True], [False]]))[0]
    array([[3.]])
    """
    mask = _expect_padded(x, mask)
    winner = np.where(mask[..., np.newaxis], x, -np.inf).argmax(axis=0)
    y = np.take_along_axis(x, winner[np.newaxis], axis=0)[0]
    return y, MaxCache(winner, len(x), x.dtype)


def max_over_time_backward(d_y: Array, cache: MaxCache) -> Array:
    """The gradient at the steps: all of d_y goes to the step that won. d_y (B, D) → d_x (T, B, D).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter convolution.

    >>> _, cache = max_over_time(np.array([[[1.0]], [[3.0]], [[2.0]]]))
    >>> max_over_time_backward(np.array([[4.0]]), cache)[:, 0, 0]
    array([0., 4., 0.])
    """
    winner, T, dtype = cache
    B, D = winner.shape
    expect_floats("d_y", d_y, dtype, B=B, D=D)
    d_x = np.zeros((T, B, D), d_y.dtype)
    np.put_along_axis(d_x, winner[np.newaxis], d_y[np.newaxis], axis=0)
    return d_x


def _expect_padded(x: Array, mask: Array | None) -> Array:
    expect_floats("x", x, T=None, B=None, D=None)
    expect_no_nan("x", x)
    T, B, _ = x.shape
    if mask is None:
        return np.ones((T, B), bool)
    expect_mask("mask", mask, T=T, B=B)
    empty = np.flatnonzero(~mask.any(axis=0))
    if len(empty):
        raise ValueError(
            f"mask must be True somewhere in every sequence, but the one at batch place {empty[0]} is all padding. "
            "Nothing has neither a mean nor a maximum: leave empty sequences out."
        )
    return mask
