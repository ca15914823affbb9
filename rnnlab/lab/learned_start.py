"""A cell whose initial state is learned: h_0 is one more vector of H parameters, the same for every sequence.

The gradient at it is the sum, over the batch, of what arrives at the first state. Source: chapter modern-recurrences.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.cells import Cell

Array = NDArray[Any]


class Params(NamedTuple):
    """The initial state h_0 (H) and the cell's weights, or their gradients."""

    start: Array
    cell: Any


def learned_start(cell: Cell) -> Cell:
    """The cell with an initial state of its own, drawn from the standard normal distribution; for cells with a state h.

    >>> from rnnlab.nets.cells import cell
    >>> network = learned_start(cell("mingru"))
    >>> params = network.init(np.random.default_rng(0), 3, 2)
    >>> bool(np.all(network.zero_state(params, 4) == params.start))
    True
    """
    return cell._replace(
        init=partial(_init, cell),
        zero_state=_start,
        step=lambda params, x_t, state: cell.step(params.cell, x_t, state),
        forward=partial(_forward, cell),
        backward=partial(_backward, cell),
    )


def _init(
    cell: Cell, rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, **options: Any
) -> Params:
    return Params(rng.normal(size=H).astype(dtype), cell.init(rng, D, H, dtype, **options))


def _start(params: Params, B: int) -> Array:
    return np.repeat(params.start[np.newaxis], B, axis=0)


def _forward(
    cell: Cell, params: Params, x: Array, state: Array | None = None, mask: Array | None = None
) -> tuple[Array, Any]:
    return cell.forward(params.cell, x, _start(params, x.shape[1]) if state is None else state, mask)


def _backward(cell: Cell, d_h: Array, cache: Any, d_last: Array | None = None) -> tuple[Array, Array, Params]:
    d_x, d_h_0, grads = cell.backward(d_h, cache, d_last)
    return d_x, d_h_0, Params(d_h_0.sum(axis=0), grads)
