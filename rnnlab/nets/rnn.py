"""The plain recurrent network: h_t = f(W_xh x_t + W_hh h_{t−1} + b_h), its loop, its readout and its gradients.

Sequences are time-first, (T, B, D); weights are (out, in), so a batch of row vectors is multiplied by `W.T`.
Where a `mask` (T, B) is False the step is padding and the state is carried over, h_t = h_{t−1}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets.activations import activation as activation_of
from rnnlab.nets.errors import require_float, require_shape
from rnnlab.nets.initialisation import uniform

BATCH_FIRST = "sequences are time-first; a batch-first array is turned round by .swapaxes(0, 1)"
OUT_IN = "weights are (out, in), as in torch; a matrix the other way round is turned by .T"


class Params(NamedTuple):
    """The parameters of the cell, and also their gradients: W_xh (H, D), W_hh (H, H), b_h (H,)."""

    W_xh: NDArray
    W_hh: NDArray
    b_h: NDArray


class ReadoutParams(NamedTuple):
    """The parameters of the readout, and also their gradients: W_hy (K, H), b_y (K,)."""

    W_hy: NDArray
    b_y: NDArray


@dataclass(frozen=True)
class Cache:
    """What the backward pass needs of the forward pass; `states` holds h_0 … h_T, (T + 1, B, H)."""

    params: Params
    x: NDArray
    states: NDArray
    mask: NDArray | None
    activation: str


def init(rng: Generator, D: int, H: int, dtype: DTypeLike = np.float64) -> Params:
    """Parameters drawn from U(−1/√H, 1/√H), as torch does for `nn.RNN`.

    Shapes: W_xh (H, D), W_hh (H, H), b_h (H,). Source: torch.nn.RNN's documentation.

    >>> [p.shape for p in init(np.random.default_rng(0), D=2, H=3)]
    [(3, 2), (3, 3), (3,)]
    """
    return Params(
        uniform(rng, (H, D), H, dtype), uniform(rng, (H, H), H, dtype), uniform(rng, (H,), H, dtype)
    )


def step(params: Params, x_t: NDArray, h_prev: NDArray, activation: str = "tanh") -> NDArray:
    """One update of the state, h_t = f(W_xh x_t + W_hh h_{t−1} + b_h).

    Shapes: x_t (B, D), h_prev (B, H) -> h_t (B, H). Raises `ValueError` for a shape that does not fit and `TypeError`
    for arrays that do not hold floats. Source: Elman (1990); chapter *The hidden state*.

    >>> params = Params(W_xh=np.array([[0.5]]), W_hh=np.array([[0.8]]), b_h=np.array([0.2]))
    >>> step(params, np.array([[1.0]]), np.array([[0.0]])).round(4)
    array([[0.6044]])
    """
    f = activation_of(activation).function
    sizes = _sizes(params)
    require_shape("x_t", require_float("x_t", x_t), "B D", sizes)
    require_shape("h_prev", require_float("h_prev", h_prev), "B H", sizes | {"B": len(x_t)})
    return f(x_t @ params.W_xh.T + h_prev @ params.W_hh.T + params.b_h)


def forward(
    params: Params,
    x: NDArray,
    h_0: NDArray | None = None,
    mask: NDArray | None = None,
    activation: str = "tanh",
) -> tuple[NDArray, Cache]:
    """All states of a batch of sequences, h_t = f(W_xh x_t + W_hh h_{t−1} + b_h) for t = 1 … T, and a cache.

    Shapes: x (T, B, D), h_0 (B, H) or zeros, mask (T, B) of booleans or all True -> h (T, B, H), without h_0.
    Raises `ValueError` and `TypeError` as `step` does. Source: Elman (1990); chapter *The hidden state*.

    >>> params = Params(W_xh=np.array([[0.5]]), W_hh=np.array([[0.8]]), b_h=np.array([0.2]))
    >>> forward(params, np.array([[[1.0]], [[-0.5]]]))[0].round(4).ravel()
    array([0.6044, 0.4082])
    """
    f = activation_of(activation).function
    sizes = _sizes(params)
    require_shape("x", require_float("x", x), "T B D", sizes, BATCH_FIRST)
    T, B, _ = x.shape
    h_0 = np.zeros((B, sizes["H"]), x.dtype) if h_0 is None else require_float("h_0", h_0)
    require_shape("h_0", h_0, "B H", sizes | {"B": B})
    if mask is not None:
        _require_mask(mask, T, B)
    # One product for all steps; only the recurrent product has to wait for the state before it.
    from_inputs = x @ params.W_xh.T + params.b_h
    states = np.empty((T + 1, B, sizes["H"]), from_inputs.dtype)
    states[0] = h_0
    from_past = np.empty_like(states[0])
    for t in range(T):
        np.dot(states[t], params.W_hh.T, out=from_past)
        states[t + 1] = f(from_inputs[t] + from_past)
        if mask is not None:
            np.copyto(states[t + 1], states[t], where=~mask[t, :, np.newaxis])
    return states[1:], Cache(params, x, states, mask, activation)


def backward(d_h: NDArray, cache: Cache, d_h_last: NDArray | None = None) -> tuple[NDArray, NDArray, Params]:
    """Back-propagation through time: the gradients of a loss from its gradients with respect to every state.

    With a_t = W_xh x_t + W_hh h_{t−1} + b_h, and δ_t the total gradient that reaches h_t,

        δ_t = d_h_t + W_hhᵀ (f′(a_{t+1}) ⊙ δ_{t+1})      d_a_t = f′(a_t) ⊙ δ_t
        d_W_xh = Σ_t d_a_t x_tᵀ     d_W_hh = Σ_t d_a_t h_{t−1}ᵀ     d_b_h = Σ_t d_a_t     d_x_t = W_xhᵀ d_a_t

    Where the mask is False, d_a_t = 0 and δ_t passes to h_{t−1} unchanged.

    Shapes: d_h (T, B, H), d_h_last (B, H) or zeros (added at the last step) -> d_x (T, B, D), d_h_0 (B, H), and
    gradients in a `Params`. Raises as `step` does. Source: Werbos (1990); chapter *Back-propagation through time*.

    >>> params = Params(W_xh=np.array([[0.5]]), W_hh=np.array([[0.8]]), b_h=np.array([0.0]))
    >>> h, cache = forward(params, np.zeros((2, 1, 1)))
    >>> backward(np.ones_like(h), cache)[1].round(2)
    array([[1.44]])
    """
    params, states, mask = cache.params, cache.states, cache.mask
    T, B, H = states[1:].shape
    require_shape("d_h", require_float("d_h", d_h), "T B H", {"T": T, "B": B, "H": H}, BATCH_FIRST)
    delta = np.zeros((B, H), d_h.dtype) if d_h_last is None else require_float("d_h_last", d_h_last).copy()
    require_shape("d_h_last", delta, "B H", {"B": B, "H": H})
    # Nothing here depends on delta, so it is done for all steps before the loop.
    slope = activation_of(cache.activation).derivative_from_output(states[1:])
    if mask is not None:
        slope *= mask[..., np.newaxis]
    d_a = np.empty_like(slope)
    for t in reversed(range(T)):
        delta = delta + d_h[t]
        np.multiply(delta, slope[t], out=d_a[t])
        passed_on = d_a[t] @ params.W_hh
        delta = passed_on if mask is None else np.where(mask[t, :, np.newaxis], passed_on, delta)
    flat = d_a.reshape(T * B, H)
    grads = Params(
        W_xh=flat.T @ cache.x.reshape(T * B, -1),
        W_hh=flat.T @ states[:-1].reshape(T * B, H),
        b_h=flat.sum(axis=0),
    )
    return d_a @ params.W_xh, delta, grads


def init_readout(rng: Generator, H: int, K: int, dtype: DTypeLike = np.float64) -> ReadoutParams:
    """Readout parameters drawn from U(−1/√H, 1/√H), as torch does for `nn.Linear`.

    >>> [p.shape for p in init_readout(np.random.default_rng(0), H=3, K=2)]
    [(2, 3), (2,)]
    """
    return ReadoutParams(uniform(rng, (K, H), H, dtype), uniform(rng, (K,), H, dtype))


def readout(params: ReadoutParams, h: NDArray) -> NDArray:
    """The logits, y = W_hy h + b_y; probabilities are left to the loss, where softmax cannot overflow.

    Shapes: h (..., H) -> y (..., K). Raises as `step` does. Source: chapter *The hidden state*.

    >>> readout(ReadoutParams(np.array([[2.0, 0.0]]), np.array([1.0])), np.array([3.0, 5.0]))
    array([7.])
    """
    K, H = params.W_hy.shape
    if require_float("h", h).shape[-1:] != (H,):
        raise ValueError(
            f"h should have H={H} numbers on its last axis, but its shape is {h.shape}; {OUT_IN}"
        )
    require_shape("b_y", params.b_y, "K", {"K": K})
    return h @ params.W_hy.T + params.b_y


def readout_backward(d_y: NDArray, h: NDArray, params: ReadoutParams) -> tuple[NDArray, ReadoutParams]:
    """The gradients of the readout, d_h = W_hyᵀ d_y, d_W_hy = Σ d_y hᵀ, d_b_y = Σ d_y.

    Shapes: d_y (..., K), h (..., H) -> d_h (..., H), and gradients in a `ReadoutParams`.

    >>> readout_backward(np.array([[1.0]]), np.array([[3.0, 5.0]]), ReadoutParams(np.ones((1, 2)), np.zeros(1)))[0]
    array([[1., 1.]])
    """
    K, H = params.W_hy.shape
    flat = d_y.reshape(-1, K)
    return d_y @ params.W_hy, ReadoutParams(flat.T @ h.reshape(-1, H), flat.sum(axis=0))


def _sizes(params: Params) -> dict[str, int]:
    """D and H, after a look at the parameters themselves."""
    require_shape("W_xh", require_float("W_xh", params.W_xh), "H D", {}, OUT_IN)
    H, D = params.W_xh.shape
    require_shape("W_hh", require_float("W_hh", params.W_hh), "H H", {"H": H}, OUT_IN)
    require_shape("b_h", require_float("b_h", params.b_h), "H", {"H": H})
    return {"D": D, "H": H}


def _require_mask(mask: NDArray, T: int, B: int) -> None:
    require_shape("mask", mask, "T B", {"T": T, "B": B}, BATCH_FIRST)
    if mask.dtype != np.bool_:
        raise TypeError(
            f"mask should be an array of booleans, but {mask.dtype} came; write mask = mask.astype(bool)"
        )
