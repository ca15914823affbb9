"""The dense layer, y = W x + b at every place of an array: what multilayer networks and attention are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.door import expect_floats, expect_sizes, leading_axes
from rnnlab.nets.products import at_every_place, flat

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: W (M, N), b (M)."""

    W: Array
    b: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`."""

    params: Params
    x: Array


def init(rng: Generator, N: int, M: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for N inputs and M outputs, uniform in ±1/√N as in torch.

    Raises: ValueError for a size below 1. Source: documentation of torch.nn.Linear.

    >>> [weight.shape for weight in init(np.random.default_rng(0), N=3, M=2)]
    [(2, 3), (2,)]
    """
    expect_sizes(N=N, M=M)
    return Params(initialisation.uniform(rng, (M, N), N, dtype), initialisation.uniform(rng, (M,), N, dtype))


def forward(params: Params, x: Array) -> tuple[Array, Cache]:
    """The layer at every place: y = W x + b.

    Shapes: x (..., N); returns y (..., M) and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter perceptron.

    >>> forward(Params(np.array([[2.0, 1.0]]), np.array([0.5])), np.array([[1.0, -1.0]]))[0]
    array([[1.5]])
    """
    expect_floats("b", params.b, M=None)
    expect_floats("W", params.W, params.b.dtype, M=len(params.b), N=None)
    expect_floats("x", x, params.b.dtype, **leading_axes(x), N=params.W.shape[1])
    return at_every_place(params.W, x) + params.b, Cache(params, x)


def backward(d_y: Array, cache: Cache) -> tuple[Array, Params]:
    """From the gradient at the outputs to the gradients at inputs and weights.

    d_x = Wᵀ d_y,  d_W = Σ d_y xᵀ,  d_b = Σ d_y, with sums over all places.

    Shapes: d_y (..., M); returns d_x (..., N) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter perceptron.

    >>> params = Params(np.array([[2.0, 1.0]]), np.array([0.5]))
    >>> _, cache = forward(params, np.array([[1.0, -1.0]]))
    >>> backward(np.array([[1.0]]), cache)[0]
    array([[2., 1.]])
    """
    params, x = cache
    expect_floats("d_y", d_y, x.dtype, **leading_axes(x), M=len(params.b))
    grads = Params(W=flat(d_y).T @ flat(x), b=flat(d_y).sum(axis=0))
    return at_every_place(params.W.T, d_y), grads
