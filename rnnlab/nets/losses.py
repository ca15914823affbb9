"""Losses, each with its gradient: cross-entropy, its mean over padded sequences, and the squared error.

Classification losses take *logits*: the softmax is a part of the loss, so that nothing overflows and nobody applies it
twice. Logarithms are natural, so these losses are in nats; `bits` and `perplexity` convert a mean loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.activations import log_softmax
from rnnlab.nets.door import expect_floats, expect_ids, expect_mask, expect_one_of

Array = NDArray[Any]

REDUCTIONS = ("mean", "sum")


def cross_entropy(logits: Array, targets: Array, reduction: str = "mean") -> tuple[float, Array]:
    """The surprise at the true classes, L = −log p_target with p = softmax(logits), and its gradient p − onehot.

    Shapes: logits (..., K), targets (...) with ids from 0 to K − 1; returns L in nats and d_logits (..., K).
    With `reduction` "mean" both are divided by the number of targets, with "sum" they are not.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, range or reduction. Source: chapter losses.

    >>> cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    (0.6931471805599453, array([[ 0.5, -0.5]]))
    """
    _expect_classes(logits, targets)
    expect_one_of("reduction", reduction, REDUCTIONS)
    log_p = log_softmax(logits)
    target = targets[..., np.newaxis]
    log_p_target = np.take_along_axis(log_p, target, axis=-1)
    d_logits = np.exp(log_p)
    np.put_along_axis(d_logits, target, np.exp(log_p_target) - 1, axis=-1)
    return _reduced(-log_p_target, d_logits, reduction)


def masked_sequence_loss(logits: Array, targets: Array, mask: Array) -> tuple[float, Array]:
    """The cross-entropy averaged over real steps, L = Σ m L_tb / Σ m, and its gradient m (p − onehot(target)) / Σ m.

    Shapes: logits (T, B, K), targets (T, B), mask (T, B) with True at real steps; returns L in nats and d_logits
    (T, B, K). What stands at padding has no effect, and its gradient is zero.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or range, or if no step is real.
    Source: chapter losses.

    >>> logits, targets = np.array([[[0.0, 0.0]], [[9.0, 0.0]]]), np.array([[0], [1]])
    >>> loss, d_logits = masked_sequence_loss(logits, targets, np.array([[True], [False]]))
    >>> round(loss, 4), d_logits[:, 0].tolist()
    (0.6931, [[-0.5, 0.5], [0.0, 0.0]])
    """
    _expect_padded(logits, targets, mask)
    loss, d_real = cross_entropy(logits[mask], targets[mask])
    d_logits = np.zeros_like(logits)
    d_logits[mask] = d_real
    return loss, d_logits


def squared_error(y: Array, target: Array, reduction: str = "mean") -> tuple[float, Array]:
    """The squared distance from the target, L = (y − target)², and its gradient 2 (y − target).

    Shapes: y and target equal; returns L, in the square of their unit, and d_y. With `reduction` "mean" both are
    divided by the number of entries, with "sum" they are not.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or reduction. Source: chapter losses.

    >>> squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    (2.0, array([0., 2.]))
    """
    expect_floats("y", y, **{f"axis {axis}": None for axis in range(np.ndim(y))})
    expect_floats("target", target, y.dtype, **{f"axis {axis}": size for axis, size in enumerate(y.shape)})
    expect_one_of("reduction", reduction, REDUCTIONS)
    error = y - target
    return _reduced(error**2, 2 * error, reduction)


def perplexity(mean_loss: float) -> float:
    """The number of equally likely classes that would surprise as much: e^L, from a mean cross-entropy L in nats.

    Source: Jelinek et al. 1977; chapter losses.

    >>> round(perplexity(np.log(27)), 6)
    27.0
    """
    return float(np.exp(mean_loss))


def bits(mean_loss: float) -> float:
    """A mean cross-entropy in bits instead of nats: L / log 2.

    Source: Shannon 1948; chapter losses.

    >>> round(bits(np.log(8)), 6)
    3.0
    """
    return float(mean_loss / np.log(2))


def _reduced(losses: Array, gradient: Array, reduction: str) -> tuple[float, Array]:
    total = float(losses.sum())
    if reduction == "sum":
        return total, gradient
    return total / losses.size, gradient / losses.size


def _expect_classes(logits: Array, targets: Array) -> None:
    leading: dict[str, int | None] = {f"axis {axis}": size for axis, size in enumerate(np.shape(targets))}
    expect_floats("logits", logits, **leading, K=None)
    expect_ids("targets", targets, logits.shape[-1])


def _expect_padded(logits: Array, targets: Array, mask: Array) -> None:
    expect_floats("logits", logits, T=None, B=None, K=None)
    T, B, K = logits.shape
    expect_mask("mask", mask, T=T, B=B)
    expect_ids("targets", targets, K, mask, T=T, B=B)
    if not mask.any():
        raise ValueError("mask must be True somewhere, but every step is padding. Is the mask inverted?")
