"""Every architecture of the comparison under one small interface: a network between the inputs and a linear readout.

A `Network` is made for a width, D inputs and a context of T steps; `architectures.py` names them and solves for widths.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from rnnlab.analysis.cost import attention as attention_cost
from rnnlab.analysis.cost import convolution as convolution_cost
from rnnlab.analysis.cost import parts
from rnnlab.analysis.cost import recurrent as recurrent_cost
from rnnlab.analysis.cost.record import Cost, Flops
from rnnlab.lab.comparison import windows
from rnnlab.nets import (
    bidirectional,
    convolutional_recurrent,
    dense,
    stacked,
    temporal_convolution,
    transformer,
)
from rnnlab.nets.cells import Cell, cell
from rnnlab.nets.transformer_block import Options

Array = NDArray[Any]

DTYPE = np.float32
TCN_KERNEL, CNN_KERNEL, CNN_LAYERS, HYBRID_KERNEL, BLOCKS = 3, 5, 2, 5, 2
TRANSFORMER = Options(heads=2, activation="gelu", positions="sinusoidal")


class Network(NamedTuple):
    """init(rng) → params; forward(params, x, mask) → (h, cache); backward(d_h, cache) → grads, that is, its weights'.

    `outputs` is the size of h_t. `summary` says what a label is read off: "last", the state at the last real step;
    "ends", the states in which both directions end; "max", the maximum over time. `cost(T, B)` counts parameters,
    FLOPs and bytes in float32. `step` and `start` stream the network, None where it cannot be streamed.
    """

    outputs: int
    init: Callable[[Generator], Any]
    forward: Callable[..., tuple[Array, Any]]
    backward: Callable[[Array, Any], Any]
    cost: Callable[[int, int], Cost]
    summary: str = "last"
    step: Callable[..., Any] | None = None
    start: Callable[[Any, int], Any] | None = None


class WithEntry(NamedTuple):
    """A transformer and the dense layer D → H before it, or their gradients."""

    entry: dense.Params
    body: transformer.Params


def recurrent(network: Cell, D: int, H: int, count: Callable[[int, int], Cost], **start: Any) -> Network:
    """A recurrent cell, or a network of cells, with the options of its start."""
    return Network(
        outputs=H,
        init=lambda rng: network.init(rng, D, H, DTYPE, **start),
        forward=lambda params, x, mask=None: network.forward(params, x, None, mask),
        backward=lambda d_h, cache: network.backward(d_h, cache)[2],
        cost=count,
        step=network.step,
        start=network.zero_state,
    )


def simple(kind: str, width: int, D: int, T: int, **start: Any) -> Network:
    """One layer of the cell "rnn", "lstm" or "gru"."""
    count = partial(recurrent_cost.CELLS[kind], D=D, H=width, itemsize=4)
    return recurrent(cell(kind), D, width, lambda T, B: count(T, B), **start)


def minimal(width: int, D: int, T: int, **start: Any) -> Network:
    """Two layers of the minGRU: the gates of a single one would see one input alone."""

    def count(T: int, B: int) -> Cost:
        return (
            recurrent_cost.mingru(T, B, D, width, 4)
            + recurrent_cost.mingru(T, B, width, width, 4).on_kept_input()
        )

    return recurrent(stacked.network(cell("mingru"), L=2), D, width, count, **start)


def both_ways(width: int, D: int, T: int) -> Network:
    """A GRU of `width` units in either direction; a label is read off the two states in which they end."""
    network = bidirectional.network(cell("gru"))

    def count(T: int, B: int) -> Cost:
        return recurrent_cost.bidirectional(T, B, D, width, 4, cell="gru")

    whole = recurrent(network, D, width, count)
    return whole._replace(outputs=2 * width, summary="ends", step=None, start=None)


def hybrid(width: int, D: int, T: int) -> Network:
    """A causal convolution with ReLU, as wide as the GRU that reads it."""
    network = convolutional_recurrent.network(cell("gru"), M=width, kernel=HYBRID_KERNEL)

    def count(T: int, B: int) -> Cost:
        convolution = convolution_cost.causal_convolution(T, B, D, width, HYBRID_KERNEL, itemsize=4)
        return convolution + recurrent_cost.gru(T, B, width, width, 4)

    return recurrent(network, D, width, count)


def linear(width: int, D: int, T: int, window: int) -> Network:
    """Nothing but the readout, on the last inputs side by side: one linear layer. It has no width."""
    return Network(
        outputs=window * D,
        init=lambda rng: (),
        forward=lambda params, x, mask=None: (windows.features(x, window), None),
        backward=lambda d_h, cache: (),
        cost=lambda T, B: Cost(),
    )


def perceptron(width: int, D: int, T: int, window: int) -> Network:
    """A multilayer perceptron on the last inputs: one hidden layer with tanh, then the readout."""

    def forward(params: dense.Params, x: Array, mask: Array | None = None) -> tuple[Array, Any]:
        a, cache = dense.forward(params, windows.features(x, window))
        h = np.tanh(a)
        return h, (h, cache)

    def count(T: int, B: int) -> Cost:
        slopes = Cost(forward=Flops(0, width * T * B), backward=Flops(0, 3 * width * T * B))
        return parts.dense(T * B, window * D, width, 4).on_own_input() + slopes

    return Network(
        outputs=width,
        init=lambda rng: dense.init(rng, window * D, width, DTYPE),
        forward=forward,
        backward=lambda d_h, cache: dense.backward(d_h * (1 - cache[0] ** 2), cache[1])[1],
        cost=count,
    )


def cnn(width: int, D: int, T: int) -> Network:
    """Two convolutions with ReLU and without dilation; a label is read off the maximum over time."""
    widths = (D, *[width] * CNN_LAYERS)

    def count(T: int, B: int) -> Cost:
        total = Cost()
        for D_l, M in itertools.pairwise(widths):
            slope = Flops(pointwise=M).times(T * B)
            kept = Cost(forward=slope, backward=slope.times(2), cache_bytes=4 * T * B * M)
            total += convolution_cost.causal_convolution(T, B, D_l, M, CNN_KERNEL, itemsize=4) + kept
        return total

    return Network(
        outputs=width,
        init=lambda rng: windows.init_layers(rng, widths, CNN_KERNEL, DTYPE),
        forward=windows.layers_forward,
        backward=lambda d_h, cache: windows.layers_backward(d_h, cache)[1],
        cost=count,
        summary="max",
    )


def tcn(width: int, D: int, T: int) -> Network:
    """A temporal convolutional network with as many blocks as it takes to see T steps."""
    widths = [width] * blocks_for(T)
    return Network(
        outputs=width,
        init=lambda rng: temporal_convolution.init(rng, D, widths, TCN_KERNEL, DTYPE),
        forward=lambda params, x, mask=None: temporal_convolution.forward(params, x, None, mask),
        backward=lambda d_h, cache: temporal_convolution.backward(d_h, cache)[2],
        cost=lambda T, B: convolution_cost.temporal_convolution(T, B, D, widths, TCN_KERNEL, 4),
        step=lambda params, x_t, state: temporal_convolution.step(params, x_t, state)[1],
        start=temporal_convolution.zero_state,
    )


def blocks_for(T: int) -> int:
    """The blocks of kernel 3 whose receptive field, 1 + 4 (2^n − 1), is T or more.

    >>> [blocks_for(T) for T in (10, 30, 100)]
    [2, 4, 5]
    """
    return next(n for n in range(1, 30) if 1 + 4 * (2**n - 1) >= T)


def attention(width: int, D: int, T: int) -> Network:
    """A causal Transformer of two blocks and two heads; `width` is F, and H the even number nearest to F / 4."""
    H = max(2, 2 * round(width / 8))

    def init(rng: Generator) -> WithEntry:
        return WithEntry(dense.init(rng, D, H, DTYPE), transformer.init(rng, H, BLOCKS, width, DTYPE))

    def forward(params: WithEntry, x: Array, mask: Array | None = None) -> tuple[Array, Any]:
        entered, cache = dense.forward(params.entry, x)
        h, body = transformer.forward(params.body, entered, mask=mask, options=TRANSFORMER)
        return h, (cache, body)

    def backward(d_h: Array, cache: Any) -> WithEntry:
        d_entered, _, body = transformer.backward(d_h, cache[1])
        return WithEntry(dense.backward(d_entered, cache[0])[1], body)

    def step(params: WithEntry, x_t: Array, state: Any) -> Any:
        return transformer.step(params.body, dense.forward(params.entry, x_t)[0], state, TRANSFORMER)[1]

    def count(T: int, B: int) -> Cost:
        entry = parts.dense(T * B, D, H, 4)
        return (
            entry + attention_cost.transformer(T, B, H, BLOCKS, width, TRANSFORMER.heads, 4).on_kept_input()
        )

    return Network(
        outputs=H, init=init, forward=forward, backward=backward, cost=count, step=step,
        start=lambda params, B: transformer.zero_state(params.body, B),
    )  # fmt: skip
