"""A recurrent cell that reads token ids, x_t = E[id_t], h_t = cell(x_t, h_{t−1}): part of encoders and decoders.

The cell is one of `rnnlab.nets.cells`, or a network under its interface (`stacked.network`, `bidirectional.network`).
Ids are time-first, (T, B). Where a mask (T, B) is False any id may stand: it is not looked up, and the state is carried
over.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats, expect_ids, expect_mask, expect_record, expect_sizes
from rnnlab.nets.embedding import embed, embed_backward

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: the embedding E (K, D) and those of the cell."""

    E: Array
    cell: Any


class Cache(NamedTuple):
    """What `backward` needs from `forward`: the ids that were looked up, the number of tokens, the cell's cache."""

    ids: Array
    K: int
    cell: Cell
    read: Any


class Encoded(NamedTuple):
    """What an encoder hands on to a decoder, or the gradients at it.

    All its states h (T_x, B, V), its last state, and the mask (T_x, B) of the source or None.
    """

    h: Array
    state: Any
    mask: Array | None = None


def init(
    rng: Generator, K: int, D: int, H: int, dtype: DTypeLike = np.float64, *, cell: Cell, **options: Any
) -> Params:
    """Starting weights for K tokens: embeddings of D standard normal numbers, as in torch, and the cell's own.

    `options` are those of the cell's `init`, for instance `forget_bias`.

    Raises: TypeError unless `cell` is a Cell, ValueError for a size below 1. Source: torch.nn.Embedding.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, cell=cell("rnn"))
    >>> params.E.shape, params.cell.W_xh.shape
    ((5, 3), (2, 3))
    """
    expect_cell("cell", cell)
    expect_sizes(K=K, D=D)
    return Params(rng.normal(size=(K, D)).astype(dtype), cell.init(rng, D, H, dtype, **options))


def step(params: Params, ids_t: Array, state: Any, *, cell: Cell) -> Any:
    """One update of the state by one token of each sequence: h_t = cell(E[id_t], h_{t−1}).

    Shapes: ids_t (B,), state that of the cell; returns the next state.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or range.
    Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, cell=cell("rnn"))
    >>> step(params, np.array([4]), np.zeros((1, 2)), cell=cell("rnn")).shape
    (1, 2)
    """
    _expect_network(params, cell)
    expect_ids("ids_t", ids_t, len(params.E), B=None)
    return cell.step(params.cell, embed(ids_t, params.E), state)


def forward(
    params: Params, ids: Array, state: Any = None, mask: Array | None = None, *, cell: Cell
) -> tuple[Array, Cache]:
    """All states of a sequence of tokens: the step, applied from t = 1 to T.

    Shapes: ids (T, B), state that of the cell or None for zeros, mask (T, B) or None; returns h (T, B, H), which may be
    read-only, and the cache for `backward`.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or range.
    Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, cell=cell("lstm"))
    >>> h, cache = forward(params, np.array([[4], [0]]), cell=cell("lstm"))
    >>> h.shape, last_state(cache).c.shape
    ((2, 1, 2), (1, 2))
    """
    _expect_network(params, cell)
    ids = real_ids("ids", ids, len(params.E), mask)
    h, read = cell.forward(params.cell, embed(ids, params.E), state, mask)
    return h, Cache(ids, len(params.E), cell, read)


def last_state(cache: Cache) -> Any:
    """The cell's state after the last real token of each sequence, which an encoder hands on as its summary.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, cell=cell("rnn"))
    >>> h, cache = forward(params, np.array([[4], [0]]), mask=np.array([[True], [False]]), cell=cell("rnn"))
    >>> bool((last_state(cache) == h[0]).all())
    True
    """
    return cache.cell.last_state(cache.read)


def backward(d_h: Array, cache: Cache, d_last: Any = None) -> tuple[Any, Params]:
    """Back-propagation through time, down to the embeddings: d_E[k] = Σ d_x_t over the places where token k was read.

    Shapes: d_h (T, B, H), d_last like the cell's state, which is added at the last one, or None; returns d_state, the
    gradient at the initial state, and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter encoder-decoder.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), K=5, D=3, H=2, cell=cell("rnn"))
    >>> h, cache = forward(params, np.array([[4], [0]]), cell=cell("rnn"))
    >>> d_state, grads = backward(np.ones_like(h), cache)
    >>> d_state.shape, grads.E.any(axis=1)
    ((1, 2), array([ True, False, False, False,  True]))
    """
    d_x, d_state, grads = cache.cell.backward(d_h, cache.read, d_last)
    return d_state, Params(embed_backward(d_x, cache.ids, cache.K), grads)


def real_ids(name: str, ids: Any, K: int, mask: Array | None, B: int | None = None) -> Array:
    """The ids (T, B) with 0 at padding, where a mask says so; wrong ones are refused under this name.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, or an id outside 0 … K − 1 at a real step.

    >>> real_ids("ids", np.array([[2], [-1]]), 3, np.array([[True], [False]])).tolist()
    [[2], [0]]
    """
    T_and_B = np.shape(ids)
    if mask is None or len(T_and_B) != 2:
        expect_ids(name, ids, K, T=None, B=B)
        return ids
    expect_mask("mask" if name == "ids" else f"the mask of {name}", mask, T=T_and_B[0], B=T_and_B[1])
    expect_ids(name, ids, K, mask, T=None, B=B)
    return np.where(mask, ids, 0)


def expect_cell(name: str, cell: Any) -> None:
    """Refuse what is not a Cell.

    >>> expect_cell("cell", "lstm")
    Traceback (most recent call last):
    TypeError: cell must be an rnnlab.nets.cells.Cell, as cells.cell("lstm") gives it, but is of type str.
    """
    expect_record(name, cell, Cell, 'cells.cell("lstm")')


def _expect_network(params: Params, cell: Cell) -> None:
    expect_cell("cell", cell)
    expect_record("params", params, Params, "reader.init")
    expect_floats("E", params.E, K=None, D=None)
