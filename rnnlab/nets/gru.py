"""The gated recurrent unit: a reset gate decides what of the past a candidate sees, an update gate how much to keep.

r_t = σ(W_xr x_t + W_hr h_{t−1} + b_r)                      reset gate
z_t = σ(W_xz x_t + W_hz h_{t−1} + b_z)                      update gate
n_t = tanh(W_xn x_t + b_n + r_t ⊙ (W_hn h_{t−1} + b_hn))    candidate, with reset="after" (torch, cuDNN)
n_t = tanh(W_xn x_t + b_n + W_hn (r_t ⊙ h_{t−1}) + b_hn)    candidate, with reset="before" (Cho et al. 2014)
h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}                       with update="keep": z_t is the share that is kept (torch, Cho)
h_t = z_t ⊙ n_t + (1 − z_t) ⊙ h_{t−1}                       with update="replace" (Chung et al. 2014)

The rows of the gates are stacked in torch's order r, z, n. Sequences are time-first, (T, B, D). Where a mask (T, B) is
False the state is carried over. Source: Cho et al. 2014; chapter gru.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.activations import sigmoid
from rnnlab.nets.door import expect_floats, expect_mask, expect_no_nan, expect_one_of, expect_sizes
from rnnlab.nets.products import at_every_place, flat

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


class Cache(NamedTuple):
    """What `backward` needs from `forward`.

    `gates` (T, B, 3H), `states` (T + 1, B, H) from h_0 on, and `recalled` (T, B, H), which is W_hn h_{t−1} + b_hn with
    reset="after" and r_t ⊙ h_{t−1} with reset="before".
    """

    params: Params
    x: Array
    gates: Array
    recalled: Array
    states: Array
    mask: Array | None
    reset: str
    update: str


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
    _expect_sequence(params, x, state, mask)
    _expect_conventions(reset, update)
    T, B, _ = x.shape
    H = params.W_hh.shape[1]
    W_hg, W_hn = params.W_hh[: 2 * H], params.W_hh[2 * H :]
    gates = at_every_place(params.W_xh, x) + params.b_h
    states, recalled = np.empty((T + 1, B, H), x.dtype), np.empty((T, B, H), x.dtype)
    states[0] = 0 if state is None else state
    for t in range(T):
        h_prev = states[t]
        gates[t, :, : 2 * H] = sigmoid(gates[t, :, : 2 * H] + h_prev @ W_hg.T)
        r, z, n = np.split(gates[t], 3, axis=-1)
        if reset == "after":
            recalled[t] = h_prev @ W_hn.T + params.b_hn
            n += r * recalled[t]
        else:
            recalled[t] = r * h_prev
            n += recalled[t] @ W_hn.T + params.b_hn
        np.tanh(n, out=n)
        states[t + 1] = (1 - z) * n + z * h_prev if update == "keep" else z * n + (1 - z) * h_prev
        if mask is not None:
            np.copyto(states[t + 1], h_prev, where=~mask[t, :, np.newaxis])
    states.setflags(write=False)
    return states[1:], Cache(params, x, gates, recalled, states, mask, reset, update)


def last_state(cache: Cache) -> Array:
    """The state after the last step, for the next piece of a stream or for a decoder: (B, H).

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> bool((last_state(cache) == h[-1]).all())
    True
    """
    return cache.states[-1]


def backward(d_h: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, Params]:
    """Back-propagation through time: from the gradient at every state to the gradients at inputs, start and weights.

    With δ_t the whole gradient at h_t and u_t the share that the candidate gets (1 − z_t with update="keep", else z_t),
    from t = T down to 1:
    d_a_n = δ_t ⊙ u_t ⊙ (1 − n_t²),  d_a_z = ± δ_t ⊙ (h_{t−1} − n_t) ⊙ z_t (1 − z_t), + with "keep" and − with "replace";
    with reset="after" and m_t = W_hn h_{t−1} + b_hn:
    d_a_r = d_a_n ⊙ m_t ⊙ r_t (1 − r_t),  d_m_t = d_a_n ⊙ r_t,
    δ_{t−1} = d_h_{t−1} + δ_t ⊙ (1 − u_t) + W_hrᵀ d_a_r + W_hzᵀ d_a_z + W_hnᵀ d_m_t;
    with reset="before" and k_t = W_hnᵀ d_a_n:
    d_a_r = k_t ⊙ h_{t−1} ⊙ r_t (1 − r_t),
    δ_{t−1} = d_h_{t−1} + δ_t ⊙ (1 − u_t) + W_hrᵀ d_a_r + W_hzᵀ d_a_z + k_t ⊙ r_t.
    At padding d_a_t = 0 and δ_t passes to h_{t−1} unchanged.

    Shapes: d_h (T, B, H), d_last (B, H), which is added at h_T, or None; returns d_x (T, B, D), d_h_0 (B, H), grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter gru.

    >>> params = init(np.random.default_rng(0), D=3, H=2)
    >>> h, cache = forward(params, np.ones((4, 1, 3)))
    >>> d_x, d_h_0, grads = backward(np.ones_like(h), cache)
    >>> d_x.shape, d_h_0.shape, grads.b_hn.shape
    ((4, 1, 3), (1, 2), (2,))
    """
    params, x, gates, recalled, states, mask, reset, update = cache
    _expect_upstream(d_h, d_last, states)
    T, B, H = d_h.shape
    W_hg, W_hn = params.W_hh[: 2 * H], params.W_hh[2 * H :]
    delta = np.zeros((B, H), d_h.dtype) if d_last is None else d_last.copy()
    d_a, d_m = np.empty_like(gates), np.empty_like(recalled)
    for t in reversed(range(T)):
        r, z, n = np.split(gates[t], 3, axis=-1)
        delta += d_h[t]
        u = 1 - z if update == "keep" else z
        sign = 1 if update == "keep" else -1
        d_n = delta * u * (1 - n * n)
        d_z = sign * delta * (states[t] - n) * z * (1 - z)
        if reset == "after":
            d_r = d_n * recalled[t] * r * (1 - r)
            d_m[t] = d_n * r
        else:
            k = d_n @ W_hn
            d_r = k * states[t] * r * (1 - r)
            d_m[t] = d_n
        d_a[t] = np.concatenate([d_r, d_z, d_n], axis=-1)
        carried = delta
        if mask is not None:
            d_a[t] *= mask[t, :, np.newaxis]
            d_m[t] *= mask[t, :, np.newaxis]
        past = d_m[t] @ W_hn if reset == "after" else k * r
        delta = carried * (1 - u) + d_a[t, :, : 2 * H] @ W_hg + past
        if mask is not None:
            delta = np.where(mask[t, :, np.newaxis], delta, carried)
    seen = states[:-1] if reset == "after" else recalled
    d_W_hh = np.concatenate([flat(d_a[..., : 2 * H]).T @ flat(states[:-1]), flat(d_m).T @ flat(seen)])
    grads = Params(flat(d_a).T @ flat(x), d_W_hh, flat(d_a).sum(axis=0), flat(d_m).sum(axis=0))
    return at_every_place(params.W_xh.T, d_a), delta, grads


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


def _expect_sequence(params: Params, x: Array, state: Array | None, mask: Array | None) -> None:
    H, D = _sizes(params)
    expect_floats("x", x, params.W_xh.dtype, T=None, B=None, D=D)
    expect_no_nan("x", x)
    T, B, _ = x.shape
    if state is not None:
        expect_floats("state", state, x.dtype, B=B, H=H)
        expect_no_nan("state", state)
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)


def _expect_upstream(d_h: Array, d_last: Array | None, states: Array) -> None:
    T, B, H = states[1:].shape
    expect_floats("d_h", d_h, states.dtype, T=T, B=B, H=H)
    if d_last is not None:
        expect_floats("d_last", d_last, states.dtype, B=B, H=H)
