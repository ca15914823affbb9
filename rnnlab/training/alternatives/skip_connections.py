"""Skip connections through time: every k steps the state is mixed with its own past, for the time of training only.

ĥ_t = h_{t−1} + α (f(W_xh x_t + W_hh h_{t−1} + b_h) − h_{t−1})      the plain step; α = 1 is the simple network
h_t = (1 − s) ĥ_t + s · shortcut      if t is a multiple of the skip k, else h_t = ĥ_t
shortcut = h_{t−k}                                       "sctt", skip connections through time
shortcut = h_{t−k} + k (h_{t−k+1} − h_{t−k})             "dasc", dynamics-aligned skip connections

The strength s opens a path on which a gradient jumps k steps at a time: over "sctt" it is multiplied T / k times by s
instead of T times by a Jacobian. The strength is lowered to 0 during training (`skip_schedule`): what remains is the
plain network, with the same parameters. The gradient is exact BPTT throughout: what changes is the network.

"dasc" jumps in the direction in which the state sets out, one Euler step of length k α, so that the jump fits the
dynamics τ dh/dt = −h + f(…) with α = Δt / τ. Its gradient is multiplied by the Jacobian of that long step, which is
1 + k α (λ − 1) for an eigenvalue λ of f′ W_hh, instead of (1 + α (λ − 1))^k. For α k ≤ 1 its states stay as bounded as
those of the network; with α = 1 it overshoots, so choose α ≤ 1 / k for it.

Source: Soo, Goudar and Wang 2023, of which we read the abstract and the published code with its description: the two
equations (with β = 1 − s), and that the windows of k steps follow each other without overlap. The code's "dasc" takes
the direction of the step before the mixture where its description says after it; here it is after. Chapter beyond-bptt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import rnn
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.door import expect_floats, expect_mask, expect_no_nan, expect_one_of
from rnnlab.nets.products import at_every_place, flat
from rnnlab.training.alternatives import network

Array = NDArray[Any]

SHORTCUTS = ("sctt", "dasc")


class Skip(NamedTuple):
    """How the skips go: length k ≥ 2, strength s from 0 to 1, the kind of shortcut, the rate α, and the activation."""

    length: int
    strength: float
    shortcut: str = "sctt"
    rate: float = 1.0
    activation: str = "tanh"


class State(NamedTuple):
    """What a step needs of the past: h_{t−1}, the window's start, the state one step after it, and the steps since."""

    h: Array
    start: Array
    first: Array
    age: int


class Cache(NamedTuple):
    """What `backward` needs from `forward`: `states` (T + 1, B, H) from h_0 on, `activities` (T, B, H) f(a_t)."""

    params: rnn.Params
    x: Array
    states: Array
    activities: Array
    mask: Array | None
    skip: Skip


def zero_state(params: rnn.Params, B: int) -> State:
    """The state before the first step, h_0 = 0, where a window starts.

    >>> zero_state(rnn.init(np.random.default_rng(0), D=3, H=2), B=1).age
    0
    """
    h_0 = rnn.zero_state(params, B)
    return State(h_0, h_0, h_0, 0)


def step(params: rnn.Params, x_t: Array, state: State, skip: Skip) -> State:
    """One update, from h_{t−1} to h_t, with the mixture where a window ends.

    Shapes: x_t (B, D), the arrays of state (B, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or skip. Source: Soo, Goudar and Wang 2023.

    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.0]]), np.array([0.0]))
    >>> skip, state = Skip(length=2, strength=0.25, activation="identity"), zero_state(params, B=1)
    >>> for x_t in ([[4.0]], [[8.0]]):
    ...     state = step(params, np.array(x_t), state, skip)
    >>> state.h, state.age
    (array([[6.]]), 0)
    """
    _expect_skip(skip)
    h, start, first, age = state
    h_t = _plain(h, rnn.step(params, x_t, h, skip.activation), skip.rate)
    if age == 0:
        start, first = h, h_t
    if age + 1 < skip.length:
        return State(h_t, start, first, age + 1)
    h_t = _mixed(h_t, start, first, skip)
    return State(h_t, h_t, h_t, 0)


def forward(
    params: rnn.Params, x: Array, skip: Skip, state: Array | None = None, mask: Array | None = None
) -> tuple[Array, Cache]:
    """All states of a sequence; windows start at h_0, h_k, h_2k, …

    Shapes: x (T, B, D), state h_0 (B, H) or None for zeros, mask (T, B) or None; returns h (T, B, H), read-only because
    it is shared with the cache, and the cache for `backward`. At padding the state is carried over and not mixed.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or skip. Source: Soo, Goudar and Wang 2023.

    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.0]]), np.array([0.0]))
    >>> h, cache = forward(params, np.array([[[4.0]], [[8.0]]]), Skip(2, strength=0.25, activation="identity"))
    >>> h[:, 0, 0]
    array([4., 6.])
    """
    _expect_sequence(params, x, skip, state, mask)
    W_xh, W_hh, b_h = params
    T, B, _ = x.shape
    f = activation_named(skip.activation).function
    activities = at_every_place(W_xh, x) + b_h
    states = np.empty((T + 1, B, len(b_h)), x.dtype)
    states[0] = 0 if state is None else state
    for t in range(T):
        activities[t] += states[t] @ W_hh.T
        f(activities[t], out=activities[t])
        h_t = _plain(states[t], activities[t], skip.rate)
        if _ends_window(t, skip):
            h_t = _mixed(h_t, states[t + 1 - skip.length], states[t + 2 - skip.length], skip)
        states[t + 1] = h_t if mask is None else np.where(mask[t, :, np.newaxis], h_t, states[t])
    states.setflags(write=False)
    return states[1:], Cache(params, x, states, activities, mask, skip)


def backward(d_h: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, rnn.Params]:
    """BPTT through steps and skips: the exact gradients at inputs, start and weights.

    With δ_t the whole gradient at h_t and δ̂_t that at ĥ_t, from t = T down to 1: δ̂_t = (1 − s) δ_t at the end of a
    window, where s δ_t goes to h_{t−k} ("sctt"), or (1 − k) s δ_t to h_{t−k} and k s δ_t to h_{t−k+1} ("dasc"), and
    δ̂_t = δ_t elsewhere. Then d_a_t = α δ̂_t ⊙ f′(a_t), and h_{t−1} gets (1 − α) δ̂_t + W_hhᵀ d_a_t.

    Shapes: d_h (T, B, H), d_last (B, H), which is added at h_T, or None; returns d_x (T, B, D), d_h_0 (B, H), grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter beyond-bptt.

    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.0]]), np.array([0.0]))
    >>> h, cache = forward(params, np.array([[[4.0]], [[8.0]]]), Skip(2, strength=0.25, activation="identity"))
    >>> d_x, d_h_0, grads = backward(np.ones((2, 1, 1)), cache)
    >>> d_x[:, 0, 0], d_h_0
    (array([1.  , 0.75]), array([[0.25]]))
    """
    params, x, states, activities, mask, skip = cache
    T, B, H = activities.shape
    expect_floats("d_h", d_h, states.dtype, T=T, B=B, H=H)
    delta = np.concatenate([np.zeros((1, B, H), d_h.dtype), d_h])
    if d_last is not None:
        expect_floats("d_last", d_last, states.dtype, B=B, H=H)
        delta[-1] += d_last
    d_a = activation_named(skip.activation).derivative_from_output(activities)
    for t in reversed(range(T)):
        d_plain = delta[t + 1] if mask is None else delta[t + 1] * mask[t, :, np.newaxis]
        if mask is not None:
            delta[t] += delta[t + 1] * ~mask[t, :, np.newaxis]
        if _ends_window(t, skip):
            _send_over_the_skip(d_plain, delta, t, skip)
            d_plain = (1 - skip.strength) * d_plain
        d_a[t] *= skip.rate * d_plain
        delta[t] += (1 - skip.rate) * d_plain + d_a[t] @ params.W_hh
    grads = rnn.Params(flat(d_a).T @ flat(x), flat(d_a).T @ flat(states[:-1]), flat(d_a).sum(axis=0))
    return at_every_place(params.W_xh.T, d_a), delta[0], grads


def gradient(params: network.Params, batch: network.Batch, skip: Skip) -> network.Estimate:
    """The exact gradient of the network with these skips; the activation is that of `skip`, not of the batch's cell.

    Raises: TypeError for another cell than rnn or a wrong dtype, ValueError for a wrong shape or skip.
    Source: Soo, Goudar and Wang 2023; chapter beyond-bptt.

    >>> params = network.init(np.random.default_rng(0), D=1, H=4, K=2)
    >>> batch = network.Batch(np.ones((3, 2, 1)), lambda y: (y[..., 0], np.ones_like(y)))
    >>> without = gradient(params, batch, Skip(2, strength=0.0))
    >>> without.loss == network.gradient(params, batch).loss
    True
    """
    network.expect_simple_cell(batch.cell)
    h, cache = forward(params.recurrent, batch.x, skip, batch.state, batch.mask)
    losses, d_y = network.losses_at(rnn.readout(params.readout, h), batch)
    d_h, readout = rnn.readout_backward(d_y, h, params.readout)
    return network.Estimate(float(losses.sum()), network.Params(backward(d_h, cache)[2], readout))


def _plain(h_prev: Array, activity: Array, rate: float) -> Array:
    # with α = 1 the state must be the activity to the last bit, as in the simple network
    return activity if rate == 1 else h_prev + rate * (activity - h_prev)


def _ends_window(t: int, skip: Skip) -> bool:
    return skip.strength > 0 and (t + 1) % skip.length == 0


def _mixed(plain: Array, start: Array, first: Array, skip: Skip) -> Array:
    shortcut = start if skip.shortcut == "sctt" else start + skip.length * (first - start)
    return (1 - skip.strength) * plain + skip.strength * shortcut


def _send_over_the_skip(d_mixed: Array, delta: Array, t: int, skip: Skip) -> None:
    d_shortcut = skip.strength * d_mixed
    if skip.shortcut == "sctt":
        delta[t + 1 - skip.length] += d_shortcut
    else:
        delta[t + 1 - skip.length] += (1 - skip.length) * d_shortcut
        delta[t + 2 - skip.length] += skip.length * d_shortcut


def _expect_skip(skip: Skip) -> None:
    expect_one_of("skip.shortcut", skip.shortcut, SHORTCUTS)
    if not isinstance(skip.length, int | np.integer) or skip.length < 2:
        raise ValueError(
            f"skip.length must be a whole number from 2 on, but is {skip.length!r}. A skip of 1 skips nothing."
        )
    for name, value, low in (
        ("strength", skip.strength, skip.strength >= 0),
        ("rate", skip.rate, skip.rate > 0),
    ):
        if not (low and value <= 1):
            raise ValueError(f"skip.{name} must lie between 0 and 1, but is {value!r}.")


def _expect_sequence(
    params: rnn.Params, x: Array, skip: Skip, state: Array | None, mask: Array | None
) -> None:
    _expect_skip(skip)
    expect_floats("b_h", params.b_h, H=None)
    H, dtype = len(params.b_h), params.b_h.dtype
    expect_floats("W_xh", params.W_xh, dtype, H=H, D=None)
    expect_floats("W_hh", params.W_hh, dtype, H_out=H, H_in=H)
    expect_floats("x", x, dtype, T=None, B=None, D=params.W_xh.shape[1])
    expect_no_nan("x", x)
    T, B, _ = x.shape
    if state is not None:
        expect_floats("state", state, dtype, B=B, H=H)
        expect_no_nan("state", state)
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)
