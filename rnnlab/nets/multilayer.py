"""The multilayer perceptron: dense layers, h_l = f(W_l h_{l−1} + b_l), of which the last has no activation.

So its outputs can be logits or numbers. Sources: Rumelhart, Hinton and Williams 1986; chapter perceptron.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import dense
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.door import expect_floats, expect_no_nan, leading_axes

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights of every layer, or their gradients, the first layer first."""

    layers: tuple[dense.Params, ...]


class Cache(NamedTuple):
    """What `backward` needs from `forward`: every layer's input, which is the output of the activation before it."""

    layers: tuple[dense.Cache, ...]
    activation: str


def init(rng: Generator, sizes: Sequence[int], dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for the sizes of the input, of every hidden layer and of the output; see `dense.init`.

    Raises: ValueError for fewer than two sizes, or one below 1. Source: documentation of torch.nn.Linear.

    >>> [layer.W.shape for layer in init(np.random.default_rng(0), sizes=(2, 8, 3)).layers]
    [(8, 2), (3, 8)]
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes must name the input's and the output's size at least, but is {sizes!r}.")
    return Params(tuple(dense.init(rng, N, M, dtype) for N, M in pairwise(sizes)))


def forward(params: Params, x: Array, activation: str = "tanh") -> tuple[Array, Cache]:
    """The network at every place: h_l = f(W_l h_{l−1} + b_l) from h_0 = x on, and y = W_L h_{L−1} + b_L.

    Shapes: x (..., N); returns y (..., M) and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or activation. Source: chapter perceptron.

    >>> first = dense.Params(np.array([[1.0], [-1.0]]), np.zeros(2))
    >>> second = dense.Params(np.array([[1.0, 1.0]]), np.zeros(1))
    >>> absolute_value = Params((first, second))
    >>> forward(absolute_value, np.array([[-3.0], [2.0]]), activation="relu")[0]
    array([[3.],
           [2.]])
    """
    f = activation_named(activation).function
    _expect_network(params, x)
    *hidden, last = params.layers
    caches, h = [], x
    for layer in hidden:
        a, cache = dense.forward(layer, h)
        h = f(a, out=a)
        caches.append(cache)
    y, cache = dense.forward(last, h)
    return y, Cache((*caches, cache), activation)


def backward(d_y: Array, cache: Cache) -> tuple[Array, Params]:
    """Back-propagation: from the gradient at the outputs to the gradients at inputs and all weights.

    From the last layer to the first: d_h_{l−1} = W_lᵀ d_a_l and d_a_l = d_h_l ⊙ f′(a_l), see `dense.backward`.

    Shapes: d_y (..., M); returns d_x (..., N) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Rumelhart, Hinton and Williams 1986.

    >>> first = dense.Params(np.array([[1.0], [-1.0]]), np.zeros(2))
    >>> second = dense.Params(np.array([[1.0, 1.0]]), np.zeros(1))
    >>> _, cache = forward(Params((first, second)), np.array([[-3.0], [2.0]]), activation="relu")
    >>> backward(np.ones((2, 1)), cache)[0]
    array([[-1.],
           [ 1.]])
    """
    derivative = activation_named(cache.activation).derivative_from_output
    *hidden, last = cache.layers
    h = last.x
    d_h, grads = dense.backward(d_y, last)
    all_grads = [grads]
    for layer in reversed(hidden):
        d_h, grads = dense.backward(d_h * derivative(h), layer)
        h = layer.x
        all_grads.append(grads)
    return d_h, Params(tuple(reversed(all_grads)))


def _expect_network(params: Params, x: Array) -> None:
    if not params.layers:
        raise ValueError("params must have at least one layer, but has none.")
    expect_floats("layers[0].b", params.layers[0].b, M=None)
    N: int | None = None
    for number, (W, b) in enumerate(params.layers):
        expect_floats(f"layers[{number}].b", b, params.layers[0].b.dtype, M=None)
        expect_floats(f"layers[{number}].W", W, b.dtype, M=len(b), N=N)
        N = len(b)
    expect_floats(
        "x", x, params.layers[0].b.dtype, **dict.fromkeys(leading_axes(x)), N=params.layers[0].W.shape[1]
    )
    expect_no_nan("x", x)
