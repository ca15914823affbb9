"""The gradient of each step taken by itself: T · B steps side by side, as a batch of sequences of length 1.

Two methods need no more than this. Both know, or pretend to know, the whole gradient δ_t at each state; what is left is
the way from h_t to the weights inside step t, which no other step takes part in. The simple network has all that it
needs in its states. Of another cell they are computed again, all at once from the known states before them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import gru, rnn
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats
from rnnlab.nets.parameters import mapped
from rnnlab.nets.products import chunks

Array = NDArray[Any]


def gradients(delta: Array, x: Array, cache: rnn.Cache | gru.Cache, kind: Cell) -> tuple[Array, Any]:
    """From δ_t, the whole gradient at h_t, to the gradients at inputs and weights: Σ_t (∂h_t/∂θ at fixed h_{t−1})ᵀ δ_t.

    Shapes: delta (T, B, H), the inputs x (T, B, D) of the forward pass; returns d_x (T, B, D) and grads. Padding takes
    no part. With the true δ this is BPTT.

    Raises: TypeError for another cell than rnn or gru or a wrong dtype, ValueError for a wrong shape. Source: Caillon,
    Fagnou and Allauzen 2025, whose published code takes the steps one by one in this way; chapter beyond-bptt.

    >>> from rnnlab.nets.cells import cell
    >>> params, x = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0])), np.zeros((2, 1, 1))
    >>> h, cache = rnn.forward(params, x)
    >>> gradients(np.ones((2, 1, 1)), x, cache, cell("rnn"))[1].b_h
    array([2.])
    """
    expect_one_state(kind)
    T, B, H = cache.states[1:].shape
    expect_floats("delta", delta, cache.states.dtype, T=T, B=B, H=H)
    expect_floats("x", x, cache.states.dtype, T=T, B=B, D=None)
    d_x, total = np.empty_like(x), mapped(np.zeros_like, cache.params)
    for stretch in chunks(T, delta[0].nbytes):
        steps = _side_by_side(x, cache, kind, stretch)
        d_x_stretch, _, grads = kind.backward(delta[stretch].reshape(1, -1, H), steps)
        d_x[stretch] = d_x_stretch.reshape(-1, B, x.shape[-1])
        total = mapped(np.add, total, grads)
    return d_x, total


def _side_by_side(x: Array, cache: rnn.Cache | gru.Cache, kind: Cell, stretch: slice) -> Any:
    """The steps of a stretch as the cache of one step of many sequences."""
    H, D = cache.states.shape[-1], x.shape[-1]
    x = x[stretch].reshape(1, -1, D)
    mask = None if cache.mask is None else cache.mask[stretch].reshape(1, -1)
    h_prev = cache.states[:-1][stretch].reshape(-1, H)
    if isinstance(cache, rnn.Cache):
        states = np.stack([h_prev, cache.states[1:][stretch].reshape(-1, H)])
        return rnn.Cache(cache.params, x, states, mask, cache.activation)
    return kind.forward(cache.params, x, h_prev, mask)[1]


def expect_one_state(kind: Cell) -> None:
    """Refuse a cell whose state is not one array.

    Raises: TypeError.

    >>> from rnnlab.nets.cells import cell
    >>> expect_one_state(cell("lstm"))
    Traceback (most recent call last):
    TypeError: the cell must be 'rnn' or 'gru', whose state is one array, but is 'lstm'.
    """
    if kind.name not in ("rnn", "gru"):
        raise TypeError(f"the cell must be 'rnn' or 'gru', whose state is one array, but is {kind.name!r}.")
