"""Losses that are a sum over steps: which step of which sequence lost how much, and the gradient at the outputs.

Perturbation methods ask for more than a mean loss: the loss of each sequence at each step tells which perturbations it
can be due to. So a loss function here maps y (T, B, K) to the losses (T, B) and the gradient d_y (T, B, K) of their
sum. What a step counts is its weight: 1 / B at the last step and 0 before it, or 1 / (number of real steps) at each of
them. A weight of 0 hides whatever target stands there, as at padding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.activations import log_softmax
from rnnlab.nets.door import expect_floats, expect_ids, expect_mask, expect_sizes

Array = NDArray[Any]
StepLoss = Callable[[Array], tuple[Array, Array]]


def cross_entropy(targets: Array, weights: Array) -> StepLoss:
    """The loss function L_tb = −w_tb log p_target with p = softmax(y_tb), in nats, and d_y = w (p − onehot(target)).

    Shapes: targets (T, B) with ids from 0 to K − 1 wherever the weight is not 0, weights (T, B); the function maps
    y (T, B, K) to losses (T, B) and d_y (T, B, K).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or range, of targets only when it runs.
    Source: chapters losses and beyond-bptt.

    >>> loss = cross_entropy(np.array([[0], [1]]), np.array([[0.0], [1.0]]))
    >>> losses, d_y = loss(np.zeros((2, 1, 2)))
    >>> losses[:, 0].round(4).tolist(), d_y[1, 0].tolist()
    ([0.0, 0.6931], [0.5, -0.5])
    """
    expect_floats("weights", weights, T=None, B=None)

    def loss(y: Array) -> tuple[Array, Array]:
        expect_floats("y", y, weights.dtype, **_axes(weights), K=None)
        expect_ids("targets", targets, y.shape[-1], weights != 0, **_axes(weights))
        target = np.where(weights != 0, targets, 0)[..., np.newaxis]
        log_p = log_softmax(y)
        log_p_target = np.take_along_axis(log_p, target, axis=-1)
        d_y = np.exp(log_p)
        np.put_along_axis(d_y, target, np.exp(log_p_target) - 1, axis=-1)
        return -weights * log_p_target[..., 0], weights[..., np.newaxis] * d_y

    return loss


def squared_error(targets: Array, weights: Array) -> StepLoss:
    """The loss function L_tb = w_tb Σ_k (y_tbk − target_tbk)² and d_y = 2 w (y − target).

    Shapes: targets (T, B, K), weights (T, B); the function maps y (T, B, K) to losses (T, B) and d_y (T, B, K).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapters losses and beyond-bptt.

    >>> losses, d_y = squared_error(np.ones((1, 1, 2)), np.array([[0.5]]))(np.array([[[3.0, 1.0]]]))
    >>> losses, d_y
    (array([[2.]]), array([[[2., 0.]]]))
    """
    expect_floats("weights", weights, T=None, B=None)
    expect_floats("targets", targets, weights.dtype, **_axes(weights), K=None)

    def loss(y: Array) -> tuple[Array, Array]:
        expect_floats("y", y, weights.dtype, **_axes(weights), K=targets.shape[-1])
        error = np.where(weights[..., np.newaxis] != 0, y - targets, 0)
        weighted = weights[..., np.newaxis] * error
        return (weighted * error).sum(axis=-1), 2 * weighted

    return loss


def at_the_end(T: int, B: int, dtype: DTypeLike = np.float64) -> Array:
    """The weights (T, B) of a task with one answer, after the last step: 1 / B there and 0 before.

    Raises: ValueError for a size below 1.

    >>> at_the_end(3, 2)
    array([[0. , 0. ],
           [0. , 0. ],
           [0.5, 0.5]])
    """
    expect_sizes(T=T, B=B)
    weights = np.zeros((T, B), dtype)
    weights[-1] = 1 / B
    return weights


def at_every_step(mask: Array, dtype: DTypeLike = np.float64) -> Array:
    """The weights (T, B) of a task with an answer at each step: 1 / (number of real steps), and 0 at padding.

    Raises: TypeError or ValueError for a mask that is not boolean (T, B) or nowhere True.

    >>> at_every_step(np.array([[True, True], [True, False]])).round(2)
    array([[0.33, 0.33],
           [0.33, 0.  ]])
    """
    expect_mask("mask", mask, T=None, B=None)
    if not mask.any():
        raise ValueError("mask must be True somewhere, but every step is padding. Is the mask inverted?")
    return (mask / mask.sum()).astype(dtype)


def _axes(weights: Array) -> dict[str, int | None]:
    T, B = weights.shape
    return {"T": T, "B": B}
