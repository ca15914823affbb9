"""The linear recurrent unit: a diagonal, complex, linear recurrence inside the unit circle, read out as real numbers.

λ = exp(−exp(ν) + i exp(θ))                     H eigenvalues: |λ| < 1 whatever ν is
h_t = λ ⊙ h_{t−1} + exp(γ) ⊙ (W_xh x_t)         complex states; exp(γ) = √(1 − |λ|²) at the start
y_t = Re(W_hy h_t) + W_xy x_t                   real outputs

In the paper's symbols W_xh is B, W_hy is C, W_xy is D (there a diagonal), and ν, θ, γ are ν^log, θ^log, γ^log: the
parameters are logarithms. Complex weights are kept as pairs of real arrays, `_re` and `_im`, and their gradients are
those of the parts, so that every optimizer and every norm of gradients is right without knowing of complex numbers. The
gradient at a complex state h is the complex number ∂L/∂Re h + i ∂L/∂Im h, as in torch.

Sequences are time-first, (T, B, D). Where a mask (T, B) is False the state is carried over, and x counts as zero.
Source: Orvieto et al. 2023, section 3 and appendix A; chapter scan.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import scan
from rnnlab.nets.door import (
    expect_floats,
    expect_no_nan,
    expect_real_or_complex,
    expect_sequence,
    expect_sizes,
    leading_axes,
)
from rnnlab.nets.products import at_every_place, flat

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: nu, theta, gamma (H); W_xh (H, D) and W_hy (K, H) in two parts; W_xy (K, D)."""

    nu: Array
    theta: Array
    gamma: Array
    W_xh_re: Array
    W_xh_im: Array
    W_hy_re: Array
    W_hy_im: Array
    W_xy: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`; x is zero at padding."""

    params: Params
    x: Array
    scanned: scan.Cache


def init(
    rng: Generator,
    D: int,
    H: int,
    K: int,
    dtype: DTypeLike = np.float64,
    r_min: float = 0.0,
    r_max: float = 1.0,
    max_phase: float = 2 * np.pi,
) -> Params:
    """Starting weights: eigenvalues uniform on the ring r_min ≤ |λ| ≤ r_max with phases from 0 to `max_phase`.

    ν = log(−½ log(u₁ (r_max² − r_min²) + r_min²)),  θ = log(max_phase u₂),  u uniform in (0, 1);  γ = log √(1 − |λ|²).
    The parts of W_xh have variance 1/2D, those of W_hy 1/H, W_xy 1/D. A longer memory wants r_min near 1, and a long
    sequence a small phase.

    Raises: ValueError for a size below 1 or an impossible ring. Source: Orvieto et al. 2023, lemma 3.2, appendix A.

    >>> params = init(np.random.default_rng(0), D=3, H=100, K=2, r_min=0.9, r_max=0.99)
    >>> bool(np.all((np.abs(eigenvalues(params)) >= 0.9) & (np.abs(eigenvalues(params)) <= 0.99)))
    True
    """
    expect_sizes(D=D, H=H, K=K)
    _expect_ring(r_min, r_max, max_phase)
    area, turn = rng.uniform(np.finfo(float).tiny, 1, size=(2, H))
    radius_squared = area * (r_max**2 - r_min**2) + r_min**2

    def normal(rows: int, columns: int, variance: float) -> Array:
        return (np.sqrt(variance) * rng.normal(size=(rows, columns))).astype(dtype)

    return Params(
        nu=np.log(-0.5 * np.log(radius_squared)).astype(dtype),
        theta=np.log(max_phase * turn).astype(dtype),
        gamma=(0.5 * np.log1p(-radius_squared)).astype(dtype),
        W_xh_re=normal(H, D, 1 / (2 * D)),
        W_xh_im=normal(H, D, 1 / (2 * D)),
        W_hy_re=normal(K, H, 1 / H),
        W_hy_im=normal(K, H, 1 / H),
        W_xy=normal(K, D, 1 / D),
    )


def eigenvalues(params: Params) -> Array:
    """The factors of the recurrence, λ = exp(−exp(ν) + i exp(θ)): complex (H).

    >>> params = init(np.random.default_rng(0), D=1, H=1, K=1)._replace(nu=np.zeros(1), theta=np.log([np.pi]))
    >>> eigenvalues(params).round(4)
    array([-0.3679+0.j])
    """
    return np.exp(-np.exp(params.nu) + 1j * np.exp(params.theta))


def zero_state(params: Params, B: int) -> Array:
    """The usual initial state, h_0 = 0, for B sequences: complex (B, H).

    >>> zero_state(init(np.random.default_rng(0), D=3, H=2, K=1), B=1)
    array([[0.+0.j, 0.+0.j]])
    """
    return np.zeros((B, len(params.nu)), _complex(params.nu.dtype))


def step(params: Params, x_t: Array, h_prev: Array) -> Array:
    """One update of the state, from h_{t−1} to h_t. `readout` makes the output of it.

    Shapes: x_t (B, D), h_prev complex (B, H); returns h_t complex (B, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Orvieto et al. 2023.

    >>> params = init(np.random.default_rng(0), D=3, H=2, K=1)
    >>> step(params, np.ones((1, 3)), zero_state(params, B=1)).shape
    (1, 2)
    """
    H, D, _ = _sizes(params)
    expect_floats("x_t", x_t, params.nu.dtype, B=None, D=D)
    expect_real_or_complex("h_prev", h_prev, _complex(x_t.dtype), B=len(x_t), H=H)
    return eigenvalues(params) * h_prev + _driven(params, x_t)


def readout(params: Params, h: Array, x: Array) -> Array:
    """The outputs at states and inputs: y_t = Re(W_hy h_t) + W_xy x_t.

    Shapes: h complex (..., H), x (..., D); returns y (..., K).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Orvieto et al. 2023.

    >>> params = init(np.random.default_rng(0), D=3, H=2, K=1)
    >>> readout(params, zero_state(params, B=1), np.zeros((1, 3)))
    array([[0.]])
    """
    H, D, _ = _sizes(params)
    leading = leading_axes(x)
    expect_floats("x", x, params.nu.dtype, **leading, D=D)
    expect_real_or_complex("h", h, _complex(x.dtype), **leading, H=H)
    return at_every_place(_reading(params), _parts(h)) + at_every_place(params.W_xy, x)


def forward(
    params: Params, x: Array, state: Array | None = None, mask: Array | None = None, method: str = "auto"
) -> tuple[Array, Cache]:
    """All outputs of a sequence: the inputs of all steps at once, one scan, and the readout.

    Shapes: x (T, B, D), state complex (B, H) or None for zeros, mask (T, B) or None; `method` is as in `scan.forward`.
    Returns y (T, B, K) and the cache for `backward`, whose `scanned.states` holds h_0 … h_T.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or method. Source: Orvieto et al. 2023.

    >>> y, cache = forward(init(np.random.default_rng(0), D=3, H=2, K=1), np.ones((4, 5, 3)))
    >>> y.shape, cache.scanned.states.dtype
    ((4, 5, 1), dtype('complex128'))
    """
    _expect_sequence(params, x, state, mask)
    if mask is not None:
        x = np.where(mask[:, :, np.newaxis], x, np.zeros((), x.dtype))
    h, scanned = scan.forward(eigenvalues(params), _driven(params, x), state, mask, method)
    return readout(params, h, x), Cache(params, x, scanned)


def last_state(cache: Cache) -> Array:
    """The state after the last step, h_T, complex (B, H), read-only: for the next piece of a stream.

    >>> y, cache = forward(init(np.random.default_rng(0), D=3, H=2, K=1), np.ones((4, 5, 3)))
    >>> last_state(cache).shape
    (5, 2)
    """
    return cache.scanned.states[-1]


def backward(d_y: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, Params]:
    """From the gradient at every output to the gradients at inputs, start and weights.

    With d_h_t = W_hyᴴ d_y_t the scan backwards in time gives d_λ and d_b_t = δ_t, where b_t = exp(γ) ⊙ (W_xh x_t). Then
    d_(W_hy) = Σ_t d_y_t h_tᴴ,  d_W_xy = Σ_t d_y_t x_tᵀ,  with G = Σ_t d_b_t x_tᵀ:  d_W_xh = exp(γ) ⊙ G,
    d_γ = exp(γ) Σ_D Re(W̄_xh ⊙ G),  d_ν = −exp(ν) Re(λ̄ d_λ),  d_θ = exp(θ) Im(λ̄ d_λ),
    d_x_t = W_xyᵀ d_y_t + Re((exp(γ) ⊙ W_xh)ᴴ d_b_t). At padding d_x_t = 0.

    Shapes: d_y (T, B, K), d_last complex (B, H), which is added at h_T, or None; returns d_x (T, B, D), d_h_0 complex
    (B, H) and grads, the derivatives by every real parameter.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter scan.

    >>> params = init(np.random.default_rng(0), D=3, H=2, K=1)
    >>> y, cache = forward(params, np.ones((4, 5, 3)))
    >>> d_x, d_h_0, grads = backward(np.ones_like(y), cache)
    >>> d_x.shape, d_h_0.dtype, grads.W_xh_im.shape
    ((4, 5, 3), dtype('complex128'), (2, 3))
    """
    params, x, scanned = cache
    T, B, _ = x.shape
    H, _, K = _sizes(params)
    expect_floats("d_y", d_y, x.dtype, T=T, B=B, K=K)
    d_h = at_every_place(_reading(params).T, d_y).view(_complex(x.dtype))
    d_lambda, d_b, d_h_0 = scan.backward(d_h, scanned, d_last)
    d_x = at_every_place(_driving(params).T, _parts(d_b)) + at_every_place(params.W_xy.T, d_y)
    if scanned.mask is not None:
        d_x *= scanned.mask[:, :, np.newaxis]
    d_reading = (flat(d_y).T @ flat(_parts(scanned.states[1:]))).reshape(K, H, 2)
    G = (flat(_parts(d_b)).T @ flat(x)).reshape(H, 2, -1)
    return d_x, d_h_0, _gradients(params, d_lambda, d_reading, G, flat(d_y).T @ flat(x))


def _gradients(params: Params, d_lambda: Array, d_reading: Array, G: Array, d_W_xy: Array) -> Params:
    turned = eigenvalues(params).conj() * d_lambda
    scale = np.exp(params.gamma)
    return Params(
        nu=-np.exp(params.nu) * np.real(turned),
        theta=np.exp(params.theta) * np.imag(turned),
        gamma=scale * (params.W_xh_re * G[:, 0] + params.W_xh_im * G[:, 1]).sum(axis=1),
        W_xh_re=scale[:, np.newaxis] * G[:, 0],
        W_xh_im=scale[:, np.newaxis] * G[:, 1],
        W_hy_re=d_reading[:, :, 0],
        W_hy_im=-d_reading[:, :, 1],
        W_xy=d_W_xy,
    )


def _driven(params: Params, x: Array) -> Array:
    """exp(γ) ⊙ (W_xh x), complex (..., H), as one real product whose rows alternate between the parts."""
    return at_every_place(_driving(params), x).view(_complex(x.dtype))


def _driving(params: Params) -> Array:
    """exp(γ) ⊙ W_xh as (2H, D): the rows of Re and Im in turn, as NumPy stores complex numbers."""
    W_xh = (
        np.stack([params.W_xh_re, params.W_xh_im], axis=1) * np.exp(params.gamma)[:, np.newaxis, np.newaxis]
    )
    return W_xh.reshape(-1, W_xh.shape[-1])


def _reading(params: Params) -> Array:
    """Re(W_hy ·) as (K, 2H), to be multiplied with the parts of h: Re(W h) = Re W Re h − Im W Im h."""
    W_hy = np.stack([params.W_hy_re, -params.W_hy_im], axis=-1)
    return W_hy.reshape(len(W_hy), -1)


def _parts(values: Array) -> Array:
    """Complex (..., H) as real (..., 2H), Re and Im in turn."""
    values = np.ascontiguousarray(values)
    return values.view(np.real(values).dtype)


def _complex(dtype: DTypeLike) -> np.dtype[Any]:
    return np.result_type(dtype, np.complex64)


def _sizes(params: Params) -> tuple[int, int, int]:
    expect_floats("nu", params.nu, H=None)
    H, dtype = len(params.nu), params.nu.dtype
    expect_floats("theta", params.theta, dtype, H=H)
    expect_floats("gamma", params.gamma, dtype, H=H)
    expect_floats("W_xy", params.W_xy, dtype, K=None, D=None)
    K, D = params.W_xy.shape
    for name in ("W_xh_re", "W_xh_im"):
        expect_floats(name, getattr(params, name), dtype, H=H, D=D)
    for name in ("W_hy_re", "W_hy_im"):
        expect_floats(name, getattr(params, name), dtype, K=K, H=H)
    return H, D, K


def _expect_ring(r_min: float, r_max: float, max_phase: float) -> None:
    if not 0 <= r_min < r_max <= 1:
        raise ValueError(
            f"r_min and r_max must satisfy 0 <= r_min < r_max <= 1, but are {r_min!r} and {r_max!r}. "
            "They are the radii of the ring of eigenvalues inside the unit circle."
        )
    if not 0 < max_phase <= 2 * np.pi:
        raise ValueError(f"max_phase must lie in (0, 2π], in radians, but is {max_phase!r}.")


def _expect_sequence(params: Params, x: Array, state: Array | None, mask: Array | None) -> None:
    H, D, _ = _sizes(params)
    expect_sequence(x, mask, D, params.nu.dtype)
    if state is not None:
        expect_real_or_complex("state", state, _complex(x.dtype), B=x.shape[1], H=H)
        expect_no_nan("state", state)
