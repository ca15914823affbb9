"""The recurrent cells under one interface, so that a network of cells is written once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from numpy.typing import NDArray

from rnnlab.nets import gru, lstm, mingru, rnn
from rnnlab.nets.door import expect_one_of

Array = NDArray[Any]

CELLS: dict[str, ModuleType] = {"rnn": rnn, "lstm": lstm, "gru": gru, "mingru": mingru}


class Cell(NamedTuple):
    """A kind of cell: its name and the functions of its module, with the cell's options filled in.

    init(rng, D, H, dtype, ...) → params; zero_state(params, B) → state; step(params, x_t, state) → state;
    forward(params, x, state=None, mask=None) → (h, cache); last_state(cache) → state;
    backward(d_h, cache, d_last=None) → (d_x, d_state, grads); output(state) → h (B, H).
    """

    name: str
    init: Callable[..., Any]
    zero_state: Callable[..., Any]
    step: Callable[..., Any]
    forward: Callable[..., Any]
    last_state: Callable[..., Any]
    backward: Callable[..., Any]
    output: Callable[[Any], Array]


def cell(name: str, **options: str) -> Cell:
    """The cell "rnn", "lstm", "gru" or "mingru".

    `options` are those of its `step` and `forward`: `activation` for "rnn", `reset` and `update` for "gru".

    Raises: ValueError for another name.

    >>> import numpy as np
    >>> gru_of_cho = cell("gru", reset="before")
    >>> h, cache = gru_of_cho.forward(gru_of_cho.init(np.random.default_rng(0), 3, 2), np.ones((4, 1, 3)))
    >>> cache.reset
    'before'
    """
    expect_one_of("cell", name, tuple(CELLS))
    module = CELLS[name]
    return Cell(
        name,
        init=module.init,
        zero_state=module.zero_state,
        step=partial(module.step, **options),
        forward=partial(module.forward, **options),
        last_state=module.last_state,
        backward=module.backward,
        output=_output,
    )


def _output(state: Any) -> Array:
    return state.h if isinstance(state, lstm.State) else state
