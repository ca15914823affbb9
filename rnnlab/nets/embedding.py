"""From token ids to vectors: one-hot codes, and the embedding, which is a one-hot code times a learned table."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.errors import require_float, require_shape


def one_hot(ids: NDArray[np.integer], K: int, dtype: DTypeLike = np.float64) -> NDArray:
    """One-hot codes, codes[..., k] = 1 where k = ids[...] and 0 elsewhere.

    Shapes: ids (...) of integers in [0, K) -> (..., K). Raises `TypeError` for ids that are not integers and
    `ValueError` for ids out of range. Source: chapter *The hidden state*.

    >>> one_hot(np.array([2, 0]), K=3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    codes = np.zeros((*_require_ids(ids, K).shape, K), dtype)
    np.put_along_axis(codes, ids[..., np.newaxis], 1, axis=-1)
    return codes


def embed(ids: NDArray[np.integer], E: NDArray) -> NDArray:
    """The rows of the table at these ids, embed(ids, E) = one_hot(ids, K) @ E, without the product.

    Shapes: ids (...) of integers in [0, K), E (K, D) -> (..., D). Raises as `one_hot` does.
    Source: chapter *The hidden state*.

    >>> embed(np.array([1, 1]), np.array([[0.0, 0.5], [1.0, 2.0]]))
    array([[1., 2.],
           [1., 2.]])
    """
    require_shape("E", require_float("E", E), "K D", {})
    return E[_require_ids(ids, len(E))]


def embed_backward(d_vectors: NDArray, ids: NDArray[np.integer], K: int) -> NDArray:
    """The gradient of the table: every use of row k adds its own upstream gradient to row k.

    Shapes: d_vectors (..., D), ids (...) -> d_E (K, D). Raises as `one_hot` does.

    >>> embed_backward(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 0]), K=3)
    array([[5.],
           [2.],
           [0.]])
    """
    require_float("d_vectors", d_vectors)
    d_E = np.zeros((K, d_vectors.shape[-1]), d_vectors.dtype)
    np.add.at(d_E, _require_ids(ids, K), d_vectors)
    return d_E


def _require_ids(ids: NDArray[np.integer], K: int) -> NDArray[np.integer]:
    if getattr(ids, "dtype", np.dtype(object)).kind not in "iu":
        came = getattr(ids, "dtype", type(ids).__name__)
        raise TypeError(
            f"ids should be a NumPy array of integers, but {came} came; token ids count the vocabulary"
        )
    if ids.size and (ids.min() < 0 or ids.max() >= K):
        raise ValueError(f"ids should lie between 0 and K - 1 = {K - 1}, but {ids.min()} to {ids.max()} came")
    return ids
