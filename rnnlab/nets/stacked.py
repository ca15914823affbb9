"""The stacked (deep) network: layers of cells, each of which reads the outputs of the layer below it.

v_1 = x,  v_l = m_l ⊙ LN_l(u_{l−1})     what enters layer l: see `layer_entry`
h_l = cell_l(v_l)                        the layer reads the whole sequence
u_1 = h_1,  u_l = h_l + u_{l−1}          with residual connections, else u_l = h_l; the output is u_L

The first layer reads x as it is, and no residual connection leads around it, since x is in general D wide and not H.
Layers are cells of any kind, or bidirectional ones (`bidirectional.network`). Sources: Graves, Mohamed and Hinton 2013
for depth; Wu et al. 2016 for residual connections; chapter stacked.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import dropout, layer_entry, layer_norm
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_one_each, expect_record, expect_sizes
from rnnlab.nets.parameters import leaves

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights of the L layers and of the L − 1 normalizations between them (or None), or their gradients."""

    layers: tuple[Any, ...]
    norms: tuple[layer_norm.Params, ...] | None


class Cache(NamedTuple):
    """What `backward` needs from `forward`: the caches of the L layers and of the L − 1 entries between them."""

    params: Params
    layers: tuple[Any, ...]
    entries: tuple[layer_entry.Cache, ...]
    cell: Cell
    residual: bool


def init(
    rng: Generator,
    D: int,
    H: int,
    dtype: DTypeLike = np.float64,
    *,
    L: int,
    cell: Cell,
    norm: bool = False,
    **options: Any,
) -> Params:
    """Starting weights of L layers, each those of its cell; with `norm` also the normalizations between them.

    `options` are those of the cell's `init`, for instance `forget_bias`.

    Raises: TypeError unless `cell` is a Cell, ValueError for a size below 1. Source: torch.nn.LSTM.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, L=2, cell=cell("rnn"), norm=True)
    >>> [layer.W_xh.shape for layer in params.layers], len(params.norms)
    ([(2, 3), (2, 2)], 1)
    """
    _expect_cell(cell)
    expect_sizes(L=L)
    layers, norms = [cell.init(rng, D, H, dtype, **options)], []
    width = _width(layers[0], cell)
    for _ in range(1, L):
        norms.append(layer_norm.init(width, dtype))
        layers.append(cell.init(rng, width, H, dtype, **options))
    return Params(tuple(layers), tuple(norms) if norm else None)


def zero_state(params: Params, B: int, *, cell: Cell) -> tuple[Any, ...]:
    """The usual initial states, zero, of all layers, for B sequences: a tuple with one state for each layer.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=1, L=2, cell=cell("rnn"))
    >>> zero_state(params, B=1, cell=cell("rnn"))
    (array([[0.]]), array([[0.]]))
    """
    _expect_network(params, cell)
    return tuple(cell.zero_state(layer, B) for layer in params.layers)


def draw_dropout(
    rng: Generator, params: Params, B: int, rate: float, *, cell: Cell
) -> tuple[Array | None, ...]:
    """Which units enter the layers above the first, drawn once for each sequence: L − 1 arrays (1, B, H).

    With rate 0 each of them is None. For a fresh draw at every step, make a tuple of (T, B, H) by `dropout.draw`.

    Raises: TypeError for a wrong record, ValueError unless 0 ≤ rate < 1. Source: Gal and Ghahramani 2016.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=4, L=2, cell=cell("rnn"))
    >>> draw_dropout(np.random.default_rng(0), params, B=1, rate=0.5, cell=cell("rnn"))
    (array([[[2., 0., 0., 0.]]]),)
    """
    _expect_network(params, cell)
    dropout.expect_rate(rate)
    dtype = leaves(params)[0].dtype
    shapes = [(1, B, _width(layer, cell)) for layer in params.layers[:-1]]
    return tuple(dropout.draw_over_time(rng, shape, rate, dtype) for shape in shapes)


def step(
    params: Params, x_t: Array, state: tuple[Any, ...], *, cell: Cell, residual: bool = False
) -> tuple[Any, ...]:
    """One update of the states of all layers, from the first to the last, without dropout.

    Shapes: x_t (B, D), state a tuple with one state for each layer; returns such a tuple, whose `output` is u_L at t.

    Raises: TypeError for a wrong dtype or record, or for a bidirectional cell; ValueError for a wrong shape.
    Source: chapter stacked.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, L=2, cell=cell("gru"))
    >>> [h.shape for h in step(params, np.ones((1, 3)), zero_state(params, 1, cell=cell("gru")), cell=cell("gru"))]
    [(1, 2), (1, 2)]
    """
    L = _expect_network(params, cell)
    starts = _one_each("state", state, L, "layers")
    states = [cell.step(params.layers[0], x_t, starts[0])]
    u = cell.output(states[0])
    for layer, norm, start in zip(params.layers[1:], _norms(params), starts[1:], strict=True):
        v, _ = layer_entry.forward(u, norm)
        states.append(cell.step(layer, v, start))
        u = _upward(cell.output(states[-1]), u, residual)
    return tuple(states)


def forward(
    params: Params,
    x: Array,
    state: tuple[Any, ...] | None = None,
    mask: Array | None = None,
    keep: tuple[Array | None, ...] | None = None,
    *,
    cell: Cell,
    residual: bool = False,
) -> tuple[Array, Cache]:
    """The outputs of the last layer, u_L, with the layers run over the whole sequence from the first to the last.

    Shapes: x (T, B, D), state a tuple with one initial state for each layer (None for zeros), mask (T, B) or None, keep
    L − 1 arrays (1, B, H) or (T, B, H) that say which units enter the layers above the first (`draw_dropout`), or None
    for no dropout; returns u_L (T, B, H), which may be read-only, and the cache. H is 2H for bidirectional layers.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or number of layers.
    Source: Graves, Mohamed and Hinton 2013; chapter stacked.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, L=3, cell=cell("lstm"))
    >>> h, cache = forward(params, np.ones((4, 1, 3)), cell=cell("lstm"), residual=True)
    >>> h.shape, len(cache.layers)
    ((4, 1, 2), 3)
    """
    L = _expect_network(params, cell)
    starts = _one_each("state", state, L, "layers")
    drawn = _one_each("keep", keep, L - 1, "places between layers")
    u, first = cell.forward(params.layers[0], x, starts[0], mask)
    caches, entries = [first], []
    for layer, norm, m, start in zip(params.layers[1:], _norms(params), drawn, starts[1:], strict=True):
        v, entry = layer_entry.forward(u, norm, m)
        h, cache = cell.forward(layer, v, start, mask)
        u = _upward(h, u, residual)
        caches.append(cache)
        entries.append(entry)
    return u, Cache(params, tuple(caches), tuple(entries), cell, residual)


def last_state(cache: Cache) -> tuple[Any, ...]:
    """The states of all layers after the last step: a tuple with one state for each layer.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, L=2, cell=cell("rnn"))
    >>> h, cache = forward(params, np.ones((4, 1, 3)), cell=cell("rnn"))
    >>> bool((last_state(cache)[-1] == h[-1]).all())
    True
    """
    return tuple(cache.cell.last_state(layer) for layer in cache.layers)


def backward(
    d_u: Array, cache: Cache, d_last: tuple[Any, ...] | None = None
) -> tuple[Array, tuple[Any, ...], Params]:
    """Back-propagation through the layers from the last to the first, and in each of them through time.

    From l = L down to 1: d_v_l = d_u_l, taken back through the cell, and
    d_u_{l−1} = d_v_l, taken back through m_l and LN_l, + d_u_l with residual connections;  d_x = d_v_1.

    Shapes: d_u (T, B, H) like the output, d_last a tuple with one gradient for each layer's last state, or None;
    returns d_x (T, B, D), d_state, a tuple with one gradient for each layer's initial state, and grads.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape. Source: chapter stacked.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, L=2, cell=cell("rnn"))
    >>> h, cache = forward(params, np.ones((4, 1, 3)), cell=cell("rnn"))
    >>> d_x, d_state, grads = backward(np.ones_like(h), cache)
    >>> d_x.shape, len(d_state), grads.layers[1].W_xh.shape
    ((4, 1, 3), 2, (2, 2))
    """
    cell, layers = cache.cell, cache.layers
    d_ends = _one_each("d_last", d_last, len(layers), "layers")
    d_starts, grads, grads_norms = [], [], []
    for depth in reversed(range(1, len(layers))):
        d_v, d_start, grads_cell = cell.backward(d_u, layers[depth], d_ends[depth])
        d_below, grads_norm = layer_entry.backward(d_v, cache.entries[depth - 1])
        d_u = d_below + d_u if cache.residual else d_below
        d_starts.append(d_start)
        grads.append(grads_cell)
        grads_norms.append(grads_norm)
    d_x, d_start, grads_cell = cell.backward(d_u, layers[0], d_ends[0])
    norms = tuple(reversed(grads_norms)) if cache.params.norms is not None else None
    return d_x, (d_start, *reversed(d_starts)), Params((grads_cell, *reversed(grads)), norms)


def output(state: tuple[Any, ...], *, cell: Cell, residual: bool = False) -> Array:
    """What the network puts out in a state: h_L, or with residual connections h_1 + … + h_L, since u_l = h_l + u_{l−1}.

    Shapes: state a tuple with one state for each layer; returns u_L (B, H).

    Raises: TypeError unless `cell` is a Cell.

    >>> from rnnlab.nets.cells import cell
    >>> output((np.array([[1.0]]), np.array([[3.0]])), cell=cell("rnn"), residual=True)
    array([[4.]])
    """
    _expect_cell(cell)
    u = cell.output(state[0])
    for upper in state[1:]:
        u = _upward(cell.output(upper), u, residual)
    return u


def network(cell: Cell, L: int, norm: bool = False, residual: bool = False) -> Cell:
    """The network with these options under the interface of a cell, for instance as an encoder.

    Its `init` draws L layers, with the normalizations between them if `norm`; its `forward` also takes `keep`.

    Raises: TypeError unless `cell` is a Cell, ValueError for an L below 1.

    >>> from rnnlab.nets.cells import cell
    >>> deep = network(cell("lstm"), L=2, norm=True)
    >>> h, cache = deep.forward(deep.init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> deep.name, h.shape
    ('lstm in 2 layers', (4, 1, 2))
    """
    _expect_cell(cell)
    expect_sizes(L=L)
    return Cell(
        f"{cell.name} in {L} layers",
        init=partial(init, L=L, cell=cell, norm=norm),
        zero_state=partial(zero_state, cell=cell),
        step=partial(step, cell=cell, residual=residual),
        forward=partial(forward, cell=cell, residual=residual),
        last_state=last_state,
        backward=backward,
        output=partial(output, cell=cell, residual=residual),
    )


def _upward(h: Array, u_below: Array, residual: bool) -> Array:
    """u_l, from the layer's own output and what stood below it."""
    if not residual:
        return h
    if h.shape != u_below.shape:
        raise ValueError(
            f"residual connections need layers of one width, but {u_below.shape[-1]} units are followed by "
            f"{h.shape[-1]}. Set residual=False, or give all layers the same H."
        )
    return h + u_below


def _norms(params: Params) -> tuple[layer_norm.Params | None, ...]:
    return (None,) * (len(params.layers) - 1) if params.norms is None else params.norms


def _width(layer: Any, cell: Cell) -> int:
    return cell.output(cell.zero_state(layer, 1)).shape[-1]


def _one_each(name: str, values: Any, count: int, places: str) -> tuple[Any, ...]:
    """The values, or None for each place where there are none."""
    if values is None:
        return (None,) * count
    expect_one_each(name, values, count, places)
    return tuple(values)


def _expect_cell(cell: Cell) -> None:
    expect_record("cell", cell, Cell, 'cells.cell("lstm")')


def _expect_network(params: Params, cell: Cell) -> int:
    """The number of layers, L."""
    _expect_cell(cell)
    expect_record("params", params, Params, "stacked.init")
    L = len(params.layers)
    if params.norms is not None:
        expect_one_each("params.norms", params.norms, L - 1, "places between layers")
    return L
