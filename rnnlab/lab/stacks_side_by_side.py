"""Many stacked tanh networks of one shape, trained side by side: a new first axis R holds the runs.

A scan of rates and seeds trains the same small network over and over. One after the other, most of the time goes into
Python's calls; side by side, one product of NumPy serves a step of all R runs. The runs share nothing: each has its own
weights, data, gradient, clipping and rate. The equations are those of `rnnlab.nets.stacked` with "rnn" cells, and a
test holds each run's loss and gradient to that module. Two places for dropout are added, both per run:
`entry` before layers 2 … L, as `stacked.forward` takes it, and `recurrent` on the way from state to state,
h_t = tanh(W_xh v_t + W_hh (m_t ⊙ h_{t−1}) + b_h), with one m for a whole sequence or another at every step.

Shapes: all arrays of a run with R in front, such as W_xh (R, H, D), x (R, T, B, D), targets and scored (R, T, B).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import layer_norm, rnn, stacked
from rnnlab.nets.activations import log_softmax
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import leaves, mapped

Array = NDArray[Any]

CELL = cell("rnn")
DUST = 1e-18


class Params(NamedTuple):
    """The weights of R stacked networks and of their readouts, or their gradients."""

    stack: stacked.Params
    readout: rnn.ReadoutParams


class Kept(NamedTuple):
    """What is dropped, or None: `entry` (R, 1 or T, B, H) for each of L − 1 places, `recurrent` for L layers."""

    entry: Sequence[Array | None] | None = None
    recurrent: Sequence[Array | None] | None = None


class Layer(NamedTuple):
    """What the backward pass of a layer needs: what entered it, its states h_0 … h_T, its normalization, both m."""

    v: Array
    states: Array
    norm: layer_norm.Cache | None
    entry: Array | None
    recurrent: Array | None


def init(
    seeds: Sequence[int], D: int, H: int, K: int, L: int, norm: bool = False, recurrent: str = "uniform",
    dtype: DTypeLike = np.float32,
) -> Params:  # fmt: skip
    """One network for each seed, with the starting weights of `stacked.init` and `rnn.init_readout`."""
    runs = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        stack = stacked.init(rng, D, H, dtype, L=L, cell=CELL, norm=norm, recurrent=recurrent)
        runs.append(Params(stack, rnn.init_readout(rng, H, K, dtype)))
    return mapped(lambda *arrays: np.stack(arrays), *runs)


def states(
    params: Params, x: Array, residual: bool = False, kept: Kept | None = None
) -> tuple[Array, list[Layer]]:
    """The outputs u_L (R, T, B, H) of all runs, and what the backward pass needs of each layer."""
    kept, depth = kept or Kept(), len(params.stack.layers)
    entries, recurrents = kept.entry or [None] * (depth - 1), kept.recurrent or [None] * depth
    norms = params.stack.norms or [None] * (depth - 1)
    u, layers = x, []
    for place, (cell_params, m) in enumerate(zip(params.stack.layers, recurrents, strict=True)):
        v, norm, keep = u, None, None
        if place:
            keep = entries[place - 1]
            v, norm = _entered(u, norms[place - 1], keep)
        h = _run(cell_params, v, m)
        layers.append(Layer(v, h, norm, keep, m))
        u = h[:, 1:] + u if residual and place else h[:, 1:]
    return u, layers


def loss_and_gradient(
    params: Params, x: Array, targets: Array, scored: Array, residual: bool = False, kept: Kept | None = None
) -> tuple[Array, Params]:
    """The cross-entropy of each run, the mean over its scored steps, (R,), and its gradient at the run's weights."""
    return loss_gradient_and_logits(params, x, targets, scored, residual, kept)[:2]


def loss_gradient_and_logits(
    params: Params, x: Array, targets: Array, scored: Array, residual: bool = False, kept: Kept | None = None
) -> tuple[Array, Params, Array]:
    """The same, and the logits y (R, T, B, K) of the forward pass."""
    u, layers = states(params, x, residual, kept)
    y = logits(params, u)
    losses, d_y = _cross_entropy(y, targets, scored)
    W_hy = params.readout.W_hy
    d_u = _in_place(d_y, W_hy)
    d_readout = rnn.ReadoutParams(_summed(d_y, u), d_y.sum(axis=(1, 2)))
    grads, norms = [], []
    for place in reversed(range(len(layers))):
        d_v, d_cell = _back_through_time(d_u, params.stack.layers[place], layers[place])
        grads.append(d_cell)
        if place:
            d_below, d_norm = _left(d_v, layers[place])
            d_u = d_below + d_u if residual else d_below
            norms.append(d_norm)
    of_norms = None if params.stack.norms is None else tuple(reversed(norms))
    return losses, Params(stacked.Params(tuple(reversed(grads)), of_norms), d_readout), y


def losses(params: Params, x: Array, targets: Array, scored: Array, residual: bool = False) -> Array:
    """The cross-entropy of each run without dropout and without a gradient: (R,)."""
    u, _ = states(params, x, residual)
    return _cross_entropy(logits(params, u), targets, scored)[0]


def logits(params: Params, u: Array) -> Array:
    """y = W_hy u + b_y at every step of every run: (R, T, B, K)."""
    return _everywhere(u, params.readout.W_hy, params.readout.b_y)


class Adam:
    """Adam for R runs, each with a rate of its own and its gradient clipped at norm 1 by itself."""

    def __init__(self, params: Params, rates: Array) -> None:
        self.rates = np.asarray(rates, leaves(params)[0].dtype)
        self.mean, self.square = mapped(np.zeros_like, params), mapped(np.zeros_like, params)
        self.step = 0

    def update(self, params: Params, grads: Params, share: float = 1.0) -> Params:
        """The next weights, with the rates times `share`; the moments are updated in place."""
        self.step += 1
        norms = np.sqrt(sum((g.reshape(len(g), -1) ** 2).sum(axis=1) for g in leaves(grads)))
        shrink = 1 / np.maximum(norms, 1)
        rates = share * self.rates / (1 - 0.9**self.step)
        whole = 1 - 0.999**self.step

        def moved(theta: Array, g: Array, m: Array, s: Array) -> Array:
            along = (len(g), *[1] * (g.ndim - 1))
            g = g * shrink.reshape(along).astype(g.dtype)
            m += 0.1 * (g - m)
            s += 0.001 * (g * g - s)
            return theta - rates.reshape(along).astype(g.dtype) * m / (np.sqrt(s / whole) + 1e-8)

        return mapped(moved, params, grads, self.mean, self.square)


def _run(params: rnn.Params, v: Array, m: Array | None) -> Array:
    """h_0 … h_T of one layer in all runs, (R, T + 1, B, H), with h_0 = 0."""
    from_input = _everywhere(v, params.W_xh, params.b_h)
    R, T, B, H = from_input.shape
    h, W = np.zeros((R, T + 1, B, H), v.dtype), params.W_hh.swapaxes(1, 2)
    for t in range(T):
        before = h[:, t] if m is None else m[:, min(t, m.shape[1] - 1)] * h[:, t]
        np.tanh(before @ W + from_input[:, t], out=h[:, t + 1])
    return h


def _back_through_time(d_h: Array, params: rnn.Params, layer: Layer) -> tuple[Array, rnn.Params]:
    h, m = layer.states, layer.recurrent
    d_a = 1 - h[:, 1:] ** 2
    delta: Array | float = 0.0
    for t in reversed(range(d_a.shape[1])):
        d_a[:, t] *= d_h[:, t] + delta
        delta = _without_dust(d_a[:, t] @ params.W_hh)
        if m is not None:
            delta = m[:, min(t, m.shape[1] - 1)] * delta
    before = h[:, :-1] if m is None else m * h[:, :-1]
    grads = rnn.Params(_summed(d_a, layer.v), _summed(d_a, before), d_a.sum(axis=(1, 2)))
    return _in_place(d_a, params.W_xh), grads


def _without_dust(delta: Array) -> Array:
    """A vanished gradient as zeros: numbers this small add nothing, and a processor takes long over them."""
    delta[np.abs(delta) < DUST] = 0
    return delta


def _entered(u: Array, norm: Any, keep: Array | None) -> tuple[Array, layer_norm.Cache | None]:
    """v = m ⊙ LN(u), as in `layer_entry`, with the gain and bias of each run."""
    cache = None
    if norm is not None:
        gain, bias = (each[:, np.newaxis, np.newaxis] for each in norm)
        plain = layer_norm.init(u.shape[-1], u.dtype)
        normalized, cache = layer_norm.forward(plain, u)
        u, cache = gain * normalized + bias, cache._replace(params=layer_norm.Params(gain, plain.bias))
    return (u if keep is None else keep * u), cache


def _left(d_v: Array, layer: Layer) -> tuple[Array, layer_norm.Params | None]:
    """Back through an entry: the gradient at what stood below, and those at gain and bias."""
    d = d_v if layer.entry is None else layer.entry * d_v
    if layer.norm is None:
        return d, None
    gain, bias = layer.norm.params
    plain = layer.norm._replace(params=layer_norm.Params(np.ones_like(bias), bias))
    d_u, _ = layer_norm.backward(gain * d, plain)
    return d_u, layer_norm.Params((d * layer.norm.normalized).sum(axis=(1, 2)), d.sum(axis=(1, 2)))


def _cross_entropy(y: Array, targets: Array, scored: Array) -> tuple[Array, Array]:
    log_p = log_softmax(y)
    share = scored / scored.sum(axis=(1, 2), keepdims=True)
    right = np.take_along_axis(log_p, targets[..., np.newaxis], axis=-1)[..., 0]
    d_y = np.exp(log_p)
    np.put_along_axis(d_y, targets[..., np.newaxis], np.exp(right)[..., np.newaxis] - 1, axis=-1)
    return -(share * right).sum(axis=(1, 2)), d_y * share[..., np.newaxis].astype(y.dtype)


def _everywhere(x: Array, W: Array, b: Array) -> Array:
    """W x + b at all places of each run: one product for each."""
    R, T, B, N = x.shape
    y = x.reshape(R, T * B, N) @ W.swapaxes(1, 2) + b[:, np.newaxis]
    return y.reshape(R, T, B, -1)


def _in_place(d: Array, W: Array) -> Array:
    """Wᵀ d at all places of each run."""
    R, T, B, M = d.shape
    return (d.reshape(R, T * B, M) @ W).reshape(R, T, B, -1)


def _summed(d: Array, x: Array) -> Array:
    """Σ d xᵀ over all places of each run: the gradient at a weight, (R, M, N)."""
    R = len(d)
    return d.reshape(R, -1, d.shape[-1]).swapaxes(1, 2) @ x.reshape(R, -1, x.shape[-1])
