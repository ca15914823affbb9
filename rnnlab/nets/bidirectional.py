"""The bidirectional network: one cell reads the sequence from left to right, another from right to left.

h→_t = cell(x_t, h→_{t−1})       has read x_1 … x_t
h←_t = cell(x_t, h←_{t+1})       has read x_T … x_t
h_t  = [h→_t; h←_t], their sum h→_t + h←_t, or their mean

Every output so depends on the whole sequence, and there is no streaming step: see `step`. The whole time axis is turned
round for the second cell. Where a mask (T, B) is False a cell carries its state over, so that padding at the end, which
now comes first, leaves the initial state as it is: the result is that of reversing the real steps alone. Sources:
Schuster and Paliwal 1997; chapter bidirectional.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats, expect_one_of, expect_record

Array = NDArray[Any]

COMBINATIONS = ("concat", "sum", "mean")


class Params(NamedTuple):
    """The weights of the two cells, or their gradients."""

    left_to_right: Any
    right_to_left: Any


class State(NamedTuple):
    """The states of the two cells, or their gradients.

    Given to `forward`, where each direction starts: before x_1 and after x_T. After it, where each direction ends: the
    first has read x_1 … x_T, the second x_T … x_1. An encoder hands on the latter.
    """

    left_to_right: Any
    right_to_left: Any


class Cache(NamedTuple):
    """What `backward` needs from `forward`: the caches and widths of both cells, and the options."""

    left_to_right: Any
    right_to_left: Any
    widths: tuple[int, int]
    cell: Cell
    combine: str


def init(
    rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, *, cell: Cell, **options: Any
) -> Params:
    """Starting weights: those of the cell, drawn for each direction; `options` are those of its `init`.

    Raises: TypeError unless `cell` is a Cell, ValueError for a size below 1. Source: torch.nn.RNN.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, cell=cell("rnn"))
    >>> params.left_to_right.W_xh.shape, params.right_to_left.W_xh.shape
    ((2, 3), (2, 3))
    """
    _expect_cell(cell)
    return Params(*(cell.init(rng, D, H, dtype, **options) for _ in Params._fields))


def zero_state(params: Params, B: int, *, cell: Cell) -> State:
    """The usual initial states of both directions, zero, for B sequences.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, cell=cell("rnn"))
    >>> zero_state(params, B=1, cell=cell("rnn"))
    State(left_to_right=array([[0., 0.]]), right_to_left=array([[0., 0.]]))
    """
    _expect_network(params, cell)
    return State(*(cell.zero_state(direction, B) for direction in params))


def step(*arguments: Any, **options: Any) -> NoReturn:
    """There is none: h_t needs h←_t, which has read all inputs after x_t, and in a stream these are still to come.

    Raises: TypeError, always, with what can be done instead. Source: chapter bidirectional.

    >>> step()
    Traceback (most recent call last):
    TypeError: a bidirectional network has no step: its output at t needs the inputs after t. Run forward on the whole \
sequence or on a window of it, or stream a network of one direction whose outputs are due a few steps later.
    """
    raise TypeError(
        "a bidirectional network has no step: its output at t needs the inputs after t. Run forward on the whole "
        "sequence or on a window of it, or stream a network of one direction whose outputs are due a few steps later."
    )


def forward(
    params: Params,
    x: Array,
    state: State | None = None,
    mask: Array | None = None,
    *,
    cell: Cell,
    combine: str = "concat",
) -> tuple[Array, Cache]:
    """All outputs of a sequence: h_t = [h→_t; h←_t], or their sum or mean.

    Shapes: x (T, B, D), state a State with the states of both cells or None for zeros, mask (T, B) or None; returns
    h (T, B, 2H), or (T, B, H) with `combine` "sum" or "mean", and the cache for `backward`.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or combination.
    Source: Schuster and Paliwal 1997; chapter bidirectional.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, cell=cell("gru"))
    >>> h, cache = forward(params, np.ones((4, 1, 3)), cell=cell("gru"))
    >>> h.shape
    (4, 1, 4)
    """
    _expect_network(params, cell)
    expect_one_of("combine", combine, COMBINATIONS)
    right_start, left_start = _both("state", state)
    expect_floats("x", x, T=None, B=None, D=None)
    h_right, right_cache = cell.forward(params.left_to_right, x, right_start, mask)
    backwards_mask = None if mask is None else mask[::-1]
    h_left, left_cache = cell.forward(params.right_to_left, x[::-1], left_start, backwards_mask)
    h = _combined(h_right, h_left[::-1], combine)
    widths = h_right.shape[-1], h_left.shape[-1]
    return h, Cache(right_cache, left_cache, widths, cell, combine)


def last_state(cache: Cache) -> State:
    """The states in which both directions end: what an encoder hands on to a decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, cell=cell("rnn"))
    >>> h, cache = forward(params, np.ones((4, 1, 3)), cell=cell("rnn"))
    >>> ends = last_state(cache)
    >>> bool((ends.left_to_right == h[-1, :, :2]).all()), bool((ends.right_to_left == h[0, :, 2:]).all())
    (True, True)
    """
    return State(cache.cell.last_state(cache.left_to_right), cache.cell.last_state(cache.right_to_left))


def backward(d_h: Array, cache: Cache, d_last: State | None = None) -> tuple[Array, State, Params]:
    """Back-propagation through both directions, whose gradients at the inputs add up.

    [d_h→_t; d_h←_t] = d_h_t with "concat",  d_h→_t = d_h←_t = d_h_t with "sum",  … = d_h_t / 2 with "mean",
    d_x_t = d_x→_t + d_x←_t.

    Shapes: d_h (T, B, 2H) or (T, B, H) like h, d_last a State of gradients at `last_state`, or None; returns
    d_x (T, B, D), d_state with the gradients at both initial states, and grads.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape.
    Source: Schuster and Paliwal 1997; chapter bidirectional.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, cell=cell("gru"))
    >>> h, cache = forward(params, np.ones((4, 1, 3)), cell=cell("gru"))
    >>> d_x, d_state, grads = backward(np.ones_like(h), cache)
    >>> d_x.shape, d_state.right_to_left.shape
    ((4, 1, 3), (1, 2))
    """
    cell = cache.cell
    d_right_last, d_left_last = _both("d_last", d_last)
    d_h_right, d_h_left = _shares(d_h, cache)
    d_x_right, d_right, grads_right = cell.backward(d_h_right, cache.left_to_right, d_right_last)
    d_x_left, d_left, grads_left = cell.backward(d_h_left[::-1], cache.right_to_left, d_left_last)
    return d_x_right + d_x_left[::-1], State(d_right, d_left), Params(grads_right, grads_left)


def output(state: State, *, cell: Cell, combine: str = "concat") -> Array:
    """The outputs of both states, combined like those of `forward`: (B, 2H), or (B, H) with "sum" or "mean".

    Of `last_state` it is a summary of the whole sequence, in which each half has read all of it.

    Raises: TypeError for a wrong record, ValueError for another combination.

    >>> from rnnlab.nets.cells import cell
    >>> output(State(np.array([[1.0]]), np.array([[3.0]])), cell=cell("rnn"), combine="mean")
    array([[2.]])
    """
    _expect_cell(cell)
    expect_one_of("combine", combine, COMBINATIONS)
    right, left = _both("state", state)
    return _combined(cell.output(right), cell.output(left), combine)


def network(cell: Cell, combine: str = "concat") -> Cell:
    """The network with these options under the interface of a cell, for instance as a layer of a stacked network.

    Raises: TypeError unless `cell` is a Cell, ValueError for another combination.

    >>> from rnnlab.nets.cells import cell
    >>> both_ways = network(cell("lstm"))
    >>> h, cache = both_ways.forward(both_ways.init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> both_ways.name, h.shape
    ('bidirectional lstm', (4, 1, 4))
    """
    _expect_cell(cell)
    expect_one_of("combine", combine, COMBINATIONS)
    return Cell(
        f"bidirectional {cell.name}",
        init=partial(init, cell=cell),
        zero_state=partial(zero_state, cell=cell),
        step=step,
        forward=partial(forward, cell=cell, combine=combine),
        last_state=last_state,
        backward=backward,
        output=partial(output, cell=cell, combine=combine),
    )


def _combined(right: Array, left: Array, combine: str) -> Array:
    if combine == "concat":
        return np.concatenate([right, left], axis=-1)
    return right + left if combine == "sum" else (right + left) / 2


def _shares(d_h: Array, cache: Cache) -> tuple[Array, Array]:
    """What of d_h belongs to each direction."""
    right, left = cache.widths
    if cache.combine == "concat":
        expect_floats("d_h", d_h, T=None, B=None, **{"2H": right + left})
        return d_h[..., :right], d_h[..., right:]
    return (d_h, d_h) if cache.combine == "sum" else (d_h / 2, d_h / 2)


def _both(name: str, state: State | None) -> tuple[Any, Any]:
    if state is None:
        return None, None
    expect_record(name, state, State, "bidirectional.last_state")
    return state


def _expect_cell(cell: Cell) -> None:
    expect_record("cell", cell, Cell, 'cells.cell("lstm")')


def _expect_network(params: Params, cell: Cell) -> None:
    _expect_cell(cell)
    expect_record("params", params, Params, "bidirectional.init")
