"""The simple (Elman) recurrent network, h_t = f(W_xh x_t + W_hh h_{t−1} + b_h), and the readout y_t = W_hy h_t + b_y.

Sequences are time-first, (T, B, D). Where a mask (T, B) is False the state is carried over, h_t = h_{t−1}, so that the
last state of a padded sequence is its state at its true end. Source: Elman 1990; chapters hidden-state and bptt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.door import (
    expect_floats,
    expect_one_of,
    expect_sequence,
    expect_sizes,
    expect_state,
    leading_axes,
)
from rnnlab.nets.products import at_every_place, chunks, flat

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights of the recurrence, or their gradients: W_xh (H, D), W_hh (H, H), b_h (H)."""

    W_xh: Array
    W_hh: Array
    b_h: Array


class ReadoutParams(NamedTuple):
    """The weights of the readout, or their gradients: W_hy (K, H), b_y (K)."""

    W_hy: Array
    b_y: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `states` (T + 1, B, H) holds h_0 … h_T."""

    params: Params
    x: Array
    states: Array
    mask: Array | None
    activation: str


def init(rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64, recurrent: str = "uniform") -> Params:
    """Starting weights: everything uniform in ±1/√H as in torch, with a choice for the recurrent matrix.

    `recurrent` is "uniform", "orthogonal", or "identity" (W_hh = I and b_h = 0, for ReLU networks).

    Raises: ValueError for another `recurrent` or a size below 1. Source: torch.nn.RNN; Le et al. 2015 for "identity".

    >>> params = init(np.random.default_rng(0), D=3, H=2)
    >>> [weight.shape for weight in params]
    [(2, 3), (2, 2), (2,)]
    """
    expect_one_of("recurrent", recurrent, ("uniform", "orthogonal", "identity"))
    expect_sizes(D=D, H=H)
    W_xh = initialisation.uniform(rng, (H, D), H, dtype)
    W_hh = initialisation.uniform(rng, (H, H), H, dtype)
    b_h = initialisation.uniform(rng, (H,), H, dtype)
    if recurrent == "orthogonal":
        W_hh = initialisation.orthogonal(rng, H, H, dtype=dtype)
    if recurrent == "identity":
        W_hh, b_h = initialisation.identity(H, dtype=dtype), np.zeros(H, dtype)
    return Params(W_xh, W_hh, b_h)


def zero_state(params: Params, B: int) -> Array:
    """The usual initial state, h_0 = 0, for B sequences: (B, H).

    >>> zero_state(init(np.random.default_rng(0), D=3, H=2), B=1)
    array([[0., 0.]])
    """
    return np.zeros((B, len(params.b_h)), params.b_h.dtype)


def step(params: Params, x_t: Array, h_prev: Array, activation: str = "tanh") -> Array:
    """One update of the state: h_t = f(W_xh x_t + W_hh h_{t−1} + b_h).

    Shapes: x_t (B, D), h_prev (B, H); returns h_t (B, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or activation. Source: chapter hidden-state.

    >>> params = Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> step(params, np.array([[1.0]]), np.array([[-2.0]]))
    array([[0.]])
    """
    H, D = _sizes(params)
    expect_floats("x_t", x_t, params.W_xh.dtype, B=None, D=D)
    expect_floats("h_prev", h_prev, params.W_xh.dtype, B=len(x_t), H=H)
    f = activation_named(activation).function
    return f(x_t @ params.W_xh.T + h_prev @ params.W_hh.T + params.b_h)


def forward(
    params: Params, x: Array, h_0: Array | None = None, mask: Array | None = None, activation: str = "tanh"
) -> tuple[Array, Cache]:
    """All states of a sequence: the step, applied from t = 1 to T.

    Shapes: x (T, B, D), h_0 (B, H) or None for zeros, mask (T, B) or None; returns h (T, B, H), read-only because it is
    shared with the cache, and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or activation. Source: chapter hidden-state.

    >>> params = Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> h, cache = forward(params, np.ones((2, 1, 1)))
    >>> h[:, 0, 0].round(4)
    array([0.7616, 0.8811])
    """
    _expect_sequence(params, x, h_0, mask)
    W_xh, W_hh, b_h = params
    T, B, _ = x.shape
    f = activation_named(activation).function
    states = np.empty((T + 1, B, len(b_h)), x.dtype)
    states[0] = 0 if h_0 is None else h_0
    for steps in chunks(T, states[0].nbytes):
        # only the other product has to wait for the state before it
        from_input = at_every_place(W_xh, x[steps])
        from_input += b_h
        for t, from_x_t in enumerate(from_input, steps.start):
            h_prev, h_t = states[t], states[t + 1]
            np.dot(h_prev, W_hh.T, out=h_t)
            np.add(h_t, from_x_t, out=h_t)
            f(h_t, out=h_t)
            if mask is not None:
                np.copyto(h_t, h_prev, where=~mask[t, :, np.newaxis])
    states.setflags(write=False)
    return states[1:], Cache(params, x, states, mask, activation)


def last_state(cache: Cache) -> Array:
    """The state after the last step, for the next piece of a stream or for a decoder: (B, H).

    >>> h, cache = forward(init(np.random.default_rng(0), D=3, H=2), np.ones((4, 1, 3)))
    >>> bool((last_state(cache) == h[-1]).all())
    True
    """
    return cache.states[-1]


def backward(d_h: Array, cache: Cache, d_h_last: Array | None = None) -> tuple[Array, Array, Params]:
    """Back-propagation through time: from the gradient at every state to the gradients at inputs, start and weights.

    With a_t = W_xh x_t + W_hh h_{t−1} + b_h and δ_t the whole gradient at h_t, from t = T down to 1:
    d_a_t = δ_t ⊙ f′(a_t),  δ_{t−1} = d_h_{t−1} + W_hhᵀ d_a_t,
    d_W_xh = Σ_t d_a_t x_tᵀ,  d_W_hh = Σ_t d_a_t h_{t−1}ᵀ,  d_b_h = Σ_t d_a_t,  d_x_t = W_xhᵀ d_a_t.
    At padding d_a_t = 0 and δ_t passes to h_{t−1} unchanged.

    Shapes: d_h (T, B, H), d_h_last (B, H), which is added at h_T, or None; returns d_x (T, B, D), d_h_0 (B, H), grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Werbos 1990; chapter bptt.

    >>> params = Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> h, cache = forward(params, np.array([[[0.0]]]))
    >>> d_x, d_h_0, grads = backward(np.ones((1, 1, 1)), cache)
    >>> float(d_x.item()), float(d_h_0.item())
    (1.0, 0.5)
    """
    params, x, states, mask, activation = cache
    _expect_upstream(d_h, d_h_last, states)
    derivative = activation_named(activation).derivative_from_output
    delta = np.zeros(states[0].shape, states.dtype) if d_h_last is None else d_h_last.copy()
    d_x = np.empty(x.shape, x.dtype)
    grads = Params(*(np.zeros(weight.shape, weight.dtype) for weight in params))
    for steps in reversed(chunks(len(x), states[0].nbytes)):
        slopes = derivative(states[1:][steps])
        d_a = _through_time(d_h[steps], delta, slopes, params.W_hh, None if mask is None else mask[steps])
        grads.W_xh[:] += flat(d_a).T @ flat(x[steps])
        grads.W_hh[:] += flat(d_a).T @ flat(states[steps])
        grads.b_h[:] += flat(d_a).sum(axis=0)
        d_x[steps] = at_every_place(params.W_xh.T, d_a)
    return d_x, delta, grads


def init_readout(rng: Generator, H: int, K: int, dtype: DTypeLike = np.float64) -> ReadoutParams:
    """Starting weights of the readout, W_hy (K, H) and b_y (K), uniform in ±1/√H as in torch.

    Raises: ValueError for a size below 1. Source: documentation of torch.nn.Linear.

    >>> [weight.shape for weight in init_readout(np.random.default_rng(0), H=4, K=3)]
    [(3, 4), (3,)]
    """
    expect_sizes(H=H, K=K)
    return ReadoutParams(
        W_hy=initialisation.uniform(rng, (K, H), H, dtype), b_y=initialisation.uniform(rng, (K,), H, dtype)
    )


def readout(params: ReadoutParams, h: Array) -> Array:
    """The outputs (logits) at every state: y_t = W_hy h_t + b_y.

    Shapes: h (..., H), for instance (T, B, H) or (B, H); returns y (..., K).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter hidden-state.

    >>> readout(ReadoutParams(np.array([[2.0, 1.0]]), np.array([0.5])), np.array([[1.0, -1.0]]))
    array([[1.5]])
    """
    _expect_readable(params, h)
    return at_every_place(params.W_hy, h) + params.b_y


def readout_backward(d_y: Array, h: Array, params: ReadoutParams) -> tuple[Array, ReadoutParams]:
    """From the gradient at the outputs to the gradients at states and weights.

    d_h_t = W_hyᵀ d_y_t,  d_W_hy = Σ_t d_y_t h_tᵀ,  d_b_y = Σ_t d_y_t.

    Shapes: d_y (..., K) and the h (..., H) of the forward pass; returns d_h (..., H) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter bptt.

    >>> params = ReadoutParams(np.array([[2.0, 1.0]]), np.array([0.5]))
    >>> readout_backward(np.array([[1.0]]), np.array([[1.0, -1.0]]), params)[0]
    array([[2., 1.]])
    """
    _expect_readable(params, h)
    expect_floats("d_y", d_y, h.dtype, **leading_axes(h), K=len(params.b_y))
    d_h = at_every_place(params.W_hy.T, d_y)
    grads = ReadoutParams(W_hy=flat(d_y).T @ flat(h), b_y=flat(d_y).sum(axis=0))
    return d_h, grads


def _through_time(d_h: Array, delta: Array, slopes: Array, W_hh: Array, mask: Array | None) -> Array:
    """The loop of `backward` over some steps: d_a (n, B, H), written over `slopes`.

    `delta` (B, H) holds the gradient at the last state, and then that at the state before the first step.
    """
    d_a = slopes
    if mask is not None:
        d_a *= mask[:, :, np.newaxis]
    for t in reversed(range(len(d_a))):
        np.add(delta, d_h[t], out=delta)
        np.multiply(d_a[t], delta, out=d_a[t])
        carried = None if mask is None else np.where(mask[t, :, np.newaxis], 0, delta)
        np.dot(d_a[t], W_hh, out=delta)
        if carried is not None:
            np.add(delta, carried, out=delta)
    return d_a


def _sizes(params: Params) -> tuple[int, int]:
    expect_floats("b_h", params.b_h, H=None)
    H, dtype = len(params.b_h), params.b_h.dtype
    expect_floats("W_xh", params.W_xh, dtype, H=H, D=None)
    expect_floats("W_hh", params.W_hh, dtype, H_out=H, H_in=H)
    return H, params.W_xh.shape[1]


def _expect_sequence(params: Params, x: Array, h_0: Array | None, mask: Array | None) -> None:
    H, D = _sizes(params)
    expect_sequence(x, mask, D, params.W_xh.dtype)
    expect_state("h_0", h_0, x.dtype, B=x.shape[1], H=H)


def _expect_upstream(d_h: Array, d_h_last: Array | None, states: Array) -> None:
    T, B, H = states[1:].shape
    expect_floats("d_h", d_h, states.dtype, T=T, B=B, H=H)
    if d_h_last is not None:
        expect_floats("d_h_last", d_h_last, states.dtype, B=B, H=H)


def _expect_readable(params: ReadoutParams, h: Array) -> None:
    expect_floats("b_y", params.b_y, K=None)
    expect_floats("W_hy", params.W_hy, params.b_y.dtype, K=len(params.b_y), H=None)
    expect_floats("h", h, params.b_y.dtype, **leading_axes(h), H=params.W_hy.shape[1])
