"""Long short-term memory: a cell state c_t that gates protect, and a state h_t that the rest of the network sees.

i_t = σ(W_xi x_t + W_hi h_{t−1} + b_i)      what to write (input gate)
f_t = σ(W_xf x_t + W_hf h_{t−1} + b_f)      what to keep (forget gate)
g_t = tanh(W_xg x_t + W_hg h_{t−1} + b_g)   the candidate
o_t = σ(W_xo x_t + W_ho h_{t−1} + b_o)      what to show (output gate)
c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t
h_t = o_t ⊙ tanh(c_t)

The rows of the four gates are stacked in torch's order i, f, g, o. Sequences are time-first, (T, B, D). Where a mask
(T, B) is False the state is carried over. Source: Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000 for
the forget gate; chapter lstm.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.door import expect_floats, expect_mask, expect_no_nan, expect_sizes
from rnnlab.nets.products import at_every_place, flat

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients, gates stacked as i, f, g, o: W_xh (4H, D), W_hh (4H, H), b_h (4H)."""

    W_xh: Array
    W_hh: Array
    b_h: Array


class State(NamedTuple):
    """What is carried from step to step: h (B, H) and c (B, H), or their gradients."""

    h: Array
    c: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`: `gates` (T, B, 4H), and `states`, `cells` (T + 1, B, H) from t = 0 on."""

    params: Params
    x: Array
    gates: Array
    states: Array
    cells: Array
    mask: Array | None


def init(
    rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, forget_bias: float | None = None
) -> Params:
    """Starting weights: everything uniform in ±1/√H as in torch, and the bias of the forget gate as given.

    A forget gate starts at σ(b_f), which is about 1/2 with torch's start and 0.98 with `forget_bias` 4.

    Raises: ValueError for a size below 1. Source: torch.nn.LSTM; Jozefowicz, Zaremba and Sutskever 2015.

    >>> params = init(np.random.default_rng(0), D=3, H=2, forget_bias=1.0)
    >>> [weight.shape for weight in params], params.b_h[2:4]
    ([(8, 3), (8, 2), (8,)], array([1., 1.]))
    """
    expect_sizes(D=D, H=H)
    params = Params(
        W_xh=initialisation.uniform(rng, (4 * H, D), H, dtype),
        W_hh=initialisation.uniform(rng, (4 * H, H), H, dtype),
        b_h=initialisation.uniform(rng, (4 * H,), H, dtype),
    )
    if forget_bias is not None:
        params.b_h[H : 2 * H] = forget_bias
    return params


def zero_state(params: Params, B: int) -> State:
    """The usual initial state, h_0 = c_0 = 0, for B sequences: two (B, H).

    >>> zero_state(init(np.random.default_rng(0), D=3, H=2), B=1)
    State(h=array([[0., 0.]]), c=array([[0., 0.]]))
    """
    shape = (B, params.W_hh.shape[1])
    return State(np.zeros(shape, params.W_hh.dtype), np.zeros(shape, params.W_hh.dtype))


def step(params: Params, x_t: Array, state: State) -> State:
    """One update of the state, from (h_{t−1}, c_{t−1}) to (h_t, c_t).

    Shapes: x_t (B, D), state two (B, H); returns a State of two (B, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter lstm.

    >>> params = init(np.random.default_rng(0), D=3, H=2)
    >>> step(params, np.ones((1, 3)), zero_state(params, B=1)).h.shape
    (1, 2)
    """
    H, D = _sizes(params)
    expect_floats("x_t", x_t, params.W_xh.dtype, B=None, D=D)
    _expect_state("state", state, params.W_xh.dtype, len(x_t), H)
    a = x_t @ params.W_xh.T + state.h @ params.W_hh.T + params.b_h
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)
    i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
    c = f * state.c + i * g
    return State(o * np.tanh(c), c)


def forward(
    params: Params, x: Array, state: State | None = None, mask: Array | None = None
) -> tuple[Array, Cache]:
    """All states of a sequence: the step, applied from t = 1 to T.

    Shapes: x (T, B, D), state two (B, H) or None for zeros, mask (T, B) or None; returns h (T, B, H), read-only because
    it is shared with the cache, and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter lstm.

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> h.shape, cache.cells.shape
    ((4, 1, 2), (5, 1, 2))
    """
    _expect_sequence(params, x, state, mask)
    T, B, _ = x.shape
    H = params.W_hh.shape[1]
    gates = at_every_place(params.W_xh, x) + params.b_h
    states, cells = np.empty((2, T + 1, B, H), x.dtype)
    states[0], cells[0] = zero_state(params, B) if state is None else state
    for t in range(T):
        gates[t] += states[t] @ params.W_hh.T
        for gate in (slice(0, 2 * H), slice(3 * H, 4 * H)):
            gates[t, :, gate] = sigmoid(gates[t, :, gate])
        np.tanh(gates[t, :, 2 * H : 3 * H], out=gates[t, :, 2 * H : 3 * H])
        i, f, g, o = np.split(gates[t], 4, axis=-1)
        cells[t + 1] = f * cells[t] + i * g
        states[t + 1] = o * np.tanh(cells[t + 1])
        if mask is not None:
            np.copyto(cells[t + 1], cells[t], where=~mask[t, :, np.newaxis])
            np.copyto(states[t + 1], states[t], where=~mask[t, :, np.newaxis])
    states.setflags(write=False)
    return states[1:], Cache(params, x, gates, states, cells, mask)


def last_state(cache: Cache) -> State:
    """The state after the last step, for the next piece of a stream or for a decoder: two (B, H).

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> bool((last_state(cache).h == h[-1]).all())
    True
    """
    return State(cache.states[-1], cache.cells[-1])


def backward(d_h: Array, cache: Cache, d_last: State | None = None) -> tuple[Array, State, Params]:
    """Back-propagation through time: from the gradient at every h_t to the gradients at inputs, start and weights.

    With δ_t and ε_t the whole gradients at h_t and c_t, from t = T down to 1:
    ε_t = d_c_t + δ_t ⊙ o_t ⊙ (1 − tanh²(c_t)),
    d_a_i = ε_t ⊙ g_t ⊙ i_t (1 − i_t),  d_a_f = ε_t ⊙ c_{t−1} ⊙ f_t (1 − f_t),
    d_a_g = ε_t ⊙ i_t ⊙ (1 − g_t²),  d_a_o = δ_t ⊙ tanh(c_t) ⊙ o_t (1 − o_t),
    d_c_{t−1} = ε_t ⊙ f_t,  δ_{t−1} = d_h_{t−1} + W_hhᵀ d_a_t,
    d_W_xh = Σ_t d_a_t x_tᵀ,  d_W_hh = Σ_t d_a_t h_{t−1}ᵀ,  d_b_h = Σ_t d_a_t,  d_x_t = W_xhᵀ d_a_t.
    At padding d_a_t = 0, and both gradients pass to t − 1 unchanged.

    Shapes: d_h (T, B, H), d_last two (B, H), which is added at (h_T, c_T), or None; returns d_x (T, B, D), d_state, grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape.
    Source: Hochreiter and Schmidhuber 1997; chapter lstm.

    >>> params = init(np.random.default_rng(0), D=3, H=2)
    >>> h, cache = forward(params, np.ones((4, 1, 3)))
    >>> d_x, d_state, grads = backward(np.ones_like(h), cache)
    >>> d_x.shape, d_state.c.shape, grads.W_hh.shape
    ((4, 1, 3), (1, 2), (8, 2))
    """
    params, x, gates, states, cells, mask = cache
    _expect_upstream(d_h, d_last, states)
    T, B, H = d_h.shape
    delta, d_c = (each.copy() for each in (zero_state(params, B) if d_last is None else d_last))
    d_a = np.empty_like(gates)
    tanh_c = np.tanh(cells[1:])
    for t in reversed(range(T)):
        i, f, g, o = np.split(gates[t], 4, axis=-1)
        delta += d_h[t]
        epsilon = d_c + delta * o * (1 - tanh_c[t] ** 2)
        d_a[t] = np.concatenate(
            [
                epsilon * g * i * (1 - i),
                epsilon * cells[t] * f * (1 - f),
                epsilon * i * (1 - g**2),
                delta * tanh_c[t] * o * (1 - o),
            ],
            axis=-1,
        )
        if mask is None:
            d_c = epsilon * f
            delta = d_a[t] @ params.W_hh
        else:
            real = mask[t, :, np.newaxis]
            d_a[t] *= real
            d_c = np.where(real, epsilon * f, d_c)
            delta = np.where(real, d_a[t] @ params.W_hh, delta)
    grads = Params(
        W_xh=flat(d_a).T @ flat(x), W_hh=flat(d_a).T @ flat(states[:-1]), b_h=flat(d_a).sum(axis=0)
    )
    return at_every_place(params.W_xh.T, d_a), State(delta, d_c), grads


def _sizes(params: Params) -> tuple[int, int]:
    expect_floats("W_hh", params.W_hh, H4=None, H=None)
    H, dtype = params.W_hh.shape[1], params.W_hh.dtype
    expect_floats("W_hh", params.W_hh, dtype, **{"4H": 4 * H, "H": H})
    expect_floats("W_xh", params.W_xh, dtype, **{"4H": 4 * H, "D": None})
    expect_floats("b_h", params.b_h, dtype, **{"4H": 4 * H})
    return H, params.W_xh.shape[1]


def _expect_state(name: str, state: State, dtype: DTypeLike, B: int, H: int) -> None:
    for field, value in zip(State._fields, state, strict=True):
        expect_floats(f"{name}.{field}", value, dtype, B=B, H=H)


def _expect_sequence(params: Params, x: Array, state: State | None, mask: Array | None) -> None:
    H, D = _sizes(params)
    expect_floats("x", x, params.W_xh.dtype, T=None, B=None, D=D)
    expect_no_nan("x", x)
    T, B, _ = x.shape
    if state is not None:
        _expect_state("state", state, x.dtype, B, H)
        expect_no_nan("state.h", state.h)
        expect_no_nan("state.c", state.c)
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)


def _expect_upstream(d_h: Array, d_last: State | None, states: Array) -> None:
    T, B, H = states[1:].shape
    expect_floats("d_h", d_h, states.dtype, T=T, B=B, H=H)
    if d_last is not None:
        _expect_state("d_last", d_last, states.dtype, B, H)
