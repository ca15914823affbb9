"""Matrix products over sequences: the same W at every place of an array, as one product of two matrices."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


def at_every_place(W: Array, x: Array) -> Array:
    """W x at every place: W (M, N) and x (..., N) → (..., M).

    >>> import numpy as np
    >>> at_every_place(np.array([[1.0, 2.0]]), np.ones((4, 3, 2))).shape
    (4, 3, 1)
    """
    return (flat(x) @ W.T).reshape(*x.shape[:-1], len(W))


def flat(sequence: Array) -> Array:
    """An array (..., N) as a matrix (all places, N).

    >>> import numpy as np
    >>> flat(np.ones((4, 3, 2))).shape
    (12, 2)
    """
    return sequence.reshape(-1, sequence.shape[-1])
