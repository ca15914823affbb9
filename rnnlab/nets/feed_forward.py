"""The position-wise network of a transformer block, y = W_2 f(W_1 x + b_1) + b_2, the same at every place."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import dense
from rnnlab.nets.activations import relu, relu_derivative
from rnnlab.nets.door import expect_one_of
from rnnlab.nets.gelu import gelu

Array = NDArray[Any]

ACTIVATIONS = ("relu", "gelu")


class Params(NamedTuple):
    """The weights, or their gradients: expand with W_1 (F, H) and b_1 (F), contract with W_2 (H, F) and b_2 (H)."""

    expand: dense.Params
    contract: dense.Params


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `slope` is f′ at W_1 x + b_1."""

    expanded: dense.Cache
    slope: Array
    contracted: dense.Cache


def init(rng: Generator, H: int, F: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for H units and F hidden ones, as of two dense layers.

    Raises: ValueError for a size below 1. Source: documentation of torch.nn.TransformerEncoderLayer.

    >>> params = init(np.random.default_rng(0), H=2, F=8)
    >>> params.expand.W.shape, params.contract.W.shape
    ((8, 2), (2, 8))
    """
    return Params(expand=dense.init(rng, H, F, dtype), contract=dense.init(rng, F, H, dtype))


def forward(params: Params, x: Array, activation: str = "relu") -> tuple[Array, Cache]:
    """The network at every place: y = W_2 f(W_1 x + b_1) + b_2, with f "relu" or "gelu".

    Shapes: x (..., H); returns y (..., H) and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or activation.
    Source: Vaswani et al. 2017, section 3.3.

    >>> one = dense.Params(np.array([[1.0]]), np.array([0.5]))
    >>> forward(Params(one, one), np.array([[-2.0], [2.0]]))[0]
    array([[0.5],
           [3. ]])
    """
    expect_one_of("activation", activation, ACTIVATIONS)
    a, expanded = dense.forward(params.expand, x)
    if activation == "gelu":
        h, slope = gelu(a)
    else:
        h = relu(a)
        slope = relu_derivative(h)
    y, contracted = dense.forward(params.contract, h)
    return y, Cache(expanded, slope, contracted)


def backward(d_y: Array, cache: Cache) -> tuple[Array, Params]:
    """From the gradient at the outputs to the gradients at inputs and weights.

    d_a = W_2ᵀ d_y ⊙ f′(a) lies between the backward passes of the two layers.

    Shapes: d_y (..., H); returns d_x (..., H) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter transformer.

    >>> one = dense.Params(np.array([[1.0]]), np.array([0.5]))
    >>> _, cache = forward(Params(one, one), np.array([[-2.0], [2.0]]))
    >>> backward(np.ones((2, 1)), cache)[0]
    array([[0.],
           [1.]])
    """
    expanded, slope, contracted = cache
    d_h, contract = dense.backward(d_y, contracted)
    d_x, expand = dense.backward(d_h * slope, expanded)
    return d_x, Params(expand, contract)
