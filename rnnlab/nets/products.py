"""Matrix products over sequences: the same W at every place as one product, and stretches of steps that fit a cache."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

# A stretch of steps whose gates fit in a core's second-level cache: much shorter or longer ones cost some percent.
CHUNK_BYTES = 2**19


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


def by_rows(steps: Array) -> Array:
    """An array (T, N, B), one matrix a step, as a matrix (N, T · B) with the steps side by side: for Σ_t a_t b_tᵀ.

    >>> import numpy as np
    >>> by_rows(np.ones((4, 3, 2))).shape
    (3, 8)
    """
    return steps.swapaxes(0, 1).reshape(steps.shape[1], -1)


def chunks(T: int, bytes_per_step: int) -> list[slice]:
    """The steps 0 … T − 1 in stretches of about CHUNK_BYTES, at least one step each.

    What is computed for a whole stretch at once stays in the processor's cache until it is used.

    >>> chunks(5, CHUNK_BYTES // 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    length = max(1, CHUNK_BYTES // bytes_per_step)
    return [slice(start, min(start + length, T)) for start in range(0, T, length)]
