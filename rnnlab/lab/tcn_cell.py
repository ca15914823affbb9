"""The temporal convolutional network under the interface of a cell, so that the code that trains cells trains it too.

Its state is what the network itself carries from step to step, and beside it the last output, which a readout reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import temporal_convolution as tcn
from rnnlab.nets.cells import Cell

Array = NDArray[Any]


class State(NamedTuple):
    """The last output y (B, M), and the last inputs of every convolution."""

    y: Array
    blocks: tcn.State


def tcn_cell(blocks: int, kernel: int = 2) -> Cell:
    """A network of this many blocks, all as wide as the number of units H that `init` is given.

    >>> network = tcn_cell(blocks=3)
    >>> params = network.init(np.random.default_rng(0), 5, 4, np.float64)
    >>> tcn.receptive_field(params)
    15
    """
    return Cell(
        f"tcn {blocks}x{kernel}",
        init=partial(_init, blocks=blocks, kernel=kernel),
        zero_state=_zero_state,
        step=_step,
        forward=_forward,
        last_state=_last_state,
        backward=_backward,
        output=lambda state: state.y,
    )


def blocks_for(lag: int, kernel: int = 2) -> int:
    """The fewest blocks whose receptive field, 1 + 2 (k − 1)(2^blocks − 1), sees an input that is `lag` steps back.

    >>> [blocks_for(lag) for lag in (30, 31, 62, 63)]
    [4, 5, 5, 6]
    """
    blocks = 1
    while 2 * (kernel - 1) * (2**blocks - 1) < lag:
        blocks += 1
    return blocks


def _init(rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, *, blocks: int, kernel: int) -> Any:
    widths: Sequence[int] = [H] * blocks
    return tcn.init(rng, D, widths, kernel, dtype)


def _zero_state(params: tcn.Params, B: int) -> State:
    last = params.blocks[-1].second.b
    return State(np.zeros((B, len(last)), last.dtype), tcn.zero_state(params, B))


def _step(params: tcn.Params, x_t: Array, state: State) -> State:
    return State(*tcn.step(params, x_t, state.blocks))


def _forward(
    params: tcn.Params, x: Array, state: State | None = None, mask: Array | None = None
) -> tuple[Array, tcn.Cache]:
    return tcn.forward(params, x, None if state is None else state.blocks, mask)


def _last_state(cache: tcn.Cache) -> State:
    y, mask = cache.blocks[-1].y, cache.blocks[-1].mask
    if mask is None:
        return State(y[-1], tcn.last_state(cache))
    last = np.maximum(mask.sum(axis=0) - 1, 0)
    return State(y[last, np.arange(y.shape[1])], tcn.last_state(cache))


def _backward(
    d_y: Array, cache: tcn.Cache, d_last: State | None = None
) -> tuple[Array, tcn.State, tcn.Params]:
    if d_last is None:
        return tcn.backward(d_y, cache)
    d_y = d_y.copy()
    d_y[-1] += d_last.y
    return tcn.backward(d_y, cache, d_last.blocks)
