"""A convolution that feeds a recurrent cell: c = f(W ∗ x + b) and h_t = cell(c_t, h_{t−1}).

The convolution is causal and sees a few inputs at once; the cell remembers what was before them. With a stride s the
cell takes one step for each group of s inputs, at the last of which it reads the convolution: for the cell the sequence
is s times as short. A group that is not full is filled with zeros. Padding stands at the end of a sequence.
Sources: Sainath et al. 2015 (CLDNN); Zhou et al. 2015 (C-LSTM); chapter convolution.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import causal_convolution
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import (
    expect_floats,
    expect_padding_at_the_end,
    expect_record,
    expect_sequence,
    expect_sizes,
)

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights of the convolution D → M and of the cell M → H, or their gradients."""

    convolution: causal_convolution.Params
    cell: Any


class State(NamedTuple):
    """The convolution's last (k − 1) d inputs, ((k − 1) d, B, D), and the cell's state, or their gradients."""

    convolution: Array
    cell: Any


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `features` (T / s, B, M) are the inputs of the cell."""

    convolution: causal_convolution.Cache
    features: Array
    cell_cache: Any
    cell: Cell
    T: int
    mask: Array | None
    stride: int
    activation: str


def init(
    rng: Generator,
    D: int,
    H: int,
    dtype: DTypeLike = np.float64,
    *,
    M: int,
    kernel: int,
    cell: Cell,
    **options: Any,
) -> Params:
    """Starting weights: those of the convolution and of the cell; `options` are those of the cell's `init`.

    Raises: TypeError unless `cell` is a Cell, ValueError for a size below 1. Source: torch.nn.Conv1d and torch.nn.LSTM.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, M=4, kernel=5, cell=cell("gru"))
    >>> params.convolution.W.shape, params.cell.W_xh.shape
    ((4, 3, 5), (6, 4))
    """
    _expect_cell(cell)
    return Params(
        convolution=causal_convolution.init(rng, D, M, kernel, dtype),
        cell=cell.init(rng, M, H, dtype, **options),
    )


def zero_state(params: Params, B: int, *, cell: Cell, dilation: int = 1) -> State:
    """The usual initial state of B sequences: zeros, before the convolution and in the cell.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=1, H=2, M=4, kernel=2, cell=cell("rnn"))
    >>> zero_state(params, B=1, cell=cell("rnn"))
    State(convolution=array([[[0.]]]), cell=array([[0., 0.]]))
    """
    _expect_network(params, cell)
    return State(
        convolution=causal_convolution.zero_state(params.convolution, B, dilation),
        cell=cell.zero_state(params.cell, B),
    )


def step(
    params: Params, x_t: Array, state: State, *, cell: Cell, dilation: int = 1, activation: str = "relu"
) -> State:
    """One input of a stream: c_t = f(W ∗ x + b) at t, h_t = cell(c_t, h_{t−1}). The `output` of the new state is h_t.

    A network with a stride reads its stream in groups of s inputs: by `forward`, each from the `last_state` before.

    Shapes: x_t (B, D); returns the new state.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape or activation.
    Source: Sainath et al. 2015.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, M=4, kernel=5, cell=cell("gru"))
    >>> state = step(params, np.ones((1, 3)), zero_state(params, 1, cell=cell("gru")), cell=cell("gru"))
    >>> output(state, cell=cell("gru")).shape
    (1, 2)
    """
    _expect_network(params, cell)
    memory, cell_state = _both("state", state)
    a_t, memory = causal_convolution.step(params.convolution, x_t, memory, dilation)
    c_t = activation_named(activation).function(a_t)
    return State(memory, cell.step(params.cell, c_t, cell_state))


def forward(
    params: Params,
    x: Array,
    state: State | None = None,
    mask: Array | None = None,
    *,
    cell: Cell,
    dilation: int = 1,
    stride: int = 1,
    activation: str = "relu",
) -> tuple[Array, Cache]:
    """All states of a sequence: c = f(W ∗ x + b), of which the cell reads c_s, c_2s, c_3s, ….

    Shapes: x (T, B, D), state as from `zero_state` or None for zeros, mask (T, B) with padding at the end, or None;
    returns h (T / s, B, H), with T / s rounded up, read-only because it is shared with the cache, and the cache.
    Where a whole group is padding the state is carried over. The groups' own mask is mask[::s].

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape, mask, stride or activation.
    Source: Sainath et al. 2015; chapter convolution.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, M=4, kernel=5, cell=cell("gru"))
    >>> h, cache = forward(params, np.ones((7, 1, 3)), cell=cell("gru"), stride=2)
    >>> h.shape
    (4, 1, 2)
    """
    _expect_network(params, cell)
    memory, cell_state = _both("state", state)
    _expect_sequence(params, x, mask, stride)
    groups = None if mask is None else mask[::stride]
    in_real_groups = None if groups is None else np.repeat(groups, stride, axis=0)
    a, convolution_cache = causal_convolution.forward(
        params.convolution, _whole_groups(x, mask, stride), memory, in_real_groups, dilation
    )
    features = activation_named(activation).function(a[stride - 1 :: stride])
    h, cell_cache = cell.forward(params.cell, features, cell_state, groups)
    return h, Cache(convolution_cache, features, cell_cache, cell, len(x), mask, stride, activation)


def last_state(cache: Cache) -> State:
    """The state after each sequence's last real input, or group of inputs, for the next piece of a stream.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=1, H=2, M=4, kernel=3, cell=cell("rnn"))
    >>> h, cache = forward(params, np.arange(4.0).reshape(4, 1, 1), cell=cell("rnn"))
    >>> last_state(cache).convolution[:, 0, 0], bool((last_state(cache).cell == h[-1]).all())
    (array([2., 3.]), True)
    """
    return State(causal_convolution.last_state(cache.convolution), cache.cell.last_state(cache.cell_cache))


def backward(d_h: Array, cache: Cache, d_last: State | None = None) -> tuple[Array, State, Params]:
    """From the gradient at every state, and at the last one, to those at inputs, initial state and weights.

    First back through time in the cell, which gives d_c, then d_a = d_c ⊙ f′(a) back through the convolution. Places
    between those that the cell reads have d_a = 0. d_x is zero at padding.

    Shapes: d_h (T / s, B, H), d_last a State or None; returns d_x (T, B, D), d_state, grads.

    Raises: TypeError for a wrong dtype or record, ValueError for a wrong shape. Source: chapter convolution.

    >>> from rnnlab.nets.cells import cell
    >>> params = init(np.random.default_rng(0), D=3, H=2, M=4, kernel=5, cell=cell("gru"))
    >>> h, cache = forward(params, np.ones((7, 1, 3)), cell=cell("gru"), stride=2)
    >>> d_x, d_state, grads = backward(np.ones_like(h), cache)
    >>> d_x.shape, d_state.convolution.shape
    ((7, 1, 3), (4, 1, 3))
    """
    convolution_cache, features, cell_cache, cell, T, mask, stride, activation = cache
    d_memory_last, d_cell_last = _both("d_last", d_last)
    d_features, d_cell_state, cell_grads = cell.backward(d_h, cell_cache, d_cell_last)
    d_features = d_features * activation_named(activation).derivative_from_output(features)
    d_x, d_memory, convolution_grads = causal_convolution.backward(
        _between_zeros(d_features, stride), convolution_cache, d_memory_last
    )
    d_x = d_x[:T] if mask is None else np.where(mask[..., np.newaxis], d_x[:T], 0)
    return d_x, State(d_memory, d_cell_state), Params(convolution_grads, cell_grads)


def output(state: State, *, cell: Cell) -> Array:
    """What the network hands on of a state: the cell's h (B, H).

    >>> from rnnlab.nets.cells import cell
    >>> output(State(np.zeros((1, 1, 3)), np.array([[0.5]])), cell=cell("gru"))
    array([[0.5]])
    """
    _expect_cell(cell)
    return cell.output(_both("state", state)[1])


def network(cell: Cell, M: int, kernel: int, dilation: int = 1, activation: str = "relu") -> Cell:
    """The network with these options, without a stride, under the interface of a cell: for instance for a stack.

    Raises: TypeError unless `cell` is a Cell.

    >>> from rnnlab.nets.cells import cell
    >>> hybrid = network(cell("lstm"), M=4, kernel=5)
    >>> h, cache = hybrid.forward(hybrid.init(np.random.default_rng(0), D=3, H=2), np.ones((7, 1, 3)))
    >>> hybrid.name, h.shape
    ('convolutional lstm', (7, 1, 2))
    """
    _expect_cell(cell)
    return Cell(
        f"convolutional {cell.name}",
        init=partial(init, M=M, kernel=kernel, cell=cell),
        zero_state=partial(zero_state, cell=cell, dilation=dilation),
        step=partial(step, cell=cell, dilation=dilation, activation=activation),
        forward=partial(forward, cell=cell, dilation=dilation, activation=activation),
        last_state=last_state,
        backward=backward,
        output=partial(output, cell=cell),
    )


def _whole_groups(x: Array, mask: Array | None, stride: int) -> Array:
    """The inputs with zeros at padding, and after the end until the last group of `stride` is full."""
    T, B, D = x.shape
    whole = np.zeros((-(-T // stride) * stride, B, D), x.dtype)
    whole[:T] = x if mask is None else np.where(mask[..., np.newaxis], x, 0)
    return whole


def _between_zeros(d_features: Array, stride: int) -> Array:
    """The gradient at all outputs of the convolution, from that at the last of each group."""
    steps, B, M = d_features.shape
    d_a = np.zeros((steps * stride, B, M), d_features.dtype)
    d_a[stride - 1 :: stride] = d_features
    return d_a


def _both(name: str, state: State | None) -> tuple[Any, Any]:
    if state is None:
        return None, None
    expect_record(name, state, State, "convolutional_recurrent.zero_state")
    return state


def _expect_cell(cell: Cell) -> None:
    expect_record("cell", cell, Cell, 'cells.cell("lstm")')


def _expect_network(params: Params, cell: Cell) -> None:
    _expect_cell(cell)
    expect_record("params", params, Params, "convolutional_recurrent.init")


def _expect_sequence(params: Params, x: Array, mask: Array | None, stride: int) -> None:
    W = params.convolution.W
    expect_floats("convolution.W", W, M=None, D=None, k=None)
    expect_sequence(x, mask, W.shape[1], W.dtype)
    expect_sizes(stride=stride)
    if mask is not None:
        expect_padding_at_the_end("mask", mask)
