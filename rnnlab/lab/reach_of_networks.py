"""Experiment: how large is the derivative of the last output by the input k steps before it, in fresh networks?

Prediction: it does not fall with the lag in a TCN, and is exactly zero outside the receptive field; in a plain RNN it
falls exponentially and never ends; convolutions that are stacked without a way past them lose it at all lags alike.
Budget: a tenth of a second a network. Result: ‖∂y_T/∂x_{T−k}‖ in the Frobenius norm for k = 0 … T − 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.nets import causal_convolution, rnn
from rnnlab.nets import temporal_convolution as tcn
from rnnlab.nets.activations import activation

Array = NDArray[Any]
Pass = Callable[..., Any]


def by_lag(forward: Pass, backward: Pass, x: Array) -> Array:
    """‖∂y_T/∂x_{T−k}‖ for k = 0 … T − 1, of one sequence x (T, 1, D): one backward pass with a batch of M outputs.

    `forward(x)` returns y (T, 1, M) and a cache, `backward(d_y, cache)` a tuple that starts with d_x.
    """
    M = forward(x)[0].shape[-1]
    y, cache = forward(np.repeat(x, M, axis=1))
    d_y = np.zeros_like(y)
    d_y[-1] = np.eye(M)
    d_x = backward(d_y, cache)[0]
    return np.linalg.norm(d_x, axis=(1, 2))[::-1]


def of_tcn(rng: Generator, x: Array, M: int, blocks: int, kernel: int = 2) -> Array:
    """A fresh TCN of this many blocks."""
    params = tcn.init(rng, x.shape[-1], [M] * blocks, kernel)
    return by_lag(partial(tcn.forward, params), tcn.backward, x)


def of_plain_stack(rng: Generator, x: Array, M: int, blocks: int, kernel: int = 2) -> Array:
    """As many convolutions with the same widths, kernels and dilations, each followed by ReLU, and no way past them."""
    widths = [x.shape[-1], *[M] * (2 * blocks)]
    dilations = [2 ** (layer // 2) for layer in range(2 * blocks)]
    layers = [causal_convolution.init(rng, inputs, outputs, kernel) for inputs, outputs in pairwise(widths)]
    return by_lag(partial(_stack_forward, layers, dilations), _stack_backward, x)


def of_rnn(rng: Generator, x: Array, H: int, recurrent: str) -> Array:
    """A fresh plain RNN with tanh."""
    params = rnn.init(rng, x.shape[-1], H, recurrent=recurrent)
    return by_lag(partial(rnn.forward, params), rnn.backward, x)


def _stack_forward(
    layers: Sequence[causal_convolution.Params], dilations: Sequence[int], x: Array
) -> tuple[Array, Any]:
    relu, kept = activation("relu").function, []
    for layer, dilation in zip(layers, dilations, strict=True):
        a, cache = causal_convolution.forward(layer, x, dilation=dilation)
        x = relu(a)
        kept.append((x, cache))
    return x, kept


def _stack_backward(d_y: Array, kept: Any) -> tuple[Array]:
    slope = activation("relu").derivative_from_output
    for y, cache in reversed(kept):
        d_y, _, _ = causal_convolution.backward(d_y * slope(y), cache)
    return (d_y,)


def fewest_blocks(lag: int, blocks: int) -> int:
    """The fewest blocks that a path of this lag goes through, not past, in a TCN with kernel 2.

    A lag is a sum of dilations 1, 2, 4, …, 2^(blocks − 1), each at most twice, because each block has two convolutions.

    Raises: ValueError for a lag outside the receptive field.

    >>> [fewest_blocks(lag, blocks=6) for lag in (0, 1, 32, 63, 64, 126)]
    [0, 1, 1, 6, 1, 6]
    """
    if not 0 <= lag <= 2 * (2**blocks - 1):
        raise ValueError(f"lag must lie inside the receptive field, 0 … {2 * (2**blocks - 1)}, but is {lag}.")
    through = 0
    for dilation in (2**block for block in reversed(range(blocks))):
        used = min(2, lag // dilation)
        through, lag = through + (used > 0), lag - used * dilation
    return through
