"""The minimal GRU: gate and candidate look at the input alone, so that the recurrence is linear and a scan computes it.

z_t = σ(W_z x_t + b_z)                          update gate: the share that is replaced
n_t = W_n x_t + b_n                             candidate
h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t           a linear recurrence, with a_t = 1 − z_t and b_t = z_t ⊙ n_t

The paper's h̃_t is n_t here, as in the module gru; the rows of gate and candidate are stacked in the order z, n.
Sequences are time-first, (T, B, D). Where a mask (T, B) is False the state is carried over. Source: Feng et al. 2024,
section 3.1 (without the log-space form of its appendix, which is slower on a CPU); chapter scan.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation, scan
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.door import expect_floats, expect_one_of, expect_sequence, expect_sizes, expect_state
from rnnlab.nets.products import at_every_place, flat

Array = NDArray[Any]

METHODS = tuple(method for method in scan.METHODS if method != "convolution")  # the gate changes with time


class Params(NamedTuple):
    """The weights, or their gradients, stacked as z, n: W_xh (2H, D), b_h (2H)."""

    W_xh: Array
    b_h: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`: `z` and `n` are (T, B, H)."""

    params: Params
    x: Array
    z: Array
    n: Array
    scanned: scan.Cache


def init(
    rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, update_bias: float | None = None
) -> Params:
    """Starting weights: everything uniform in ±1/√D as in torch.nn.Linear, and the bias of the update gate as given.

    A negative `update_bias` closes the gate: with −4 the state keeps 98 % a step, and a first token lasts for long.

    Raises: ValueError for a size below 1. Source: Feng et al. 2024, whose layers are torch.nn.Linear.

    >>> [weight.shape for weight in init(np.random.default_rng(0), D=3, H=2)]
    [(4, 3), (4,)]
    """
    expect_sizes(D=D, H=H)
    params = Params(
        W_xh=initialisation.uniform(rng, (2 * H, D), D, dtype),
        b_h=initialisation.uniform(rng, (2 * H,), D, dtype),
    )
    if update_bias is not None:
        params.b_h[:H] = update_bias
    return params


def zero_state(params: Params, B: int) -> Array:
    """The usual initial state, h_0 = 0, for B sequences: (B, H).

    >>> zero_state(init(np.random.default_rng(0), D=3, H=2), B=1)
    array([[0., 0.]])
    """
    return np.zeros((B, len(params.b_h) // 2), params.b_h.dtype)


def step(params: Params, x_t: Array, h_prev: Array) -> Array:
    """One update of the state, from h_{t−1} to h_t.

    Shapes: x_t (B, D), h_prev (B, H); returns h_t (B, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Feng et al. 2024.

    >>> params = Params(np.array([[0.0], [2.0]]), np.array([0.0, 1.0]))
    >>> step(params, np.array([[1.0]]), np.array([[5.0]]))
    array([[4.]])
    """
    H, D = _sizes(params)
    expect_floats("x_t", x_t, params.b_h.dtype, B=None, D=D)
    expect_floats("h_prev", h_prev, params.b_h.dtype, B=len(x_t), H=H)
    z, n = _gate_and_candidate(params, x_t)
    return (1 - z) * h_prev + z * n


def forward(
    params: Params, x: Array, state: Array | None = None, mask: Array | None = None, method: str = "auto"
) -> tuple[Array, Cache]:
    """All states of a sequence: gates and candidates of all steps at once, then one scan.

    Shapes: x (T, B, D), state (B, H) or None for zeros, mask (T, B) or None; `method` is as in `scan.forward`, without
    "convolution". Returns h (T, B, H), read-only because it is shared with the cache, and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or method. Source: Feng et al. 2024.

    >>> params = Params(np.array([[0.0], [2.0]]), np.array([0.0, 1.0]))
    >>> h, cache = forward(params, np.ones((2, 1, 1)), np.array([[5.0]]))
    >>> h[:, 0, 0].tolist()
    [4.0, 3.5]
    """
    _expect_sequence(params, x, state, mask)
    expect_one_of("method", method, METHODS)
    z, n = _gate_and_candidate(params, x)
    h, scanned = scan.forward(1 - z, z * n, state, mask, method)
    return h, Cache(params, x, z, n, scanned)


def last_state(cache: Cache) -> Array:
    """The state after the last step, h_T (B, H), read-only: for the next piece of a stream, or an encoder's summary.

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> bool(np.all(last_state(cache) == h[-1]))
    True
    """
    return cache.scanned.states[-1]


def backward(d_h: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, Params]:
    """From the gradient at every state to the gradients at inputs, start and weights.

    With δ_t the whole gradient at h_t, which the scan backwards in time gives:
    d_z_t = δ_t ⊙ (n_t − h_{t−1}) ⊙ z_t ⊙ (1 − z_t) before σ,  d_n_t = δ_t ⊙ z_t;  both are stacked as d_a_t, and
    d_W_xh = Σ_t d_a_t x_tᵀ,  d_b_h = Σ_t d_a_t,  d_x_t = W_xhᵀ d_a_t. At padding d_a_t = 0.

    Shapes: d_h (T, B, H), d_last (B, H), which is added at h_T, or None; returns d_x (T, B, D), d_h_0 (B, H), grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter scan.

    >>> params = Params(np.array([[0.0], [2.0]]), np.array([0.0, 1.0]))
    >>> h, cache = forward(params, np.ones((1, 1, 1)), np.array([[5.0]]))
    >>> d_x, d_h_0, grads = backward(np.ones((1, 1, 1)), cache)
    >>> float(d_x.item()), float(d_h_0.item()), grads.b_h
    (1.0, 0.5, array([-0.5,  0.5]))
    """
    params, x, z, n, scanned = cache
    _, delta, d_h_0 = scan.backward(d_h, scanned, d_last)
    d_z = delta * (n - scanned.states[:-1]) * z * (1 - z)
    d_a = np.concatenate([d_z, delta * z], axis=-1)
    grads = Params(W_xh=flat(d_a).T @ flat(x), b_h=flat(d_a).sum(axis=0))
    return at_every_place(params.W_xh.T, d_a), d_h_0, grads


def _gate_and_candidate(params: Params, x: Array) -> tuple[Array, Array]:
    """z and n, (..., H) each, for inputs (..., D)."""
    a_z, n = np.split(at_every_place(params.W_xh, x) + params.b_h, 2, axis=-1)
    return sigmoid(a_z), n


def _sizes(params: Params) -> tuple[int, int]:
    expect_floats("b_h", params.b_h, **{"2H": None})
    if len(params.b_h) % 2:
        raise ValueError(
            f"b_h must have the shape (2H,), for the rows z and n, but has the shape {params.b_h.shape}."
        )
    expect_floats("W_xh", params.W_xh, params.b_h.dtype, **{"2H": len(params.b_h), "D": None})
    return len(params.b_h) // 2, params.W_xh.shape[1]


def _expect_sequence(params: Params, x: Array, state: Array | None, mask: Array | None) -> None:
    H, D = _sizes(params)
    expect_sequence(x, mask, D, params.b_h.dtype)
    expect_state("state", state, x.dtype, B=x.shape[1], H=H)
