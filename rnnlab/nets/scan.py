"""The linear recurrence h_t = a_t ⊙ h_{t−1} + b_t, computed step by step, in parallel, and as a convolution.

Without a nonlinearity between the steps they can be bracketed anew. Two steps in a row are one step of the same kind,
(a_s, b_s) then (a_t, b_t) = (a_t a_s, a_t b_s + b_t), and this composition is associative: any prefix scan applies.

| method | products per entry | dependent operations | limits |
|---|---|---|---|
| loop | 1 | T | none |
| hillis_steele | 2 log₂ T | log₂ T | products of a over up to T steps must not overflow |
| chunked | 3 | 2 √T | products of a over up to √T steps must not overflow |
| convolution | O(log T) | an FFT | constant a, no mask; a^T must not overflow; errors are relative to the largest h_t |

A product that underflows to zero is harmless: what it would carry is too small to count. Everything holds for complex
numbers too. The gradient of a real loss L at a complex z is written d_z = ∂L/∂Re z + i ∂L/∂Im z, as torch does.

Source: Hillis and Steele 1986; Blelloch 1990; Martin and Cundy 2018; chapter scan.
"""

from __future__ import annotations

from math import isqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_mask, expect_no_nan, expect_one_of, expect_real_or_complex

Array = NDArray[Any]

METHODS = ("auto", "loop", "hillis_steele", "chunked", "convolution")


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `states` (T + 1, B, H) holds h_0 … h_T."""

    a: Array
    states: Array
    mask: Array | None
    method: str


def forward(
    a: Array, b: Array, h_0: Array | None = None, mask: Array | None = None, method: str = "auto"
) -> tuple[Array, Cache]:
    """All states of the linear recurrence h_t = a_t ⊙ h_{t−1} + b_t.

    Shapes: a (T, B, H), or (H) where it is constant; b (T, B, H), h_0 (B, H) or None for zeros, mask (T, B) or None;
    returns h (T, B, H), read-only because it is shared with the cache, and the cache for `backward`. At padding the
    state is carried over, as with a = 1 and b = 0. All are of one dtype, real or complex; a and b may hold NaN, which
    flows on, because networks compute them from their weights.

    `method` "auto" takes what was fastest on two cores of a Zen 4: hillis_steele while a step has at most 2 KiB and
    the sequence at most 512 KiB (3 to 5 times as fast as the loop at B = 1, H = 64 to 16, T = 128), chunked for longer
    sequences of such steps (3 times at T = 4096, H = 64), else the loop, which large steps keep busy, and always the
    loop where some |a| > 1.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or method, or where `method` "convolution" meets a
    changing a or a mask. Source: Martin and Cundy 2018; chapter scan.

    >>> h, cache = forward(np.array([0.5]), np.ones((3, 1, 1)), np.array([[4.0]]))
    >>> h[:, 0, 0].tolist()
    [3.0, 2.5, 2.25]
    """
    _expect_recurrence(a, b, h_0, mask, method)
    start = np.zeros(b.shape[1:], b.dtype) if h_0 is None else h_0
    if method == "convolution":
        states = convolution(a, b, start)
    else:
        states = _scanned(_over_time(a, b, mask), _without_padding(b, mask), start, method)
    states.setflags(write=False)
    return states[1:], Cache(a, states, mask, method)


def backward(d_h: Array, cache: Cache, d_last: Array | None = None) -> tuple[Array, Array, Array]:
    """From the gradient at every state to the gradients at a, b and the start: the same scan, backwards in time.

    With δ_t the whole gradient at h_t, from t = T down to 1:  δ_{t−1} = d_h_{t−1} + ā_t ⊙ δ_t,
    d_b_t = δ_t,  d_a_t = δ_t ⊙ h̄_{t−1},  d_h_0 = ā_1 ⊙ δ_1, where the bar is the complex conjugate.
    At padding d_a_t = d_b_t = 0 and δ_t passes to h_{t−1} unchanged.

    Shapes: d_h (T, B, H), d_last (B, H), which is added at h_T, or None; returns d_a, which is summed to (H) where a is
    constant, d_b (T, B, H) and d_h_0 (B, H).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Martin and Cundy 2018; chapter scan.

    >>> h, cache = forward(np.array([0.5]), np.ones((3, 1, 1)), np.array([[4.0]]))
    >>> d_a, d_b, d_h_0 = backward(np.ones((3, 1, 1)), cache)
    >>> d_a, d_b[:, 0, 0].tolist(), d_h_0
    (array([14.]), [1.75, 1.5, 1.0], array([[0.875]]))
    """
    a, states, mask, method = cache
    _expect_upstream(d_h, d_last, states)
    end = d_h[-1] if d_last is None else d_h[-1] + d_last
    if method == "convolution":
        delta = convolution(a.conj(), d_h[:-1][::-1], end)[::-1]
        d_h_0 = a.conj() * delta[0]
    else:
        a_over_time = _over_time(a, d_h, mask).conj()
        delta = _scanned(a_over_time[1:][::-1], d_h[:-1][::-1], end, method)[::-1]
        d_h_0 = a_over_time[0] * delta[0]
    d_b = _without_padding(delta, mask)
    d_a = d_b * states[:-1].conj()
    return (d_a.sum(axis=(0, 1)) if a.ndim == 1 else d_a), d_b, d_h_0


def loop(a: Array, b: Array, h_0: Array) -> Array:
    """The recurrence as it is written: T steps, one after the other.

    Shapes: a and b (T, B, H), h_0 (B, H); returns h_0 … h_T as (T + 1, B, H).

    Source: chapter scan.

    >>> loop(np.full((3, 1, 1), 0.5), np.ones((3, 1, 1)), np.array([[4.0]]))[:, 0, 0].tolist()
    [4.0, 3.0, 2.5, 2.25]
    """
    states = np.empty((len(b) + 1, *b.shape[1:]), b.dtype)
    states[0] = h_0
    for t in range(len(b)):
        np.multiply(a[t], states[t], out=states[t + 1])
        states[t + 1] += b[t]
    return states


def hillis_steele(a: Array, b: Array, h_0: Array) -> Array:
    """The recurrence in log₂ T rounds: after the round of span s, each entry sums up the 2 s steps that end in it.

    A round composes every step t with the step t − s, (a, b)_t ← (a_t a_{t−s}, a_t b_{t−s} + b_t), all t at once.
    Shapes as in `loop`. Source: Hillis and Steele 1986; chapter scan.

    >>> hillis_steele(np.full((3, 1, 1), 0.5), np.ones((3, 1, 1)), np.array([[4.0]]))[:, 0, 0].tolist()
    [4.0, 3.0, 2.5, 2.25]
    """
    states = np.concatenate([h_0[np.newaxis], b])
    span = 1
    while span < len(states):
        states[span:] += a * states[:-span]
        a = a[span:] * a[:-span]  # one fewer entry for every start that is already reached
        span *= 2
    return states


def chunked(a: Array, b: Array, h_0: Array) -> Array:
    """The recurrence in about √T chunks of √T steps: first inside all chunks at once, then from chunk to chunk.

    Each chunk starts from zero; what the state h before it adds after l steps is a_l ⋯ a_1 h.
    Shapes as in `loop`. Source: Blelloch 1990, section 1.3 (fewer processors than entries); chapter scan.

    >>> chunked(np.full((3, 1, 1), 0.5), np.ones((3, 1, 1)), np.array([[4.0]]))[:, 0, 0].tolist()
    [4.0, 3.0, 2.5, 2.25]
    """
    length = max(isqrt(len(b)), 1)
    count = len(b) // length
    whole = count * length
    states = np.empty((len(b) + 1, *b.shape[1:]), b.dtype)
    states[0] = h_0
    a_in, b_in, h_in = (each[:whole].reshape(count, length, *each.shape[1:]) for each in (a, b, states[1:]))
    decay = a_in.copy()
    h_in[:, 0] = b_in[:, 0]
    for t in range(1, length):
        decay[:, t] *= decay[:, t - 1]
        np.multiply(a_in[:, t], h_in[:, t - 1], out=h_in[:, t])
        h_in[:, t] += b_in[:, t]
    for c in range(count):
        h_in[c] += decay[c] * states[c * length]
    states[whole:] = loop(a[whole:], b[whole:], states[whole])
    return states


def convolution(a: Array, b: Array, h_0: Array) -> Array:
    """The recurrence with constant a as a convolution with the kernel (1, a, a², …), by the fast Fourier transform.

    h_t = a^t h_0 + Σ_{k=0}^{t−1} a^k b_{t−k}. Zeros to twice the length keep the circular convolution from wrapping.
    Shapes: a (H), the others as in `loop`. Source: Gu et al. 2021 (S4), section 2.4; Cooley and Tukey 1965.

    >>> convolution(np.array([0.5]), np.ones((3, 1, 1)), np.array([[4.0]]))[:, 0, 0].tolist()
    [4.0, 3.0, 2.5, 2.25]
    """
    inputs = np.concatenate([h_0[np.newaxis], b])
    steps = len(inputs)
    kernel = np.ones((steps, 1, len(a)), a.dtype)
    kernel[1:] = a
    np.cumprod(kernel, axis=0, out=kernel)
    size = 2 ** (2 * steps - 1).bit_length()
    if np.iscomplexobj(b):
        product = np.fft.fft(kernel, size, axis=0) * np.fft.fft(inputs, size, axis=0)
        return np.fft.ifft(product, axis=0)[:steps]
    product = np.fft.rfft(kernel, size, axis=0) * np.fft.rfft(inputs, size, axis=0)
    return np.fft.irfft(product, size, axis=0)[:steps]


SCANS = {"loop": loop, "hillis_steele": hillis_steele, "chunked": chunked}


def _scanned(a: Array, b: Array, h_0: Array, method: str) -> Array:
    return SCANS[_fastest(a, b) if method == "auto" else method](a, b, h_0)


def _fastest(a: Array, b: Array) -> str:
    """The method that was fastest where it was measured: see `forward`. Products of |a| ≤ 1 cannot overflow."""
    if len(b) == 0 or b.nbytes > 2048 * len(b) or not np.abs(a).max() <= 1:
        return "loop"
    return "hillis_steele" if b.nbytes <= 512 * 1024 else "chunked"


def _over_time(a: Array, b: Array, mask: Array | None) -> Array:
    """a as (T, B, H), with 1 at padding. A constant a is stored for one step alone."""
    if a.ndim == 1:
        a = np.broadcast_to(np.tile(a, (b.shape[1], 1)), b.shape)
    return a if mask is None else np.where(mask[:, :, np.newaxis], a, np.ones((), a.dtype))


def _without_padding(values: Array, mask: Array | None) -> Array:
    return values if mask is None else np.where(mask[:, :, np.newaxis], values, np.zeros((), values.dtype))


def _expect_recurrence(a: Array, b: Array, h_0: Array | None, mask: Array | None, method: str) -> None:
    expect_one_of("method", method, METHODS)
    expect_real_or_complex("b", b, T=None, B=None, H=None)
    T, B, H = b.shape
    if np.ndim(a) == 1:
        expect_real_or_complex("a", a, b.dtype, H=H)
    else:
        expect_real_or_complex("a", a, b.dtype, T=T, B=B, H=H)
    if h_0 is not None:
        expect_real_or_complex("h_0", h_0, b.dtype, B=B, H=H)
        expect_no_nan("h_0", h_0)
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)
    if method == "convolution" and (a.ndim > 1 or mask is not None):
        what = "a changes with time" if a.ndim > 1 else "a mask makes a change with time"
        raise ValueError(f'method "convolution" needs one constant a (H,), but {what}. Use "auto".')


def _expect_upstream(d_h: Array, d_last: Array | None, states: Array) -> None:
    T, B, H = states[1:].shape
    expect_real_or_complex("d_h", d_h, states.dtype, T=T, B=B, H=H)
    if d_last is not None:
        expect_real_or_complex("d_last", d_last, states.dtype, B=B, H=H)
