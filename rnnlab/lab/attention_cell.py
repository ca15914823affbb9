"""A causal transformer under the interface of the recurrent cells, so that one training loop serves both.

The cell owns the product that brings an input of D numbers to H, e_t = W_e x_t + b_e, and the transformer above it. Its
state is the cache of keys and values, which grows with each step. The inputs' gradient is there; one state is not
handed from batch to batch.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import dense, kv_cache, transformer
from rnnlab.nets.cells import Cell
from rnnlab.nets.transformer_block import Options

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: the entry W_e (H, D), b_e (H), and the transformer's."""

    entry: dense.Params
    stack: transformer.Params


class Cache(NamedTuple):
    """What `backward` needs; `stack.blocks[l].attention.mixed.weights` (B, N, T, T) are the alignments."""

    entry: dense.Cache
    stack: transformer.Cache


def attention_cell(L: int = 2, heads: int = 2, positions: str = "rotary", norm_first: bool = True) -> Cell:
    """A transformer of L causal blocks as a cell, for `sequence_model` with read="every".

    Its `output` shows the last keys: the only thing of that shape which a state holds.

    >>> cell = attention_cell(L=1, heads=1)
    >>> params = cell.init(np.random.default_rng(0), 3, 4)
    >>> cell.forward(params, np.ones((5, 2, 3)))[0].shape
    (5, 2, 4)
    """
    options = Options(heads=heads, norm_first=norm_first, causal=True, positions=positions)
    return Cell(
        "transformer",
        init=partial(_init, L=L, norm_first=norm_first),
        zero_state=lambda params, B: transformer.zero_state(params.stack, B),
        step=partial(_step, options=options),
        forward=partial(_forward, options=options),
        last_state=lambda cache: transformer.last_state(cache.stack),
        backward=_backward,
        output=lambda state: state.keys[-1],
    )


def _init(
    rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, *, L: int, norm_first: bool
) -> Params:
    return Params(
        dense.init(rng, D, H, dtype), transformer.init(rng, H, L, dtype=dtype, norm_first=norm_first)
    )


def _step(
    params: Params, x_t: Array, state: kv_cache.State, options: Options
) -> tuple[Array, kv_cache.State]:
    return transformer.step(params.stack, dense.forward(params.entry, x_t)[0], state, options)


def _forward(
    params: Params,
    x: Array,
    state: kv_cache.State | None = None,
    mask: Array | None = None,
    *,
    options: Options,
) -> tuple[Array, Cache]:
    e, entry = dense.forward(params.entry, x)
    y, stack = transformer.forward(params.stack, e, state, mask, options)
    return y, Cache(entry, stack)


def _backward(
    d_y: Array, cache: Cache, d_last: kv_cache.State | None = None
) -> tuple[Array, kv_cache.State, Params]:
    d_e, d_state, stack = transformer.backward(d_y, cache.stack, d_last)
    d_x, entry = dense.backward(d_e, cache.entry)
    return d_x, d_state, Params(entry, stack)
