"""The temporal convolutional network (TCN): residual blocks of causal convolutions with the dilations 1, 2, 4, ….

Its memory is the receptive field, which doubles with every block and ends there, while a recurrent network's has no
fixed end. All places of a sequence are computed at once. Its state is what a stream must remember: the last inputs of
every convolution. Padding stands at the end of a sequence; there the output is zero.
Sources: Bai, Kolter and Koltun 2018; van den Oord et al. 2016; chapter convolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import causal_convolution, temporal_block
from rnnlab.nets.door import expect_one_each

Array = NDArray[Any]
State = tuple[temporal_block.State, ...]


class Params(NamedTuple):
    """The weights of every block, or their gradients, the first block first."""

    blocks: tuple[temporal_block.Params, ...]


class Cache(NamedTuple):
    """What `backward` needs from `forward`: the cache of every block."""

    blocks: tuple[temporal_block.Cache, ...]


def dilations(params: Params) -> tuple[int, ...]:
    """The dilation of every block: 1, 2, 4, ….

    Raises: ValueError if there is no block. Source: Bai et al. 2018.

    >>> dilations(init(np.random.default_rng(0), D=3, widths=[4, 4, 4], kernel=2))
    (1, 2, 4)
    """
    if not params.blocks:
        raise ValueError("params must have at least one block, but has none.")
    return tuple(2**number for number in range(len(params.blocks)))


def receptive_field(params: Params) -> int:
    """The number of inputs that an output sees: 1 + Σ d (k_1 − 1 + k_2 − 1) over the blocks, for their two kernels.

    Raises: ValueError if there is no block. Source: Bai et al. 2018; see `causal_convolution.receptive_field`.

    >>> receptive_field(init(np.random.default_rng(0), D=3, widths=[4, 4, 4], kernel=2))
    15
    """
    field = 1
    for block, dilation in zip(params.blocks, dilations(params), strict=True):
        for convolution in (block.first, block.second):
            field += causal_convolution.receptive_field(convolution.W.shape[2], [dilation]) - 1
    return field


def init(rng: Generator, D: int, widths: Sequence[int], kernel: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for D inputs and one block for each of the widths, the last of which is the output's.

    Raises: ValueError for no width, or a size below 1. Source: documentation of torch.nn.Conv1d.

    >>> params = init(np.random.default_rng(0), D=3, widths=[4, 5], kernel=2)
    >>> [block.second.W.shape for block in params.blocks]
    [(4, 4, 2), (5, 5, 2)]
    """
    if not len(widths):
        raise ValueError("widths must name the width of one block at least, but is empty.")
    inputs = (D, *widths[:-1])
    return Params(
        tuple(
            temporal_block.init(rng, width_in, width, kernel, dtype)
            for width_in, width in zip(inputs, widths, strict=True)
        )
    )


def zero_state(params: Params, B: int) -> State:
    """The state of B sequences before their first input: zeros, for every block.

    >>> state = zero_state(init(np.random.default_rng(0), D=3, widths=[4, 5], kernel=2), B=6)
    >>> [block.first.shape for block in state]
    [(1, 6, 3), (2, 6, 4)]
    """
    return tuple(
        temporal_block.zero_state(block, B, dilation)
        for block, dilation in zip(params.blocks, dilations(params), strict=True)
    )


def step(params: Params, x_t: Array, state: State, activation: str = "relu") -> tuple[Array, State]:
    """One input of a stream: y_t (B, M) and the new state, from x_t (B, D) and the state, at the same cost at every t.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or activation. Source: chapter convolution.

    >>> params = init(np.random.default_rng(0), D=3, widths=[4, 5], kernel=2)
    >>> y_t, state = step(params, np.ones((6, 3)), zero_state(params, B=6))
    >>> y_t.shape
    (6, 5)
    """
    before, after, h = _of_every_block("state", state, params), [], x_t
    for block, dilation, block_state in zip(params.blocks, dilations(params), before, strict=True):
        h, block_state = temporal_block.step(block, h, block_state, dilation, activation)
        after.append(block_state)
    return h, tuple(after)


def forward(
    params: Params,
    x: Array,
    state: State | None = None,
    mask: Array | None = None,
    activation: str = "relu",
) -> tuple[Array, Cache]:
    """All outputs of a sequence: the blocks one after the other, each with twice the dilation of the one before.

    Shapes: x (T, B, D), state as from `zero_state` or None for zeros, mask (T, B) with padding at the end, or None;
    returns y (T, B, M), zero at padding and read-only because it is shared with the cache, and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, mask or activation. Source: Bai et al. 2018.

    >>> params = init(np.random.default_rng(0), D=3, widths=[4, 5], kernel=2)
    >>> y, cache = forward(params, np.ones((7, 6, 3)))
    >>> y.shape
    (7, 6, 5)
    """
    before, caches, h = _of_every_block("state", state, params), [], x
    for block, dilation, block_state in zip(params.blocks, dilations(params), before, strict=True):
        h, cache = temporal_block.forward(block, h, block_state, mask, dilation, activation)
        caches.append(cache)
    return h, Cache(tuple(caches))


def last_state(cache: Cache) -> State:
    """The state after each sequence's last real input, for the next piece of a stream.

    >>> params = init(np.random.default_rng(0), D=1, widths=[4, 5], kernel=2)
    >>> _, cache = forward(params, np.arange(4.0).reshape(4, 1, 1))
    >>> last_state(cache)[0].first[:, 0, 0]
    array([3.])
    """
    return tuple(map(temporal_block.last_state, cache.blocks))


def backward(d_y: Array, cache: Cache, d_last: State | None = None) -> tuple[Array, State, Params]:
    """From the gradient at every output, and at the last state, to those at inputs, initial state and weights.

    The blocks in reverse: the d_x of each is the d_y of the one before it. From an output to an input that it sees lead
    paths through at most two convolutions a block, however many time steps lie between.

    Shapes: d_y (T, B, M), d_last like the state or None; returns d_x (T, B, D), d_state, grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Bai et al. 2018; chapter convolution.

    >>> params = init(np.random.default_rng(0), D=3, widths=[4, 5], kernel=2)
    >>> y, cache = forward(params, np.ones((7, 6, 3)))
    >>> d_x, d_state, grads = backward(np.ones((7, 6, 5)), cache)
    >>> d_x.shape
    (7, 6, 3)
    """
    d_lasts = _of_every_block("d_last", d_last, cache)
    d_states, all_grads = [], []
    for block_cache, block_d_last in zip(reversed(cache.blocks), reversed(d_lasts), strict=True):
        d_y, d_state, grads = temporal_block.backward(d_y, block_cache, block_d_last)
        d_states.append(d_state)
        all_grads.append(grads)
    return d_y, tuple(reversed(d_states)), Params(tuple(reversed(all_grads)))


def _of_every_block(name: str, state: State | None, network: Params | Cache) -> Sequence[Any]:
    if state is None:
        return [None] * len(network.blocks)
    expect_one_each(name, state, len(network.blocks), "blocks")
    return state
