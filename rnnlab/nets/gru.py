"""The gated recurrent unit: a reset gate decides what of the past a candidate sees, an update gate how much to keep.

r_t = σ(W_xr x_t + W_hr h_{t−1} + b_r)                      reset gate
z_t = σ(W_xz x_t + W_hz h_{t−1} + b_z)                      update gate
n_t = tanh(W_xn x_t + b_n + r_t ⊙ (W_hn h_{t−1} + b_hn))    candidate, with reset="after" (torch, cuDNN)
n_t = tanh(W_xn x_t + b_n + W_hn (r_t ⊙ h_{t−1}) + b_hn)    candidate, with reset="before" (Cho et al. 2014)
h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}                       with update="keep" (torch, Cho): z_t is the share kept
h_t = z_t ⊙ n_t + (1 − z_t) ⊙ h_{t−1}                       with update="replace" (Chung et al. 2014)

The rows of the gates are stacked in torch's order r, z, n. Sequences are time-first, (T, B, D). Where a mask (T, B) is
False the state is carried over. Source: Cho et al. 2014; chapter gru.

`step` reads as the equations. `forward` computes the same with one product for all inputs, one for all gates, and
σ(a) = (1 + tanh(a/2)) / 2. Since σ(−a) = 1 − σ(a), the update that replaces is the one that keeps, with the rows of its
gate negated: inside, z_t is always the share that is kept.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.door import expect_floats, expect_no_nan, expect_one_of, expect_sequence, expect_sizes
from rnnlab.nets.products import by_rows, chunks

Array = NDArray[Any]

RESETS = ("after", "before")
UPDATES = ("keep", "replace")


class Params(NamedTuple):
    """The weights, or their gradients, gates stacked as r, z, n: W_xh (3H, D), W_hh (3H, H), b_h (3H), b_hn (H).

    b_hn stands beside the product with W_hn, which the reset gate scales with reset="after".
    """

    W_xh: Array
    W_hh: Array
    b_h: Array
    b_hn: Array


class Gates(NamedTuple):
    """The gates and the candidate at every step: each (T, B, H)."""

    r: Array
    z: Array
    n: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`.

    `memory` (T + 1, 5H + D + 1, B) holds, for each t from 0 on and with a column for each sequence, the rows h_t, 1,
    x_{t+1}, and of the step that follows m, r, z, n. The row m is W_hn h_t + b_hn with reset="after", which the reset
    gate scales, and r ⊙ h_t with reset="before".
    """

    params: Params
    memory: Array
    mask: Array | None
    reset: str
    update: str

    @property
    def states(self) -> Array:
        """h_0 … h_T: (T + 1, B, H)."""
        return _Rows.of(self.params, self.memory).h.swapaxes(1, 2)

    @property
    def gates(self) -> Gates:
        """The gates of steps 1 … T. At padding the update gate keeps all."""
        rows = _Rows.of(self.params, self.memory[:-1])
        r, z, n = (gate.swapaxes(1, 2) for gate in (rows.r, rows.z, rows.n))
        return Gates(r, z if self.update == "keep" else 1 - z, n)


class _Rows(NamedTuple):
    """The rows of `Cache.memory` by name: each (T + 1, rows, B)."""

    h: Array
    one: Array
    x: Array
    h_one: Array
    one_x: Array
    m: Array
    r: Array
    z: Array
    n: Array
    mrz: Array
    rz: Array

    @classmethod
    def of(cls, params: Params, memory: Array) -> _Rows:
        H, D = params.W_hh.shape[1], params.W_xh.shape[1]
        N = H + 1 + D
        m, r, z, n = (memory[:, N + k * H : N + (k + 1) * H] for k in range(4))
        return cls(
            h=memory[:, :H],
            one=memory[:, H : H + 1],
            x=memory[:, H + 1 : N],
            h_one=memory[:, : H + 1],
            one_x=memory[:, H:N],
            m=m,
            r=r,
            z=z,
            n=n,
            mrz=memory[:, N : N + 3 * H],
            rz=memory[:, N + H : N + 3 * H],
        )


class _Matrices(NamedTuple):
    """The weights as they are multiplied: `of_h` (3H, H + 1) and `of_x` (3H, 1 + D), their biases in the column of the 1.

    The rows of `of_h` stand in the order n, r, z, those of `of_x` in the order r, z, n.
    """

    of_h: Array
    of_x: Array

    @classmethod
    def of(cls, params: Params, update: str) -> _Matrices:
        W_xh, W_hh, b_h, b_hn = params
        H = len(b_hn)
        biases = np.concatenate([b_hn, b_h[: 2 * H]])[:, np.newaxis]
        of_h = np.concatenate([np.concatenate([W_hh[2 * H :], W_hh[: 2 * H]]), biases], axis=1)
        b_n = np.concatenate([np.zeros_like(b_h[: 2 * H]), b_h[2 * H :]])[:, np.newaxis]
        of_x = np.concatenate([b_n, W_xh], axis=1)
        matrices = cls(of_h, of_x)
        return matrices.negated() if update == "replace" else matrices

    def negated(self) -> _Matrices:
        """The same with the rows of the update gate negated, or back."""
        H = len(self.of_h) // 3
        of_h, of_x = self.of_h.copy(), self.of_x.copy()
        of_h[2 * H :] *= -1
        of_x[H : 2 * H] *= -1
        return _Matrices(of_h, of_x)

    def parted(self, update: str) -> Params:
        """Back to the parameters: the inverse of `of`."""
        of_h, of_x = self.negated() if update == "replace" else self
        H = len(of_h) // 3
        W_hh = np.concatenate([of_h[H:, :H], of_h[:H, :H]])
        b_h = np.concatenate([of_h[H:, H], of_x[2 * H :, 0]])
        return Params(of_x[:, 1:], W_hh, b_h, of_h[:H, H])


def init(
    rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, update_bias: float | None = None
) -> Params:
    """Starting weights: everything uniform in ±1/√H as in torch, and the bias of the update gate as given.

    Raises: ValueError for a size below 1. Source: torch.nn.GRU; chapter gru.

    >>> [weight.shape for weight in init(np.random.default_rng(0), D=3, H=2)]
    [(6, 3), (6, 2), (6,), (2,)]
    """
    expect_sizes(D=D, H=H)
    params = Params(
        W_xh=initialisation.uniform(rng, (3 * H, D), H, dtype),
        W_hh=initialisation.uniform(rng, (3 * H, H), H, dtype),
        b_h=initialisation.uniform(rng, (3 * H,), H, dtype),
        b_hn=initialisation.uniform(rng, (H,), H, dtype),
    )
    if update_bias is not None:
        params.b_h[H : 2 * H] = update_bias
    return params


def zero_state(params: Params, B: int) -> Array:
    """The usual initial state, h_0 = 0, for B sequences: (B, H).

    >>> zero_state(init(np.random.default_rng(0), D=3, H=2), B=1)
    array([[0., 0.]])
    """
    return np.zeros((B, params.W_hh.shape[1]), params.W_hh.dtype)


def step(params: Params, x_t: Array, h_prev: Array, reset: str = "after", update: str = "keep") -> Array:
    """One update of the state, from h_{t−1} to h_t.

    Shapes: x_t (B, D), h_prev (B, H); returns h_t (B, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, reset or update. Source: chapter gru.

    >>> params = init(np.random.default_rng(0), D=3, H=2)
    >>> step(params, np.ones((1, 3)), zero_state(params, B=1)).shape
    (1, 2)
    """
    H, D = _sizes(params)
    expect_floats("x_t", x_t, params.W_xh.dtype, B=None, D=D)
    expect_floats("h_prev", h_prev, params.W_xh.dtype, B=len(x_t), H=H)
    _expect_conventions(reset, update)
    from_input = x_t @ params.W_xh.T + params.b_h
    W_hg, W_hn = params.W_hh[: 2 * H], params.W_hh[2 * H :]
    r, z = np.split(sigmoid(from_input[:, : 2 * H] + h_prev @ W_hg.T), 2, axis=-1)
    if reset == "after":
        recalled = r * (h_prev @ W_hn.T + params.b_hn)
    else:
        recalled = (r * h_prev) @ W_hn.T + params.b_hn
    n = np.tanh(from_input[:, 2 * H :] + recalled)
    return (1 - z) * n + z * h_prev if update == "keep" else z * n + (1 - z) * h_prev


def forward(
    params: Params,
    x: Array,
    state: Array | None = None,
    mask: Array | None = None,
    reset: str = "after",
    update: str = "keep",
) -> tuple[Array, Cache]:
    """All states of a sequence: the step, applied from t = 1 to T.

    Shapes: x (T, B, D), state (B, H) or None for zeros, mask (T, B) or None; returns h (T, B, H), read-only because it
    is shared with the cache, and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, reset or update. Source: chapter gru.

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> h.shape, cache.gates.shape
    ((4, 1, 2), (4, 1, 6))
    """
    H, D = _sizes(params)
    expect_sequence(x, mask, D, params.W_xh.dtype)
    T, B, _ = x.shape
    _expect_state("state", state, x.dtype, B, H)
    _expect_conventions(reset, update)
    memory = np.empty((T + 1, 5 * H + D + 1, B), x.dtype)
    rows = _Rows.of(params, memory)
    rows.h[0] = 0 if state is None else state.T
    rows.x[:T], rows.one[:] = x.swapaxes(1, 2), 1
    matrices = _Matrices.of(params, update)
    for steps in chunks(T, 3 * H * B * x.itemsize):
        _run(rows, steps, matrices, None if mask is None else ~mask[steps], reset)
    memory.setflags(write=False)
    cache = Cache(params, memory, mask, reset, update)
    return cache.states[1:], cache


def _run(rows: _Rows, steps: slice, matrices: _Matrices, padding: Array | None, reset: str) -> None:
    """The loop of `forward` over some steps: fills the rows m, r, z, n of these steps and the h after each."""
    H = rows.h.shape[1]
    half = np.array(0.5, matrices.of_h.dtype)  # NumPy multiplies by an array sooner than by a Python number
    W_h, W_x = matrices.of_h.copy(), matrices.of_x.copy()
    W_h[H:] *= half
    W_x[: 2 * H] *= half
    from_input = np.matmul(W_x, rows.one_x[steps])
    kept = np.empty_like(rows.h[0])
    for h_one, mrz, rz, m, r, z, n, input_rz, input_n, h_prev, h, pad in zip(
        rows.h_one[steps], rows.mrz[steps], rows.rz[steps], rows.m[steps], rows.r[steps], rows.z[steps], rows.n[steps],
        from_input[:, : 2 * H], from_input[:, 2 * H :], rows.h[steps], rows.h[1:][steps],
        repeat(None) if padding is None else padding, strict=False,
    ):  # fmt: skip
        np.dot(W_h, h_one, out=mrz)
        np.add(rz, input_rz, out=rz)
        np.tanh(rz, out=rz)
        np.multiply(rz, half, out=rz)
        np.add(rz, half, out=rz)
        if reset == "after":
            np.multiply(r, m, out=n)
        else:
            np.multiply(r, h_prev, out=m)
            np.dot(W_h[:H, :H], m, out=kept)
            np.add(kept, matrices.of_h[:H, H:], out=n)
        np.add(n, input_n, out=n)
        np.tanh(n, out=n)
        if pad is not None:
            np.copyto(z, 1, where=pad)
        np.subtract(h_prev, n, out=kept)
        np.multiply(kept, z, out=kept)
        np.add(n, kept, out=h)  # n + z ⊙ (h_{t−1} − n)
        if pad is not None:
            np.copyto(h, h_prev, where=pad)


def last_state(cache: Cache) -> Array:
    """The state after the last step, for the next piece of a stream or for a decoder: (B, H).

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> bool((last_state(cache) == h[-1]).all())
    True
    """
    return cache.states[-1]


def backward(d_h: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, Params]:
    """Back-propagation through time: from the gradient at every state to the gradients at inputs, start and weights.

    With δ_t the whole gradient at h_t and z_t the share that is kept, from t = T down to 1:
    d_a_n = δ_t ⊙ (1 − z_t) ⊙ (1 − n_t²),  d_a_z = δ_t ⊙ (h_{t−1} − n_t) ⊙ z_t (1 − z_t);
    with reset="after" and m_t = W_hn h_{t−1} + b_hn:
    d_a_r = d_a_n ⊙ m_t ⊙ r_t (1 − r_t),  d_m_t = d_a_n ⊙ r_t,
    δ_{t−1} = d_h_{t−1} + δ_t ⊙ z_t + W_hrᵀ d_a_r + W_hzᵀ d_a_z + W_hnᵀ d_m_t;
    with reset="before" and k_t = W_hnᵀ d_a_n:
    d_a_r = k_t ⊙ h_{t−1} ⊙ r_t (1 − r_t),
    δ_{t−1} = d_h_{t−1} + δ_t ⊙ z_t + W_hrᵀ d_a_r + W_hzᵀ d_a_z + k_t ⊙ r_t.
    At padding z_t = 1: then d_a_t = 0, and δ_t passes to h_{t−1} unchanged.

    Shapes: d_h (T, B, H), d_last (B, H), which is added at h_T, or None; returns d_x (T, B, D), d_h_0 (B, H), grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter gru.

    >>> params = init(np.random.default_rng(0), D=3, H=2)
    >>> h, cache = forward(params, np.ones((4, 1, 3)))
    >>> d_x, d_h_0, grads = backward(np.ones_like(h), cache)
    >>> d_x.shape, d_h_0.shape, grads.b_hn.shape
    ((4, 1, 3), (1, 2), (2,))
    """
    params, memory, _, reset, update = cache
    rows = _Rows.of(params, memory)
    T, (H, D), B = len(memory) - 1, _sizes(params), memory.shape[-1]
    expect_floats("d_h", d_h, memory.dtype, T=T, B=B, H=H)
    _expect_state("d_last", d_last, memory.dtype, B, H)
    matrices = _Matrices.of(params, update)
    d_of_h, d_of_x = map(np.zeros_like, matrices)
    d_x = np.empty((T, B, D), memory.dtype)
    delta = (zero_state(params, B) if d_last is None else d_last).T.copy()
    for steps in reversed(chunks(T, 4 * H * B * memory.itemsize)):
        d_a = _through_time(d_h[steps], delta, rows, steps, matrices, reset)
        d_mrz, d_rzn = by_rows(d_a[:, : 3 * H]), by_rows(d_a[:, H:])
        d_of_h[H:] += d_mrz[H:] @ by_rows(rows.h_one[steps]).T
        d_of_x += d_rzn @ by_rows(rows.one_x[steps]).T
        seen = rows.h if reset == "after" else rows.m
        d_of_h[:H, :H] += d_mrz[:H] @ by_rows(seen[steps]).T
        d_of_h[:H, H] += d_mrz[:H].sum(axis=1)
        d_x[steps] = (d_rzn.T @ matrices.of_x[:, 1:]).reshape(-1, B, D)
    return d_x, delta.T, _Matrices(d_of_h, d_of_x).parted(update)


def _through_time(
    d_h: Array, delta: Array, rows: _Rows, steps: slice, matrices: _Matrices, reset: str
) -> Array:
    """The loop of `backward` over some steps: the gradients at m, a_r, a_z, a_n, (n, 4H, B).

    `delta` (H, B) holds the gradient at the last state, and then that at the state before the first step.
    """
    d_a = _slopes(rows, steps, reset)
    n, H, B = len(d_a), *delta.shape
    d_a = d_a.reshape(n, 4 * H, B)
    d_mr, d_zn, d_n = (
        d_a[:, : 2 * H].reshape(n, 2, H, B),
        d_a[:, 2 * H :].reshape(n, 2, H, B),
        d_a[:, 3 * H :],
    )
    W_hh = matrices.of_h[:, :H]
    from_gates = np.empty_like(delta)
    d_h = d_h.swapaxes(1, 2).copy()
    for d_h_t, d_a_t, d_mr_t, d_zn_t, d_n_t, z, r in zip(
        d_h[::-1], d_a[::-1], d_mr[::-1], d_zn[::-1], d_n[::-1], rows.z[steps][::-1], rows.r[steps][::-1], strict=True
    ):  # fmt: skip
        np.add(delta, d_h_t, out=delta)
        np.multiply(d_zn_t, delta, out=d_zn_t)
        np.multiply(delta, z, out=delta)
        if reset == "after":
            np.multiply(d_mr_t, d_n_t, out=d_mr_t)
            np.dot(W_hh.T, d_a_t[: 3 * H], out=from_gates)
        else:
            np.dot(W_hh[:H].T, d_n_t, out=from_gates)  # k_t
            d_mr_t[0] = d_n_t
            np.multiply(d_mr_t[1], from_gates, out=d_mr_t[1])
            np.multiply(from_gates, r, out=from_gates)
            np.add(delta, from_gates, out=delta)
            np.dot(W_hh[H:].T, d_a_t[H : 3 * H], out=from_gates)
        np.add(delta, from_gates, out=delta)
    return d_a


def _slopes(rows: _Rows, steps: slice, reset: str) -> Array:
    """All factors of the backward pass that wait for no gradient: (n, 4, H, B) for m, r, z, n.

    Those of m and r are to be multiplied by d_a_n (the one of r by k_t with reset="before"), those of z and n by δ_t.
    """
    m, r, z, candidate, h_prev = (each[steps] for each in (rows.m, rows.r, rows.z, rows.n, rows.h))
    slopes = np.empty((len(m), 4, *m.shape[1:]), m.dtype)
    of_m, of_r, of_z, of_n = (slopes[:, gate] for gate in range(4))
    of_m[:] = r
    np.multiply(r, r, out=of_r)
    np.subtract(r, of_r, out=of_r)
    of_r *= m if reset == "after" else h_prev
    replaced = 1 - z
    np.multiply(candidate, candidate, out=of_n)
    np.subtract(1, of_n, out=of_n)
    of_n *= replaced
    np.subtract(h_prev, candidate, out=of_z)
    of_z *= z
    of_z *= replaced
    return slopes


def _sizes(params: Params) -> tuple[int, int]:
    expect_floats("b_hn", params.b_hn, H=None)
    H, dtype = len(params.b_hn), params.b_hn.dtype
    expect_floats("W_xh", params.W_xh, dtype, **{"3H": 3 * H, "D": None})
    expect_floats("W_hh", params.W_hh, dtype, **{"3H": 3 * H, "H": H})
    expect_floats("b_h", params.b_h, dtype, **{"3H": 3 * H})
    return H, params.W_xh.shape[1]


def _expect_conventions(reset: str, update: str) -> None:
    expect_one_of("reset", reset, RESETS)
    expect_one_of("update", update, UPDATES)


def _expect_state(name: str, state: Array | None, dtype: DTypeLike, B: int, H: int) -> None:
    if state is not None:
        expect_floats(name, state, dtype, B=B, H=H)
        expect_no_nan(name, state)
