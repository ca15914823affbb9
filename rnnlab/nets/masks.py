"""Masks of attention, True where a query may look, and the softmax over the keys that are allowed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats, expect_mask, expect_sizes, leading_axes

Array = NDArray[Any]


def causal_mask(T_q: int, T_k: int | None = None) -> Array:
    """No look into the future: query i may see key j where j ≤ i + T_k − T_q. Returns (T_q, T_k), True where allowed.

    The queries are the last T_q of the T_k steps, as when a sequence goes on after a prefix; T_k is T_q if left out.

    Raises: ValueError for a size below 1 or more queries than keys. Source: Vaswani et al. 2017, section 3.2.3.

    >>> causal_mask(2, 3).astype(int)
    array([[1, 1, 0],
           [1, 1, 1]])
    """
    T_k = T_q if T_k is None else T_k
    expect_sizes(T_q=T_q, T_k=T_k)
    if T_q > T_k:
        raise ValueError(
            f"with a causal mask every query stands at a key's step, but there are T_q = {T_q} queries and "
            f"T_k = {T_k} keys. Are queries and keys exchanged?"
        )
    return np.tri(T_q, T_k, T_k - T_q, dtype=bool)


def padding_mask(mask: Array) -> Array:
    """No look at padding: from the mask (T_k, B) of the keys to (B, 1, T_k), the same for all queries.

    Both masks at once are `padding_mask(mask) & causal_mask(T)`, (B, T, T).

    Raises: TypeError unless the mask is boolean, ValueError for a wrong shape. Source: chapter attention.

    >>> padding_mask(np.array([[True, True], [True, False]])).astype(int)
    array([[[1, 1]],
    <BLANKLINE>
           [[1, 0]]])
    """
    expect_mask("mask", mask, T=None, B=None)
    return mask.T[:, np.newaxis]


def allowed_keys(mask: Array | None, causal: bool, T_q: int, T_k: int) -> Array | None:
    """Where T_q queries may look: at real keys of `mask` (T_k, B), and not ahead if `causal`. None is everywhere.

    Raises: as `padding_mask` and `causal_mask`.

    >>> allowed_keys(np.array([[True], [False]]), True, 2, 2).astype(int)
    array([[[1, 0],
            [1, 0]]])
    """
    if mask is None:
        return causal_mask(T_q, T_k) if causal else None
    return padding_mask(mask) & causal_mask(T_q, T_k) if causal else padding_mask(mask)


def masked_softmax(scores: Array, allowed: Array | None = None) -> Array:
    """The softmax over the allowed keys, α_j = e^s_j / Σ_{k allowed} e^s_k, and α_j = 0 for the others.

    A row without any allowed key is zero everywhere, where a plain softmax would divide zero by zero. The largest
    allowed score is subtracted first: α stays the same, and nothing overflows.

    Shapes: scores (..., T_k), allowed of a shape that broadcasts to it, or None; returns α (..., T_k).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter attention.

    >>> masked_softmax(np.array([[1.0, 1.0, 9.0], [1.0, 2.0, 3.0]]), np.array([[True, True, False], [False] * 3]))
    array([[0.5, 0.5, 0. ],
           [0. , 0. , 0. ]])
    """
    expect_floats("scores", scores, **leading_axes(scores), T_k=None)
    if allowed is None:
        largest = scores.max(axis=-1, keepdims=True)
        e = np.exp(scores - largest)
        return e / e.sum(axis=-1, keepdims=True)
    _expect_broadcastable(allowed, scores)
    reachable = np.where(allowed, scores, -np.inf)
    largest = reachable.max(axis=-1, keepdims=True)
    anywhere = allowed.any(axis=-1, keepdims=True)
    e = np.exp(reachable - np.where(anywhere, largest, 0))
    return e / np.where(anywhere, e.sum(axis=-1, keepdims=True), 1)


def _expect_broadcastable(allowed: Array, scores: Array) -> None:
    expect_mask("allowed", allowed, **{f"axis {axis}": size for axis, size in enumerate(np.shape(allowed))})
    try:
        fits = np.broadcast_shapes(allowed.shape, scores.shape) == scores.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"allowed must broadcast to the scores' shape {scores.shape}, but has the shape {allowed.shape}. "
            "A mask (T_k, B) of keys becomes one by padding_mask."
        )
