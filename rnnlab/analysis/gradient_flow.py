"""Gradient flow: how the norm of a gradient changes on its way back through time, measured and in theory.

The theory is mean field: H → ∞ and W_hh with independent entries of mean 0 and standard deviation g / √H. A unit's
input a is then Gaussian with variance q, and a gradient's squared norm changes by g² E[φ′(a)²] a step. Source:
Sompolinsky, Crisanti and Sommers 1988; Poole et al. 2016; Schoenholz et al. 2017; chapter gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.analysis.trajectory import as_vector, from_vector, states_along
from rnnlab.nets.activations import activation as activation_named
from rnnlab.nets.cells import Cell
from rnnlab.nets.door import expect_floats

Array = NDArray[Any]

# E[φ(z)²] of the activations that are the same at any scale
UNBOUNDED = {"relu": 0.5, "identity": 1.0}
SPACING, FURTHEST = 0.01, 12
HALVINGS = 200


def log10_gradient_norms(
    cell: Cell, params: Any, x: Array, d_h_last: Array, state: Any = None, mask: Array | None = None
) -> Array:
    """The gradient of a loss at the last step, by lag: log₁₀ ‖∂L/∂s_{T−k}‖ for k = 0 … T.

    The gradient goes back one step at a time and is scaled to norm 1 after each, so nothing under- or overflows. For an
    LSTM the norm is that of the joint state [h; c], and d_h_last stands at h_T alone.

    Shapes: x (T, B, D), d_h_last = ∂L/∂h_T (B, H), state as the cell takes it or None, mask (T, B) or None; returns
    (T + 1, B). A gradient that is zero has −∞.

    Raises: what the cell's `forward` raises, ValueError for a wrong d_h_last. Source: chapter gradients.

    >>> from rnnlab.nets import rnn
    >>> from rnnlab.nets.cells import cell
    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> linear = cell("rnn", activation="identity")
    >>> log10_gradient_norms(linear, params, np.zeros((3, 1, 1)), np.array([[80.0]]))[:, 0].round(4)
    array([1.9031, 1.6021, 1.301 , 1.    ])
    """
    states = states_along(cell, params, x, state, mask)
    H = cell.output(states[0]).shape[-1]
    expect_floats("d_h_last", d_h_last, x.dtype, B=x.shape[1], H=H)
    zeros = np.zeros((1, *d_h_last.shape), x.dtype)
    delta, norms = _to_norm_one(d_h_last)
    log_norms = [norms]
    d_h, d_last = delta[np.newaxis], None
    for t in reversed(range(len(x))):
        real = mask if mask is None else mask[t : t + 1]
        _, kept = cell.forward(params, x[t : t + 1], states[t], real)
        _, d_state, _ = cell.backward(d_h, kept, d_last)
        delta, norms = _to_norm_one(as_vector(d_state))
        log_norms.append(log_norms[-1] + norms)
        d_h, d_last = zeros, from_vector(delta, like=d_state)
    return np.stack(log_norms)


def mean_rate(log10_norms: Array, skip: int = 0) -> Array:
    """The factor per step of a norm that is `log10_norms` at lags 0, 1, 2, …: 10^slope, by least squares over the lags.

    The first `skip` lags are left out: there the gradient has not turned to its lasting directions yet.

    Shapes: (T + 1, ...); returns (...).

    Raises: ValueError unless two lags are left. Source: chapter gradients.

    >>> mean_rate(np.array([0.0, -0.5, -1.0, -1.5])).round(6).item()
    0.316228
    """
    lags = np.arange(len(log10_norms))[skip:]
    if len(lags) < 2:
        raise ValueError(
            f"two lags must be left, but {len(lags)} of {len(log10_norms)} are. Is skip too large?"
        )
    centered = lags - lags.mean()
    slope = np.tensordot(centered, log10_norms[skip:], axes=1) / np.sum(centered**2)
    return 10.0**slope


def mean_field_rate(gain: float, activation: str = "tanh", input_sd: float = 0.0) -> float:
    """The factor by which a gradient's norm changes in each step of a large random network: g √E[φ′(√q z)²].

    Here z ~ N(0, 1) and q is the `fixed_point`. W_hh has independent entries of standard deviation g / √H, and
    W_xh x_t + b_h the standard deviation `input_sd`, new in every step. Above 1 gradients explode, below 1 they vanish.

    Raises: ValueError for a negative gain or input_sd, or another activation. Source: Schoenholz et al. 2017.

    >>> round(mean_field_rate(1.5, "tanh", input_sd=1.0), 3), round(mean_field_rate(2.0, "relu"), 3)
    (0.868, 1.414)
    """
    variance = fixed_point(gain, activation, input_sd)
    # their slopes are the same at any scale, also where q is 0 or infinite
    q = 1.0 if activation in UNBOUNDED else variance
    named = activation_named(activation)
    return float(
        gain * np.sqrt(_gaussian_mean(lambda a: named.derivative_from_output(named.function(a)) ** 2, q))
    )


def fixed_point(gain: float, activation: str = "tanh", input_sd: float = 0.0) -> float:
    """The variance that a unit's input settles at in a large random network: q = g² E[φ(√q z)²] + input_sd².

    Where there are two solutions (tanh with g > 1 and no input) it is the stable one, q > 0. For "relu" and "identity"
    the activity may grow without bound; then q is infinite. Where they keep any activity as it is, q is given as 1.

    Raises: ValueError for a negative gain or input_sd, or another activation. Source: Poole et al. 2016.

    >>> fixed_point(0.5, "identity", input_sd=3.0), fixed_point(1.0, "identity", input_sd=0.1), fixed_point(0.5, "tanh")
    (12.0, inf, 0.0)
    """
    for name, value in (("gain", gain), ("input_sd", input_sd)):
        if not value >= 0:
            raise ValueError(f"{name} must not be negative, but is {value!r}.")
    f = activation_named(activation).function
    if activation in UNBOUNDED:
        share = gain**2 * UNBOUNDED[activation]
        if share == 1 and input_sd == 0:
            return 1.0
        return input_sd**2 / (1 - share) if share < 1 else np.inf

    def next_variance(q: float) -> float:
        return gain**2 * _gaussian_mean(lambda a: f(a) ** 2, q) + input_sd**2

    # |φ| ≤ 1, so no solution lies above; from there down the curve stays below the diagonal until the stable one
    low, high = 0.0, gain**2 + input_sd**2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if next_variance(middle) > middle else (low, middle)
    return low


def _gaussian_mean(function: Callable[[Array], Array], q: float) -> float:
    """E[function(√q z)] for z ~ N(0, 1), by an equally spaced rule.

    For smooth integrands that fall off like e^(−z²/2) it converges geometrically, and unlike Gauss–Hermite quadrature
    it stays exact to 1e-12 for a tanh as steep as q = 1000. No node lies on the kink of ReLU at 0.
    """
    z = SPACING * (np.arange(-FURTHEST / SPACING, FURTHEST / SPACING) + 0.5)
    weights = np.exp(-(z**2) / 2)
    return float(weights @ function(np.sqrt(q) * z) / weights.sum())


def _to_norm_one(vectors: Array) -> tuple[Array, Array]:
    """Each vector (B, S) divided by its norm, and the log₁₀ of that; a zero vector stays as it is."""
    norms = np.linalg.norm(vectors, axis=-1)
    with np.errstate(divide="ignore"):
        logarithms = np.log10(norms)
    return vectors / np.where(norms > 0, norms, 1)[:, np.newaxis], logarithms
