"""Activation functions and their derivatives.

The scalar functions work on every entry of an array by itself and take NumPy's `out=`, so that a loop over time can
reuse its memory. Each derivative is written as a function of the *output* h: a backward pass has it at hand, and the
input a need not be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats, expect_one_of

Array = NDArray[Any]


def tanh(a: Array, out: Array | None = None) -> Array:
    """The hyperbolic tangent, h = tanh(a), between −1 and 1. Any shape. Source: chapter activations.

    >>> tanh(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.7616,  0.    ,  0.7616])
    """
    return np.tanh(a, out=out)


def tanh_derivative(h: Array) -> Array:
    """The derivative of tanh from its output h: dh/da = 1 − h². Any shape. Source: chapter activations.

    >>> tanh_derivative(np.array([-1.0, 0.0, 0.5]))
    array([0.  , 1.  , 0.75])
    """
    return 1 - h * h


def relu(a: Array, out: Array | None = None) -> Array:
    """The rectifier, h = max(a, 0). Any shape. Source: Nair and Hinton 2010; chapter activations.

    >>> relu(np.array([-2.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.maximum(a, 0, out=out)


def relu_derivative(h: Array) -> Array:
    """The derivative of the rectifier from its output h: 1 where h > 0, else 0 (at the kink too, as torch does).

    Any shape. Source: chapter activations.

    >>> relu_derivative(np.array([0.0, 2.0]))
    array([0., 1.])
    """
    return (h > 0).astype(h.dtype)


def sigmoid(a: Array, out: Array | None = None) -> Array:
    """The logistic function, h = 1 / (1 + e^−a), between 0 and 1. Any shape. Source: chapter activations.

    Only e^−|a| is computed, which cannot overflow.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    e = np.exp(-np.abs(a))
    numerator = np.where(a >= 0, 1, e)
    return np.divide(numerator, 1 + e, out=out)


def sigmoid_derivative(h: Array) -> Array:
    """The derivative of the logistic function from its output h: dh/da = h (1 − h). Any shape.

    Source: chapter activations.

    >>> sigmoid_derivative(np.array([0.0, 0.5, 1.0]))
    array([0.  , 0.25, 0.  ])
    """
    return h * (1 - h)


def identity(a: Array, out: Array | None = None) -> Array:
    """The identity, h = a: a copy. Any shape. A recurrence with it is linear. Source: chapter activations.

    >>> identity(np.array([-2.0, 2.0]))
    array([-2.,  2.])
    """
    return np.positive(a, out=out)


def identity_derivative(h: Array) -> Array:
    """The derivative of the identity: 1 everywhere. Any shape. Source: chapter activations.

    >>> identity_derivative(np.array([-2.0, 2.0]))
    array([1., 1.])
    """
    return np.ones_like(h)


class Activation(NamedTuple):
    """A scalar activation h = f(a): its name, the function f, and the derivative dh/da as a function of h."""

    name: str
    function: Callable[..., Array]
    derivative_from_output: Callable[[Array], Array]


ACTIVATIONS = {
    "tanh": Activation("tanh", tanh, tanh_derivative),
    "relu": Activation("relu", relu, relu_derivative),
    "sigmoid": Activation("sigmoid", sigmoid, sigmoid_derivative),
    "identity": Activation("identity", identity, identity_derivative),
}


def activation(name: str) -> Activation:
    """The activation of this name: "tanh", "relu", "sigmoid" or "identity".

    Raises: ValueError for another name. Source: chapter activations.

    >>> activation("tanh").derivative_from_output(np.array([0.5]))
    array([0.75])
    """
    expect_one_of("activation", name, tuple(ACTIVATIONS))
    return ACTIVATIONS[name]


def softmax(z: Array) -> Array:
    """Probabilities from logits z (..., K): p_k = e^z_k / Σ_j e^z_j, along the last axis. Returns p (..., K).

    The largest logit is subtracted first: p stays the same, and nothing overflows.

    Raises: TypeError unless z holds floats. Source: chapter losses.

    >>> softmax(np.array([1000.0, 1000.0, 0.0]))
    array([0.5, 0.5, 0. ])
    """
    _expect_logits(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(d_p: Array, p: Array) -> Array:
    """The gradient at the logits from the gradient d_p (..., K) at the output p (..., K) of softmax.

    d_z = p ⊙ (d_p − Σ_k d_p_k p_k). Returns d_z (..., K). Source: chapter losses.

    >>> softmax_backward(np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    array([ 0.25, -0.25])
    """
    return p * (d_p - (d_p * p).sum(axis=-1, keepdims=True))


def log_softmax(z: Array) -> Array:
    """Log-probabilities from logits z (..., K): l_k = z_k − log Σ_j e^z_j, along the last axis. Returns l (..., K).

    The logarithm of a softmax would be −∞ where the softmax rounds to zero; this stays finite.

    Raises: TypeError unless z holds floats. Source: chapter losses.

    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    _expect_logits(z)
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def log_softmax_backward(d_l: Array, l: Array) -> Array:  # noqa: E741 (the chapter's symbol)
    """The gradient at the logits from the gradient d_l (..., K) at the output l (..., K) of log_softmax.

    d_z = d_l − e^l Σ_k d_l_k. Returns d_z (..., K). Source: chapter losses.

    >>> log_softmax_backward(np.array([-1.0, 0.0]), np.log([0.5, 0.5]))
    array([-0.5,  0.5])
    """
    return d_l - np.exp(l) * d_l.sum(axis=-1, keepdims=True)


def _expect_logits(z: Array) -> None:
    leading = {f"axis {axis}": None for axis in range(np.ndim(z) - 1)}
    expect_floats("z", z, **leading, K=None)
