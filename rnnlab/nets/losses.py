"""Losses and their gradients: cross-entropy from logits, its masked mean over sequences, and the squared error.

Every loss takes logits or values, never probabilities: softmax happens inside, where it cannot overflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.activations import log_softmax
from rnnlab.nets.errors import require_float, require_shape


def cross_entropy(y: NDArray, targets: NDArray[np.integer]) -> tuple[float, NDArray]:
    """The mean cross-entropy of logits and its gradient: L = −(1/N) Σ_n log softmax(y_n)[c_n], d_y = (p − onehot) / N.

    Shapes: y (..., K), targets (...) of class ids, N their number -> L in nats, d_y (..., K).
    Raises `TypeError` unless y holds floats and targets integers, `ValueError` where shapes or ids do not fit.
    Source: Goodfellow, Bengio and Courville (2016), section 6.2.2.3.

    >>> loss, d_y = cross_entropy(np.zeros((1, 2)), np.array([0]))
    >>> round(loss, 4), d_y
    (0.6931, array([[-0.5,  0.5]]))
    """
    return masked_sequence_loss(y, targets, np.ones(np.shape(targets), bool))


def masked_sequence_loss(
    y: NDArray, targets: NDArray[np.integer], mask: NDArray[np.bool_]
) -> tuple[float, NDArray]:
    """The cross-entropy per real token, L = −Σ m log softmax(y)[c] / Σ m, and its gradient m (p − onehot) / Σ m.

    Shapes: y (..., K), targets (...), mask (...), such as (T, B) -> L in nats, d_y (..., K). Padding counts nowhere.
    Raises as `cross_entropy` does, and `ValueError` for a mask that lets nothing through.

    >>> y = np.log(np.array([[0.5, 0.5], [0.1, 0.9]]))
    >>> round(masked_sequence_loss(y, np.array([0, 0]), np.array([True, False]))[0], 4)
    0.6931
    """
    _require_targets(y, targets)
    require_shape("mask", mask, " ".join(f"n{i}" for i in range(targets.ndim)), _sizes(targets))
    if not mask.any():
        raise ValueError("mask should let at least one position through, but it is False everywhere")
    log_p = log_softmax(y)
    chosen = np.take_along_axis(log_p, targets[..., np.newaxis], axis=-1)[..., 0]
    count = int(mask.sum())
    d_y = np.exp(log_p)
    np.put_along_axis(d_y, targets[..., np.newaxis], np.exp(chosen)[..., np.newaxis] - 1, axis=-1)
    d_y *= mask[..., np.newaxis] / np.asarray(count, y.dtype)
    return float(-chosen[mask].sum() / count), d_y


def squared_error(y: NDArray, targets: NDArray) -> tuple[float, NDArray]:
    """The mean squared error, L = (1/N) Σ (y − target)², and its gradient 2 (y − target) / N.

    Shapes: y and targets (...), N their size -> L, d_y (...). Raises `TypeError` and `ValueError` as above.

    >>> squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    (2.0, array([0., 2.]))
    """
    require_shape("targets", require_float("targets", targets), *_same_as(require_float("y", y)))
    difference = y - targets
    return float(np.mean(np.square(difference))), 2 * difference / difference.size


def perplexity(loss: float) -> float:
    """exp(L): with L in nats per token, the number of equally likely choices that would be as hard.

    >>> round(perplexity(np.log(27)), 6)
    27.0
    """
    return float(np.exp(loss))


def bits(loss: float) -> float:
    """L / ln 2: a loss in nats as bits.

    >>> round(bits(np.log(8)), 6)
    3.0
    """
    return float(loss / np.log(2))


def _require_targets(y: NDArray, targets: NDArray) -> None:
    require_float("y", y)
    if getattr(targets, "dtype", np.dtype(object)).kind not in "iu":
        raise TypeError(
            f"targets should be class ids (integers), but {getattr(targets, 'dtype', type(targets).__name__)} came; "
            "one-hot targets become ids by .argmax(axis=-1)"
        )
    if y.shape[:-1] != targets.shape:
        raise ValueError(
            f"targets should have shape {y.shape[:-1]} (that of y without K), but {targets.shape} came"
        )
    K = y.shape[-1]
    if targets.size and (targets.min() < 0 or targets.max() >= K):
        raise ValueError(
            f"targets should lie in 0 … K - 1 = {K - 1}, but {targets.min()} to {targets.max()} came"
        )


def _sizes(array: NDArray) -> dict[str, int]:
    return {f"n{i}": size for i, size in enumerate(array.shape)}


def _same_as(array: NDArray) -> tuple[str, dict[str, int]]:
    return " ".join(_sizes(array)), _sizes(array)
