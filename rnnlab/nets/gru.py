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
from rnnlab.nets.blocks import block
from rnnlab.nets.door import (
    expect_floats,
    expect_one_of,
    expect_record,
    expect_sequence,
    expect_sizes,
    expect_state,
)
from rnnlab.nets.gru_memory import Matrices, Rows
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
        return self.memory[:, : len(self.params.b_hn)].swapaxes(1, 2)

    @property
    def gates(self) -> Gates:
        """The gates of steps 1 … T. At padding the update gate keeps all."""
        rows = Rows.of(self.memory[:-1], len(self.params.b_hn))
        r, z, n = (gate.swapaxes(1, 2) for gate in (rows.r, rows.z, rows.n))
        return Gates(r, z if self.update == "keep" else 1 - z, n)


def init(
    rng: Generator,
    D: int,
    H: int,
    dtype: DTypeLike = np.float64,
    update_bias: float | None = None,
    chrono: int | None = None,
) -> Params:
    """Starting weights: everything uniform in ±1/√H as in torch, and the update gate's bias as asked.

    `chrono`, the longest lag to remember in steps, spreads the update gates over all time scales up to it. Both are for
    update="keep"; with "replace" the gate wants the opposite sign.

    Raises: ValueError for a size below 1, or both biases. Source: torch.nn.GRU; Tallec and Ollivier 2018 for chrono.

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
    b_z = params.b_h[H : 2 * H]
    if update_bias is not None and chrono is not None:
        raise ValueError("update_bias and chrono set the same biases: give one of them, not both.")
    if update_bias is not None:
        b_z[:] = update_bias
    if chrono is not None:
        b_z[:] = initialisation.chrono(rng, H, chrono, dtype)
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
    after = r * (h_prev @ W_hn.T + params.b_hn) if reset == "after" else (r * h_prev) @ W_hn.T + params.b_hn
    n = np.tanh(from_input[:, 2 * H :] + after)
    return (1 - z) * n + z * h_prev if update == "keep" else z * n + (1 - z) * h_prev


def forward(
    params: Params,
    x: Array,
    state: Array | None = None,
    mask: Array | None = None,
    reset: str = "after",
    update: str = "keep",
    reuse: Cache | None = None,
) -> tuple[Array, Cache]:
    """All states of a sequence: the step, applied from t = 1 to T.

    Shapes: x (T, B, D), state (B, H) or None for zeros, mask (T, B) or None; returns h (T, B, H), read-only because it
    is shared with the cache, and the cache for `backward`. A training loop may give the cache of an earlier step as
    `reuse`: its memory, and the h that came with it, are written over where the sizes are the same.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, reset or update. Source: chapter gru.

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> h.shape, cache.gates.z.shape
    ((4, 1, 2), (4, 1, 2))
    """
    H, D = _sizes(params)
    expect_sequence(x, mask, D, params.W_xh.dtype)
    T, B, _ = x.shape
    expect_state("state", state, x.dtype, B, H)
    _expect_conventions(reset, update)
    if reuse is not None:
        expect_record("reuse", reuse, Cache, "gru.forward")
    # One block of memory: on small networks, fresh pages for many arrays would cost more than the arithmetic.
    memory = block((T + 1, 5 * H + D + 1, B), x.dtype, reuse and reuse.memory)
    rows = Rows.of(memory, H)
    rows.h[0] = 0 if state is None else state.T
    rows.x[:T], rows.one[:] = x.swapaxes(1, 2), 1
    weights = Matrices.of(*_keeping(params, update)).halved()
    for steps in chunks(T, 3 * H * B * x.itemsize):
        _run(rows, steps, weights, None if mask is None else ~mask[steps], reset)
    memory.setflags(write=False)
    cache = Cache(params, memory, mask, reset, update)
    return cache.states[1:], cache


def _run(rows: Rows, steps: slice, weights: Matrices, padding: Array | None, reset: str) -> None:
    """The loop of `forward` over some steps: fills the rows m, r, z, n of these steps and the h after each."""
    W_h, W_x = weights
    H = rows.h.shape[1]
    W_hn, b_hn = W_h[:H, :H], W_h[:H, H:]
    half = np.array(0.5, W_h.dtype)  # NumPy multiplies by an array sooner than by a Python number
    from_x = np.matmul(W_x, rows.one_x[steps])
    kept = np.empty(rows.h[0].shape, W_h.dtype)
    for h_one, mrz, rz, m, r, z, n, rz_from_x, n_from_x, h_prev, h, pad in zip(
        rows.h_one[steps], rows.mrz[steps], rows.rz[steps], rows.m[steps], rows.r[steps], rows.z[steps], rows.n[steps],
        from_x[:, : 2 * H], from_x[:, 2 * H :], rows.h[steps], rows.h[1:][steps],
        repeat(None) if padding is None else padding, strict=False,
    ):  # fmt: skip
        np.dot(W_h, h_one, out=mrz)
        np.add(rz, rz_from_x, out=rz)
        np.tanh(rz, out=rz)
        np.multiply(rz, half, out=rz)
        np.add(rz, half, out=rz)
        if reset == "after":
            np.multiply(r, m, out=n)
        else:
            np.multiply(r, h_prev, out=m)
            np.add(np.dot(W_hn, m, out=kept), b_hn, out=n)
        np.add(n, n_from_x, out=n)
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
    H, D = len(params.b_hn), params.W_xh.shape[1]
    rows = Rows.of(memory, H)
    T, B = len(memory) - 1, memory.shape[2]
    expect_floats("d_h", d_h, memory.dtype, T=T, B=B, H=H)
    expect_state("d_last", d_last, memory.dtype, B, H)
    weights = Matrices.of(*_keeping(params, update))
    W_hT, W_x = np.ascontiguousarray(weights.of_h[:, :H].T), weights.of_x[:, 1:]
    gradients = Matrices(*map(np.zeros_like, weights))
    d_x = np.empty((T, B, D), memory.dtype)
    delta = np.zeros((H, B), memory.dtype)
    if d_last is not None:
        delta[:] = d_last.T
    stretches = chunks(T, 4 * H * B * memory.itemsize)
    workspace = [np.empty((stretches[0].stop, rows_each, B), memory.dtype) for rows_each in (4 * H, H)]
    for steps in reversed(stretches):
        d_a = by_rows(_through_time(d_h[steps], delta, rows, steps, W_hT, reset, workspace))
        _add_gradients(gradients, d_a, rows, steps, reset)
        d_x[steps] = (d_a[H:].T @ W_x).reshape(-1, B, D)
    return d_x, delta.T, _keeping(Params(*gradients.parted()), update)


def _through_time(
    d_h: Array, delta: Array, rows: Rows, steps: slice, W_hT: Array, reset: str, workspace: list[Array]
) -> Array:
    """The loop of `backward` over n steps: the gradients at m, a_r, a_z, a_n, (n, 4H, B).

    `delta` (H, B) holds the gradient at the last state, and then that at the state before the first step.
    """
    n, (H, B) = len(d_h), delta.shape
    d_a, whole_d_h = (each[:n] for each in workspace)
    slopes = d_a.reshape(n, 4, H, B, copy=False)
    _fill_slopes(slopes, rows, steps, reset)
    whole_d_h[:] = d_h.swapaxes(1, 2)
    from_gates = np.empty_like(delta)
    for d_h_t, d_mrz, d_rz, d_mr, d_r, d_zn, d_n, z, r in zip(
        whole_d_h[::-1], d_a[::-1, : 3 * H], d_a[::-1, H : 3 * H], slopes[::-1, :2], slopes[::-1, 1], slopes[::-1, 2:],
        slopes[::-1, 3], rows.z[steps][::-1], rows.r[steps][::-1], strict=True,
    ):  # fmt: skip
        np.add(delta, d_h_t, out=delta)
        np.multiply(d_zn, delta, out=d_zn)
        np.multiply(delta, z, out=delta)
        if reset == "after":
            np.multiply(d_mr, d_n, out=d_mr)
            np.dot(W_hT, d_mrz, out=from_gates)
        else:
            np.dot(W_hT[:, :H], d_n, out=from_gates)  # k_t
            d_mr[0] = d_n
            np.multiply(d_r, from_gates, out=d_r)
            np.multiply(from_gates, r, out=from_gates)
            np.add(delta, from_gates, out=delta)
            np.dot(W_hT[:, H:], d_rz, out=from_gates)
        np.add(delta, from_gates, out=delta)
    return d_a


def _fill_slopes(slopes: Array, rows: Rows, steps: slice, reset: str) -> None:
    """All factors of the backward pass that wait for no gradient: (n, 4, H, B) for m, r, z, n.

    Those of m and r are to be multiplied by d_a_n (the one of r by k_t with reset="before"), those of z and n by δ_t.
    """
    m, r, z, n, h_prev = (each[steps] for each in (rows.m, rows.r, rows.z, rows.n, rows.h))
    of_m, of_r, of_z, of_n = slopes.swapaxes(0, 1)
    replaced = np.subtract(1, z, out=of_m)
    np.subtract(h_prev, n, out=of_z)
    np.multiply(of_z, z, out=of_z)
    np.multiply(of_z, replaced, out=of_z)
    np.multiply(n, n, out=of_n)
    np.subtract(1, of_n, out=of_n)
    np.multiply(of_n, replaced, out=of_n)
    np.multiply(r, r, out=of_r)
    np.subtract(r, of_r, out=of_r)
    np.multiply(of_r, m if reset == "after" else h_prev, out=of_r)
    of_m[:] = r


def _add_gradients(gradients: Matrices, d_a: Array, rows: Rows, steps: slice, reset: str) -> None:
    """Add the weights' gradients of some steps, from those at m, a_r, a_z, a_n (4H, n B)."""
    H = len(d_a) // 4
    gradients.of_x[:] += d_a[H:] @ by_rows(rows.one_x[steps]).T
    h_one = by_rows(rows.h_one[steps]).T
    if reset == "after":
        gradients.of_h[:] += d_a[: 3 * H] @ h_one
    else:
        gradients.of_h[H:] += d_a[H : 3 * H] @ h_one
        gradients.of_h[:H, :H] += d_a[:H] @ by_rows(rows.m[steps]).T
        gradients.of_h[:H, H] += d_a[:H].sum(axis=1)


def _keeping(params: Params, update: str) -> Params:
    """The parameters, or gradients, of the same network with update="keep", or back: σ(−a) = 1 − σ(a)."""
    if update == "keep":
        return params
    H = len(params.b_hn)
    sign = np.repeat(np.array([1, -1, 1], params.b_h.dtype), H)
    return params._replace(
        W_xh=params.W_xh * sign[:, np.newaxis], W_hh=params.W_hh * sign[:, np.newaxis], b_h=params.b_h * sign
    )


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
