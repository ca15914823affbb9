"""Layer normalization: the H units of one place are brought to mean 0 and variance 1, then scaled and shifted.

Each place of a sequence is normalized by itself, so that nothing depends on the batch or on other time steps. Sources:
Ba, Kiros and Hinton 2016; torch.nn.LayerNorm, whose ε = 10⁻⁵ and variance (divided by H) are used here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.door import expect_floats, expect_sizes, leading_axes
from rnnlab.nets.products import flat

Array = NDArray[Any]

EPSILON = 1e-5


class Params(NamedTuple):
    """The scale and the shift of each unit, or their gradients: gain (H), bias (H)."""

    gain: Array
    bias: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`: the normalized units n (..., H) and the deviations σ (..., 1)."""

    params: Params
    normalized: Array
    deviation: Array


def init(H: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights that only normalize: gain 1 and bias 0.

    Raises: ValueError for a size below 1. Source: documentation of torch.nn.LayerNorm.

    >>> init(2)
    Params(gain=array([1., 1.]), bias=array([0., 0.]))
    """
    expect_sizes(H=H)
    return Params(gain=np.ones(H, dtype), bias=np.zeros(H, dtype))


def forward(params: Params, x: Array) -> tuple[Array, Cache]:
    """Normalize over the last axis: n = (x − μ) / σ,  y = gain ⊙ n + bias.

    μ = 1/H Σ_k x_k and σ² = 1/H Σ_k (x_k − μ)² + ε, with ε = 10⁻⁵.

    Shapes: x (..., H); returns y (..., H) and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Ba, Kiros and Hinton 2016.

    >>> y, cache = forward(init(2), np.array([[3.0, 7.0]]))
    >>> y.round(4)
    array([[-1.,  1.]])
    """
    expect_floats("bias", params.bias, H=None)
    expect_floats("gain", params.gain, params.bias.dtype, H=len(params.bias))
    expect_floats("x", x, params.bias.dtype, **leading_axes(x), H=len(params.bias))
    centered = x - x.mean(axis=-1, keepdims=True)
    variance = (centered**2).mean(axis=-1, keepdims=True)
    deviation = np.sqrt(variance + EPSILON)
    normalized = centered / deviation
    return params.gain * normalized + params.bias, Cache(params, normalized, deviation)


def backward(d_y: Array, cache: Cache) -> tuple[Array, Params]:
    """From the gradient at the outputs to the gradients at inputs and weights.

    With d_n = gain ⊙ d_y and ⟨·⟩ the mean over the last axis, d_x = (d_n − ⟨d_n⟩ − n ⟨d_n ⊙ n⟩) / σ: what would change
    the mean or the variance of x is taken out. d_gain = Σ d_y ⊙ n and d_bias = Σ d_y, with sums over all places.

    Shapes: d_y (..., H); returns d_x (..., H) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Ba, Kiros and Hinton 2016.

    >>> y, cache = forward(init(3), np.array([[3.0, 7.0, 5.0]]))
    >>> d_x, grads = backward(np.ones((1, 3)), cache)
    >>> d_x, grads.bias
    (array([[0., 0., 0.]]), array([1., 1., 1.]))
    """
    params, n, deviation = cache
    expect_floats("d_y", d_y, n.dtype, **leading_axes(n), H=len(params.bias))
    d_n = params.gain * d_y
    mean = d_n.mean(axis=-1, keepdims=True)
    along_n = (d_n * n).mean(axis=-1, keepdims=True)
    d_x = (d_n - mean - n * along_n) / deviation
    grads = Params(gain=flat(d_y * n).sum(axis=0), bias=flat(d_y).sum(axis=0))
    return d_x, grads
