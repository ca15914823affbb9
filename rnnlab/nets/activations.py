"""Activations and their derivatives, each elementwise on an array of any shape; softmax acts on the last axis.

The derivatives of tanh, ReLU, sigmoid and the identity are written as functions of the *output* h = f(a): that is what
a recurrent network keeps, so that its backward pass needs no pre-activation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.errors import require_float

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Activation:
    """An elementwise function f, and its derivative f′ as a function of the output f(a)."""

    name: str
    function: Callable[[Array], Array]
    derivative_from_output: Callable[[Array], Array]


def tanh(a: Array) -> Array:
    """The hyperbolic tangent, tanh(a) = (eᵃ − e⁻ᵃ) / (eᵃ + e⁻ᵃ), between −1 and 1.

    Shapes: a (...) -> (...). Raises `TypeError` unless `a` holds floats. Source: chapter *The hidden state*.

    >>> tanh(np.array([0.0, 1000.0]))
    array([0., 1.])
    """
    return np.tanh(require_float("a", a))


def tanh_derivative(h: Array) -> Array:
    """tanh′(a) = 1 − h² for h = tanh(a).

    Shapes: h (...) -> (...). Source: chapter *The hidden state*.

    >>> tanh_derivative(np.array([0.0, 1.0]))
    array([1., 0.])
    """
    return 1 - np.square(require_float("h", h))


def relu(a: Array) -> Array:
    """The rectified linear unit, max(0, a).

    Shapes: a (...) -> (...). Raises `TypeError` unless `a` holds floats. Source: chapter *The hidden state*.

    >>> relu(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    return np.maximum(require_float("a", a), 0)


def relu_derivative(h: Array) -> Array:
    """ReLU′(a) = 1 where h = max(0, a) is positive, else 0; at the kink a = 0 this is 0, as in torch.

    Shapes: h (...) -> (...). Source: chapter *The hidden state*.

    >>> relu_derivative(np.array([0.0, 3.0]))
    array([0., 1.])
    """
    return (require_float("h", h) > 0).astype(h.dtype)


def sigmoid(a: Array) -> Array:
    """The logistic function, σ(a) = 1 / (1 + e⁻ᵃ) = (1 + tanh(a/2)) / 2; the second form never overflows.

    Shapes: a (...) -> (...), between 0 and 1. Raises `TypeError` unless `a` holds floats. Source: any textbook.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    half = require_float("a", a) / 2
    return (1 + np.tanh(half)) / 2


def sigmoid_derivative(h: Array) -> Array:
    """σ′(a) = h (1 − h) for h = σ(a).

    Shapes: h (...) -> (...). Source: any textbook.

    >>> sigmoid_derivative(np.array([0.5, 1.0]))
    array([0.25, 0.  ])
    """
    return require_float("h", h) * (1 - h)


def identity(a: Array) -> Array:
    """The identity, f(a) = a, as a copy.

    Shapes: a (...) -> (...). Raises `TypeError` unless `a` holds floats.

    >>> identity(np.array([1.5]))
    array([1.5])
    """
    return require_float("a", a).copy()


def identity_derivative(h: Array) -> Array:
    """1, whatever h is.

    Shapes: h (...) -> (...).

    >>> identity_derivative(np.array([1.5]))
    array([1.])
    """
    return np.ones_like(require_float("h", h))


ACTIVATIONS = {
    "tanh": Activation("tanh", tanh, tanh_derivative),
    "relu": Activation("relu", relu, relu_derivative),
    "sigmoid": Activation("sigmoid", sigmoid, sigmoid_derivative),
    "identity": Activation("identity", identity, identity_derivative),
}


def activation(name: str) -> Activation:
    """The elementwise activation of this name; raises `ValueError` for a name that is not there.

    >>> activation("tanh").derivative_from_output(np.array([0.5]))
    array([0.75])
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"there is no activation {name!r}; expected one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]


def softmax(y: Array) -> Array:
    """Softmax over the last axis, p_k = exp(y_k − max y) / Σ_j exp(y_j − max y); the shift keeps exp in range.

    Shapes: y (..., K) -> p (..., K), each row sums to 1. Raises `TypeError` unless `y` holds floats.
    Source: Goodfellow, Bengio and Courville (2016), section 6.2.2.3.

    >>> softmax(np.array([0.0, 1000.0]))
    array([0., 1.])
    """
    shifted = np.exp(require_float("y", y) - y.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def softmax_backward(d_p: Array, p: Array) -> Array:
    """The vector-Jacobian product of softmax, d_y = p ⊙ (d_p − Σ_k d_p_k p_k).

    Shapes: d_p, p (..., K) -> d_y (..., K). Source: chapter *The hidden state*, from p_i′ = p_i (δ_ij − p_j).

    >>> softmax_backward(np.array([1.0, 1.0]), np.array([0.3, 0.7]))
    array([0., 0.])
    """
    return p * (d_p - np.sum(d_p * p, axis=-1, keepdims=True))


def log_softmax(y: Array) -> Array:
    """log softmax(y) over the last axis, y − max y − log Σ_j exp(y_j − max y), never −∞ for finite logits.

    Shapes: y (..., K) -> (..., K). Raises `TypeError` unless `y` holds floats.

    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    shifted = require_float("y", y) - y.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def log_softmax_backward(d_log_p: Array, log_p: Array) -> Array:
    """The vector-Jacobian product of log-softmax, d_y = d_log_p − p Σ_k d_log_p_k.

    Shapes: d_log_p, log_p (..., K) -> d_y (..., K).

    >>> log_softmax_backward(np.array([1.0, 0.0]), np.log(np.array([0.25, 0.75])))
    array([ 0.75, -0.75])
    """
    return d_log_p - np.exp(log_p) * d_log_p.sum(axis=-1, keepdims=True)
