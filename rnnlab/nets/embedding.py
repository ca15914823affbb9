"""Token ids become vectors: one-hot vectors, or the rows of a learned table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.door import expect_floats, expect_ids

Array = NDArray[Any]


def one_hot(ids: Array, K: int, dtype: DTypeLike = np.float64) -> Array:
    """One vector of K numbers for each id, with a one at place id and zeros elsewhere: ids (...) → (..., K).

    Raises: TypeError unless ids holds whole numbers, ValueError unless they lie between 0 and K − 1.
    Source: chapter hidden-state.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    expect_ids("ids", ids, K)
    return np.eye(K, dtype=dtype)[ids]


def embed(ids: Array, E: Array) -> Array:
    """The row of the table E for each id, x = E[id]: ids (...) and E (K, D) → (..., D).

    It equals one_hot(ids, K) @ E, without the multiplications.

    Raises: TypeError for a wrong dtype, ValueError unless ids lie between 0 and K − 1. Source: chapter hidden-state.

    >>> embed(np.array([1, 1]), np.array([[0.1, 0.2], [0.3, 0.4]]))
    array([[0.3, 0.4],
           [0.3, 0.4]])
    """
    expect_floats("E", E, K=None, D=None)
    expect_ids("ids", ids, len(E))
    return E[ids]


def embed_backward(d_x: Array, ids: Array, K: int) -> Array:
    """The gradient at the table: each row collects the gradients d_x of all places where its id stood.

    d_E[k] = Σ d_x over the places with id k: d_x (..., D) and ids (...) → (K, D).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or range. Source: chapter hidden-state.

    >>> embed_backward(np.array([[1.0], [2.0], [4.0]]), np.array([1, 0, 1]), 3)
    array([[2.],
           [5.],
           [0.]])
    """
    expect_ids("ids", ids, K)
    leading: dict[str, int | None] = {f"axis {axis} of ids": size for axis, size in enumerate(ids.shape)}
    expect_floats("d_x", d_x, **leading, D=None)
    d_E = np.zeros((K, d_x.shape[-1]), d_x.dtype)
    # d_E[ids] += d_x would count an id that occurs twice only once.
    np.add.at(d_E, ids, d_x)
    return d_E
