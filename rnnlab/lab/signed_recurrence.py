"""A linear recurrence whose factor depends on the input and may be negative, as a cell: h_t = a_t ⊙ h_{t−1} + b_t.

a_t = tanh(W_a x_t + b_a) in (−1, 1), or σ(W_a x_t + b_a) in (0, 1);  b_t = W_b x_t + b_b. Both are stacked in W_xh
(2H, D) and b_h (2H), and a scan computes all states. Sources: Feng et al. 2024 for gates that look at the input alone,
Grazzi et al. 2025 for factors from −1 to 1.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation, scan
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.cells import Cell
from rnnlab.nets.products import at_every_place, flat

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients, stacked as a, b: W_xh (2H, D), b_h (2H)."""

    W_xh: Array
    b_h: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`: the factors `a` are (T, B, H)."""

    params: Params
    x: Array
    a: Array
    scanned: scan.Cache
    signed: bool


def signed_recurrence(signed: bool = True) -> Cell:
    """The recurrence as a cell, with factors in (−1, 1), or in (0, 1) if not `signed`.

    >>> cell = signed_recurrence()
    >>> params = Params(np.array([[0.0], [2.0]]), np.array([-50.0, 1.0]))
    >>> cell.forward(params, np.ones((3, 1, 1)))[0][:, 0, 0].tolist()
    [3.0, 0.0, 3.0]
    """
    return Cell(
        "signed" if signed else "positive",
        init=_init,
        zero_state=lambda params, B: np.zeros((B, len(params.b_h) // 2), params.b_h.dtype),
        step=partial(_step, signed=signed),
        forward=partial(_forward, signed=signed),
        last_state=lambda cache: cache.scanned.states[-1],
        backward=_backward,
        output=lambda state: state,
    )


def _init(rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64) -> Params:
    W_xh = initialisation.uniform(rng, (2 * H, D), D, dtype)
    return Params(W_xh, initialisation.uniform(rng, (2 * H,), D, dtype))


def _step(params: Params, x_t: Array, h_prev: Array, signed: bool) -> Array:
    a, b = _factor_and_input(params, x_t, signed)
    return a * h_prev + b


def _forward(
    params: Params, x: Array, state: Array | None = None, mask: Array | None = None, *, signed: bool
) -> tuple[Array, Cache]:
    a, b = _factor_and_input(params, x, signed)
    h, scanned = scan.forward(a, b, state, mask)
    return h, Cache(params, x, a, scanned, signed)


def _backward(d_h: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, Params]:
    params, x, a, scanned, signed = cache
    d_a, d_b, d_h_0 = scan.backward(d_h, scanned, d_last)
    d_a = d_a * ((1 - a * a) if signed else a * (1 - a))
    d_both = np.concatenate([d_a, d_b], axis=-1)
    grads = Params(W_xh=flat(d_both).T @ flat(x), b_h=flat(d_both).sum(axis=0))
    return at_every_place(params.W_xh.T, d_both), d_h_0, grads


def _factor_and_input(params: Params, x: Array, signed: bool) -> tuple[Array, Array]:
    """a and b, (..., H) each, for inputs (..., D)."""
    a, b = np.split(at_every_place(params.W_xh, x) + params.b_h, 2, axis=-1)
    return (np.tanh(a) if signed else sigmoid(a)), b
