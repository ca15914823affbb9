"""The causal convolution over time, y_t = b + Σ_j W_j x_{t−(k−1−j)d} with kernel size k and dilation d.

Sequences are time-first, (T, B, D). No output sees a later input. Its state is its memory, the last (k − 1) d inputs,
the oldest first: a sequence that starts from none starts from zeros. Padding stands at the end of a sequence; there the
output is zero. Sources: van den Oord et al. 2016 (WaveNet); Bai, Kolter and Koltun 2018; chapter convolution.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.door import (
    expect_floats,
    expect_no_nan,
    expect_padding_at_the_end,
    expect_sequence,
    expect_sizes,
)
from rnnlab.nets.products import at_every_place, flat

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: W (M, D, k), whose last tap meets the newest input as in torch, and b (M)."""

    W: Array
    b: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `inputs` ((k − 1) d + T, B, D) holds the state and then x."""

    params: Params
    inputs: Array
    mask: Array | None
    dilation: int


def init(rng: Generator, D: int, M: int, kernel: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for D inputs and M outputs, uniform in ±1/√(D k) as in torch.

    Raises: ValueError for a size below 1. Source: documentation of torch.nn.Conv1d.

    >>> [weight.shape for weight in init(np.random.default_rng(0), D=3, M=2, kernel=4)]
    [(2, 3, 4), (2,)]
    """
    expect_sizes(D=D, M=M, kernel=kernel)
    fan = D * kernel
    W = initialisation.uniform(rng, (M, D, kernel), fan, dtype)
    return Params(W, b=initialisation.uniform(rng, (M,), fan, dtype))


def receptive_field(kernel: int, dilations: Iterable[int]) -> int:
    """The number of inputs that an output of stacked causal convolutions sees: 1 + (k − 1) Σ d.

    With dilations 1, 2, 4, … it doubles with every layer. Input x_s reaches y_t if t − s is smaller than it.

    Raises: ValueError for a size below 1. Source: van den Oord et al. 2016; chapter convolution.

    >>> receptive_field(kernel=2, dilations=[1, 2, 4, 8])
    16
    """
    expect_sizes(kernel=kernel)
    total = 0
    for dilation in dilations:
        expect_sizes(dilation=dilation)
        total += dilation
    return 1 + (kernel - 1) * total


def zero_state(params: Params, B: int, dilation: int = 1) -> Array:
    """The state of B sequences before their first input, ((k − 1) d, B, D) zeros.

    >>> zero_state(init(np.random.default_rng(0), D=3, M=2, kernel=4), B=5, dilation=2).shape
    (6, 5, 3)
    """
    _, D, kernel = _sizes(params, dilation)
    return np.zeros(((kernel - 1) * dilation, B, D), params.W.dtype)


def step(params: Params, x_t: Array, state: Array, dilation: int = 1) -> tuple[Array, Array]:
    """One input of a stream: y_t, and the state in which x_t has taken the place of the oldest input.

    Shapes: x_t (B, D), state ((k − 1) d, B, D); returns y_t (B, M) and the new state.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter convolution.

    >>> params = Params(np.array([[[1.0, -1.0]]]), np.array([0.0]))
    >>> y_t, state = step(params, np.array([[5.0]]), state=np.array([[[8.0]]]))
    >>> y_t, state
    (array([[3.]]), array([[[5.]]]))
    """
    M, D, kernel = _sizes(params, dilation)
    expect_floats("x_t", x_t, params.W.dtype, B=None, D=D)
    B = len(x_t)
    _expect_memory("state", state, params.W.dtype, kernel, dilation, B, D)
    seen = np.concatenate([state, x_t[np.newaxis]])
    taps = seen[::dilation].transpose(1, 2, 0).reshape(B, D * kernel)
    return taps @ params.W.reshape(M, D * kernel).T + params.b, seen[1:]


def forward(
    params: Params, x: Array, state: Array | None = None, mask: Array | None = None, dilation: int = 1
) -> tuple[Array, Cache]:
    """All outputs of a sequence: y_t = b + Σ_j W_j x_{t−(k−1−j)d}, one matrix product for each tap j of the kernel.

    Shapes: x (T, B, D), state ((k − 1) d, B, D) or None for zeros, mask (T, B) with padding at the end, or None;
    returns y (T, B, M), zero at padding, and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or mask. Source: chapter convolution.

    >>> difference = Params(np.array([[[-1.0, 1.0]]]), np.array([0.0]))
    >>> y, cache = forward(difference, np.array([1.0, 4.0, 9.0]).reshape(3, 1, 1))
    >>> y[:, 0, 0]
    array([1., 3., 5.])
    """
    M, _, kernel = _sizes(params, dilation)
    _expect_sequence(params, x, state, mask, dilation)
    T, B, D = x.shape
    reach = (kernel - 1) * dilation
    inputs = np.empty((reach + T, B, D), x.dtype)
    inputs[:reach] = 0 if state is None else state
    inputs[reach:] = x
    y = np.empty((T, B, M), x.dtype)
    y[:] = params.b
    if mask is not None:
        inputs[reach:][~mask] = 0
    for W_j, x_j in zip(_taps(params.W), _lagged(inputs, kernel, dilation), strict=True):
        y += at_every_place(W_j, x_j)
    if mask is not None:
        y[~mask] = 0
    inputs.setflags(write=False)
    return y, Cache(params, inputs, mask, dilation)


def last_state(cache: Cache) -> Array:
    """The state after each sequence's last real input: the inputs ((k − 1) d, B, D) that the next piece starts from.

    >>> x = np.arange(4.0).reshape(4, 1, 1)
    >>> _, cache = forward(Params(np.ones((1, 1, 3)), np.zeros(1)), x)
    >>> last_state(cache)[:, 0, 0]
    array([2., 3.])
    """
    return np.take_along_axis(cache.inputs, _last_places(cache)[..., np.newaxis], axis=0)


def backward(d_y: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, Params]:
    """From the gradient at every output, and at the last state, to those at inputs, initial state and weights.

    d_x_s = Σ_j W_jᵀ d_y_{s+(k−1−j)d},  d_W_j = Σ_t d_y_t x_{t−(k−1−j)d}ᵀ,  d_b = Σ_t d_y_t.
    d_y at padding has no effect, and d_x is zero there.

    Shapes: d_y (T, B, M), d_last ((k − 1) d, B, D), added at the inputs that are the last state, or None;
    returns d_x (T, B, D), d_state ((k − 1) d, B, D), grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter convolution.

    >>> difference = Params(np.array([[[-1.0, 1.0]]]), np.array([0.0]))
    >>> _, cache = forward(difference, np.array([1.0, 4.0, 9.0]).reshape(3, 1, 1))
    >>> d_x, d_state, grads = backward(np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1), cache)
    >>> d_x[:, 0, 0], float(d_state.item())
    (array([1., 0., 0.]), -1.0)
    """
    params, inputs, mask, dilation = cache
    M, D, kernel = params.W.shape
    reach = (kernel - 1) * dilation
    T, B = len(inputs) - reach, inputs.shape[1]
    expect_floats("d_y", d_y, inputs.dtype, T=T, B=B, M=M)
    if mask is not None:
        d_y = np.where(mask[..., np.newaxis], d_y, 0)
    d_inputs = np.zeros_like(inputs)
    if d_last is not None:
        _expect_memory("d_last", d_last, inputs.dtype, kernel, dilation, B, D)
        np.put_along_axis(d_inputs, _last_places(cache)[..., np.newaxis], d_last, axis=0)
    d_W = np.empty((kernel, M, D), inputs.dtype)
    x_lagged, d_x_lagged = (_lagged(sequence, kernel, dilation) for sequence in (inputs, d_inputs))
    for W_j, x_j, d_x_j, d_W_j in zip(_taps(params.W), x_lagged, d_x_lagged, d_W, strict=True):
        d_x_j += at_every_place(W_j.T, d_y)
        d_W_j[:] = flat(d_y).T @ flat(x_j)
    grads = Params(W=np.ascontiguousarray(d_W.transpose(1, 2, 0)), b=flat(d_y).sum(axis=0))
    return d_inputs[reach:], d_inputs[:reach], grads


def _taps(W: Array) -> Array:
    """The matrix of each tap, (k, M, D), as the matrix products read it fastest."""
    return np.ascontiguousarray(W.transpose(2, 0, 1))


def _lagged(inputs: Array, kernel: int, dilation: int) -> Iterator[Array]:
    """For each tap j the inputs that it meets at t = 1 … T, which are x_{t−(k−1−j)d}: a view (T, B, D)."""
    T = len(inputs) - (kernel - 1) * dilation
    return (inputs[j * dilation : j * dilation + T] for j in range(kernel))


def _last_places(cache: Cache) -> Array:
    """Where in `inputs` the last state of each sequence lies, ((k − 1) d, B)."""
    _, inputs, mask, dilation = cache
    reach = (cache.params.W.shape[2] - 1) * dilation
    T, B = len(inputs) - reach, inputs.shape[1]
    lengths = np.full(B, T) if mask is None else mask.sum(axis=0)
    return np.arange(reach)[:, np.newaxis] + lengths


def _sizes(params: Params, dilation: int) -> tuple[int, int, int]:
    expect_floats("b", params.b, M=None)
    expect_floats("W", params.W, params.b.dtype, M=len(params.b), D=None, k=None)
    expect_sizes(dilation=dilation)
    M, D, kernel = params.W.shape
    return M, D, kernel


def _expect_sequence(
    params: Params, x: Array, state: Array | None, mask: Array | None, dilation: int
) -> None:
    _, D, kernel = params.W.shape
    expect_sequence(x, mask, D, params.W.dtype)
    if state is not None:
        _expect_memory("state", state, x.dtype, kernel, dilation, x.shape[1], D)
        expect_no_nan("state", state)
    if mask is not None:
        expect_padding_at_the_end("mask", mask)


def _expect_memory(
    name: str, memory: Array, dtype: DTypeLike, kernel: int, dilation: int, B: int, D: int
) -> None:
    expect_floats(name, memory, dtype, **{"(k-1)d": (kernel - 1) * dilation}, B=B, D=D)
