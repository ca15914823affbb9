"""Long short-term memory: a cell state c_t that gates protect, and a state h_t that the rest of the network sees.

i_t = σ(W_xi x_t + W_hi h_{t−1} + b_i)      what to write (input gate)
f_t = σ(W_xf x_t + W_hf h_{t−1} + b_f)      what to keep (forget gate)
g_t = tanh(W_xg x_t + W_hg h_{t−1} + b_g)   the candidate
o_t = σ(W_xo x_t + W_ho h_{t−1} + b_o)      what to show (output gate)
c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t
h_t = o_t ⊙ tanh(c_t)

The rows of the four gates are stacked in torch's order i, f, g, o. Sequences are time-first, (T, B, D). Where a mask
(T, B) is False the state is carried over. Source: Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000
for the forget gate; chapter lstm.

`step` reads as the equations. `forward` computes the same with one matrix product a step, W [h_{t−1}; x_t; 1], and one
tanh for all gates, as σ(a) = (1 + tanh(a/2)) / 2.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.blocks import block
from rnnlab.nets.door import expect_floats, expect_no_nan, expect_record, expect_sequence, expect_sizes
from rnnlab.nets.lstm_memory import Rows
from rnnlab.nets.products import by_rows, chunks

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


class Gates(NamedTuple):
    """The four gates at every step: each (T, B, H)."""

    i: Array
    f: Array
    g: Array
    o: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`.

    `memory` (T + 1, 6H + D + 1, B) holds, for each t from 0 on and with a column for each sequence, the rows
    h_t, x_{t+1}, 1 (what the next step reads), the gates i, f, o, g of that step, and c_t.
    """

    params: Params
    memory: Array
    mask: Array | None

    @property
    def states(self) -> Array:
        """h_0 … h_T: (T + 1, B, H)."""
        return self.memory[:, : self.params.W_hh.shape[1]].swapaxes(1, 2)

    @property
    def cells(self) -> Array:
        """c_0 … c_T: (T + 1, B, H)."""
        return self.memory[:, -self.params.W_hh.shape[1] :].swapaxes(1, 2)

    @property
    def gates(self) -> Gates:
        """The gates of steps 1 … T. At padding i = o = 0 and f = 1: nothing is written, all is kept."""
        rows = Rows.of(self.memory[:-1], self.params.W_hh.shape[1])
        return Gates(*(gate.swapaxes(1, 2) for gate in (rows.i, rows.f, rows.g, rows.o)))


def init(
    rng: Generator,
    D: int,
    H: int,
    dtype: DTypeLike = np.float64,
    forget_bias: float | None = None,
    chrono: int | None = None,
) -> Params:
    """Starting weights: everything uniform in ±1/√H as in torch, and the gates' biases as asked.

    With torch's start a forget gate stands near σ(0) = 1/2, with `forget_bias` 4 near 0.98. `chrono`, the longest lag
    to remember in steps, spreads the forget gates over all time scales up to it, and sets b_i = −b_f.

    Raises: ValueError for a size below 1, or both biases. Source: torch.nn.LSTM; Jozefowicz, Zaremba and Sutskever 2015
    for the forget bias; Tallec and Ollivier 2018 for chrono.

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
    b_i, b_f, _, _ = params.b_h.reshape(4, H)
    if forget_bias is not None and chrono is not None:
        raise ValueError("forget_bias and chrono set the same biases: give one of them, not both.")
    if forget_bias is not None:
        b_f[:] = forget_bias
    if chrono is not None:
        b_f[:] = initialisation.chrono(rng, H, chrono, dtype)
        b_i[:] = -b_f
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
    params: Params,
    x: Array,
    state: State | None = None,
    mask: Array | None = None,
    reuse: Cache | None = None,
) -> tuple[Array, Cache]:
    """All states of a sequence: the step, applied from t = 1 to T.

    Shapes: x (T, B, D), state two (B, H) or None for zeros, mask (T, B) or None; returns h (T, B, H), read-only because
    it is shared with the cache, and the cache for `backward`. A training loop may give the cache of an earlier step as
    `reuse`: its memory, and the h that came with it, are written over where the sizes are the same.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter lstm.

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> h.shape, cache.cells.shape
    ((4, 1, 2), (5, 1, 2))
    """
    H, D = _sizes(params)
    expect_sequence(x, mask, D, params.W_xh.dtype)
    T, B, _ = x.shape
    _expect_state("state", state, x.dtype, B, H)
    if reuse is not None:
        expect_record("reuse", reuse, Cache, "lstm.forward")
    # One block of memory: on small networks, fresh pages for many arrays would cost more than the arithmetic.
    memory = block((T + 1, 6 * H + D + 1, B), x.dtype, reuse and reuse.memory)
    rows = Rows.of(memory, H)
    rows.h[0], rows.c[0] = (0, 0) if state is None else (state.h.T, state.c.T)
    rows.x[:T], rows.one[:] = x.swapaxes(1, 2), 1
    _run(rows, _one_matrix(params), None if mask is None else ~mask)
    memory.setflags(write=False)
    cache = Cache(params, memory, mask)
    return cache.states[1:], cache


def _one_matrix(params: Params) -> Array:
    """[W_hh, W_xh, b_h], its gates in the order i, f, o, g, and the rows of the sigmoids halved: (4H, H + D + 1)."""
    W = np.concatenate([params.W_hh, params.W_xh, params.b_h[:, np.newaxis]], axis=1)
    H = len(W) // 4
    return np.concatenate([0.5 * W[: 2 * H], 0.5 * W[3 * H :], W[2 * H : 3 * H]])


def _run(rows: Rows, W: Array, padding: Array | None) -> None:
    """The loop of `forward`: fills the gates of each step, and the c and h after it."""
    H, B = rows.c[0].shape
    one_sequence = B == 1
    if one_sequence:  # a matrix times one column waits for memory: read W_xh once, and not at every step
        np.matmul(rows.x_and_one[:-1, :, 0], W[:, H:].T, out=rows.a[:-1, :, 0])
        W_h, from_h = np.ascontiguousarray(W[:, :H]), np.empty((4 * H, 1), W.dtype)
    half = np.array(0.5, W.dtype)  # NumPy multiplies by an array sooner than by a Python number
    written_and_kept = np.empty((2 * H, B), W.dtype)
    written, kept = written_and_kept[:H], written_and_kept[H:]
    closed = np.repeat(np.array([0, 1, 0], W.dtype), H)[:, np.newaxis]
    for seen, a, sigmoids, gates, candidate_and_cell, o, c, h_prev, h, pad in zip(
        rows.seen, rows.a, rows.sigmoids, rows.write_and_keep, rows.candidate_and_cell, rows.o,
        rows.c[1:], rows.h, rows.h[1:], repeat(None) if padding is None else padding, strict=False,
    ):  # fmt: skip
        if one_sequence:
            np.dot(W_h, h_prev, out=from_h)
            np.add(a, from_h, out=a)
        else:
            np.dot(W, seen, out=a)
        np.tanh(a, out=a)
        np.multiply(sigmoids, half, out=sigmoids)
        np.add(sigmoids, half, out=sigmoids)
        if pad is not None:
            np.copyto(sigmoids, closed, where=pad)
        np.multiply(gates, candidate_and_cell, out=written_and_kept)  # (i ⊙ g, f ⊙ c_{t−1})
        np.add(written, kept, out=c)
        np.tanh(c, out=h)
        np.multiply(h, o, out=h)
        if pad is not None:
            np.copyto(h, h_prev, where=pad)


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

    Shapes: d_h (T, B, H), d_last two (B, H), which is added at (h_T, c_T), or None; returns d_x (T, B, D), d_state
    with two (B, H), and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape.
    Source: Hochreiter and Schmidhuber 1997; chapter lstm.

    >>> params = init(np.random.default_rng(0), D=3, H=2)
    >>> h, cache = forward(params, np.ones((4, 1, 3)))
    >>> d_x, d_state, grads = backward(np.ones_like(h), cache)
    >>> d_x.shape, d_state.c.shape, grads.W_hh.shape
    ((4, 1, 3), (1, 2), (8, 2))
    """
    params, memory, mask = cache
    (_, H), D = params.W_hh.shape, params.W_xh.shape[1]
    rows = Rows.of(memory, H)
    T, B = len(memory) - 1, memory.shape[2]
    expect_floats("d_h", d_h, memory.dtype, T=T, B=B, H=H)
    _expect_state("d_last", d_last, memory.dtype, B, H)
    d_W, d_b_h = np.zeros((4 * H, H + D), memory.dtype), np.zeros(4 * H, memory.dtype)
    d_x = np.empty((T, B, D), memory.dtype)
    d_state = State(np.zeros((H, B), memory.dtype), np.zeros((H, B), memory.dtype))
    if d_last is not None:
        d_state.h[:], d_state.c[:] = d_last.h.T, d_last.c.T
    W_hhT = np.ascontiguousarray(params.W_hh.T)
    stretches = chunks(T, 4 * H * B * memory.itemsize)
    workspace = [np.empty((stretches[0].stop, each, B), memory.dtype) for each in (4 * H, H, H)]
    for steps in reversed(stretches):
        padding = None if mask is None else ~mask[steps]
        d_a = by_rows(_through_time(d_h[steps], d_state, rows, steps, W_hhT, padding, workspace))
        d_W += d_a @ by_rows(rows.h_and_x[steps]).T
        d_b_h += d_a.sum(axis=1)
        d_x[steps] = (d_a.T @ params.W_xh).reshape(-1, B, D)
    grads = Params(W_xh=d_W[:, H:], W_hh=d_W[:, :H], b_h=d_b_h)
    return d_x, State(d_state.h.T, d_state.c.T), grads


def _through_time(
    d_h: Array,
    d_state: State,
    rows: Rows,
    steps: slice,
    W_hhT: Array,
    padding: Array | None,
    workspace: list[Array],
) -> Array:
    """The loop of `backward` over n steps: d_a (n, 4H, B).

    `d_state` holds the gradients at the last state, (H, B) each, and then those at the state before the first step.
    """
    n, (H, B) = len(d_h), d_state.h.shape
    d_a, slope_of_c, whole_d_h = (each[:n] for each in workspace)
    slopes = d_a.reshape(n, 4, H, B, copy=False)
    _fill_slopes(slopes, slope_of_c, rows, steps)
    whole_d_h[:] = d_h.swapaxes(1, 2)
    delta, d_c = d_state
    epsilon = np.empty_like(d_c)
    for delta_t, to_c, d_ifg, d_o, f, d_a_t, pad in zip(
        whole_d_h[::-1], slope_of_c[::-1], slopes[::-1, :3], slopes[::-1, 3], rows.f[steps][::-1], d_a[::-1],
        repeat(None) if padding is None else padding[::-1], strict=False,
    ):  # fmt: skip
        np.add(delta_t, delta, out=delta_t)
        np.multiply(delta_t, to_c, out=epsilon)
        np.add(epsilon, d_c, out=epsilon)
        np.multiply(d_ifg, epsilon, out=d_ifg)
        np.multiply(d_o, delta_t, out=d_o)
        np.multiply(epsilon, f, out=d_c)
        np.dot(W_hhT, d_a_t, out=delta)
        if pad is not None:
            np.copyto(delta, delta_t, where=pad)
    return d_a


def _fill_slopes(slopes: Array, slope_of_c: Array, rows: Rows, steps: slice) -> None:
    """All factors of the backward pass that wait for no gradient: d_a for ε_t = δ_t = 1, and ∂h_t/∂c_t.

    Shapes: (n, 4, H, B) and (n, H, B). At padding both are zero, as its gates are closed.
    """
    i, f, o, g = (gate[steps] for gate in (rows.i, rows.f, rows.o, rows.g))
    of_i, of_f, of_g, of_o = slopes.swapaxes(0, 1)
    tanh_c = np.tanh(rows.c[1:][steps], out=slope_of_c)
    product = of_f  # until its own turn
    for gate, tangent, of_gate, of_tangent in ((i, g, of_i, of_g), (o, tanh_c, of_o, slope_of_c)):
        np.multiply(gate, tangent, out=product)
        np.multiply(product, gate, out=of_gate)
        np.subtract(product, of_gate, out=of_gate)  # σ′ ⊙ tangent = gate (1 − gate) ⊙ tangent
        np.multiply(product, tangent, out=of_tangent)
        np.subtract(gate, of_tangent, out=of_tangent)  # gate ⊙ tanh′ = gate ⊙ (1 − tangent²)
    forgotten = np.multiply(f, rows.c[steps], out=of_f)
    np.subtract(forgotten, forgotten * f, out=of_f)  # σ′ ⊙ c_{t−1}


def _sizes(params: Params) -> tuple[int, int]:
    expect_floats("b_h", params.b_h, **{"4H": None})
    H, dtype = len(params.b_h) // 4, params.b_h.dtype
    expect_floats("W_hh", params.W_hh, dtype, **{"4H": 4 * H, "H": H})
    expect_floats("W_xh", params.W_xh, dtype, **{"4H": len(params.b_h), "D": None})
    return H, params.W_xh.shape[1]


def _expect_state(name: str, state: State | None, dtype: DTypeLike, B: int, H: int) -> None:
    if state is None:
        return
    expect_record(name, state, State, "State(h, c)")
    for field, value in zip(State._fields, state, strict=True):
        expect_floats(f"{name}.{field}", value, dtype, B=B, H=H)
        expect_no_nan(f"{name}.{field}", value)
