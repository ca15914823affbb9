"""Self-attention with a past: the steps of x attend to each other and to keys and values of earlier steps.

The weights are those of `multihead`. Keys are kept projected and, with rotary positions, already rotated at their own
step, so that a longer past changes nothing in them. Sources: Vaswani et al. 2017; Su et al. 2021; chapter transformer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets import multihead
from rnnlab.nets.door import expect_floats, expect_mask
from rnnlab.nets.masks import allowed_keys
from rnnlab.nets.multihead import Mixed, Params
from rnnlab.nets.positions import rotary, rotary_backward
from rnnlab.nets.products import at_every_place, flat

Array = NDArray[Any]


class Past(NamedTuple):
    """Keys and values (T, B, H) of steps so far, or the gradients at them."""

    keys: Array
    values: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `mixed.weights` (B, N, T, P + T) are the alignments, read-only."""

    params: Params
    x: Array
    mixed: Mixed
    context: Array
    rotated: bool


def forward(
    params: Params,
    x: Array,
    heads: int,
    past: Past | None = None,
    mask: Array | None = None,
    causal: bool = False,
    rotated: bool = False,
) -> tuple[Array, Cache]:
    """Every step of x looks at all steps, or with `causal` at those up to itself, and at the P steps of the past.

    [q; k; v] = W_in x + b_in, per head c = softmax(q kᵀ / √d) v over the past's k and v and the new ones, and
    y = W_out [c_1; …; c_N] + b_out. With `rotated`, q and k are rotated by their step's angles (`positions.rotary`).

    Shapes: x (T, B, H), past (P, B, H) or None, mask (P + T, B) with True at real steps or None; returns y (T, B, H)
    and the cache for `backward`.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, `heads` that do not divide H, or rotation of
    heads with an odd number of units. Source: Vaswani et al. 2017, section 3.2.

    >>> params = multihead.init(np.random.default_rng(0), H=4)
    >>> y, cache = forward(params, np.ones((3, 1, 4)), heads=2, causal=True)
    >>> y.shape, cache.mixed.weights[0, 0].round(2)
    ((3, 1, 4), array([[1.  , 0.  , 0.  ],
           [0.5 , 0.5 , 0.  ],
           [0.33, 0.33, 0.33]]))
    """
    _expect_steps(params, x, heads, past, mask)
    P = 0 if past is None else len(past.keys)
    q, k, v = project(params, x, heads, P, rotated)
    if past is not None:
        k = np.concatenate([past.keys, k])
        v = np.concatenate([past.values, v])
    context, mixed = multihead.mix(q, k, v, heads, allowed_keys(mask, causal, len(q), len(k)))
    y = at_every_place(params.W_out, context) + params.b_out
    return y, Cache(params, x, mixed, context, rotated)


def backward(d_y: Array, cache: Cache, d_last: Past | None = None) -> tuple[Array, Past, Params]:
    """From the gradient at the outputs to the gradients at inputs, past and weights.

    Shapes: d_y (T, B, H); d_last (P + T, B, H), which is added at all keys and values, or None; returns d_x (T, B, H),
    d_past (P, B, H) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter transformer.

    >>> params = multihead.init(np.random.default_rng(0), H=4)
    >>> y, cache = forward(params, np.ones((3, 1, 4)), heads=2)
    >>> d_x, d_past, grads = backward(y, cache)
    >>> d_x.shape, d_past.keys.shape
    ((3, 1, 4), (0, 1, 4))
    """
    params, x, mixed, context, rotated = cache
    heads, P = mixed.weights.shape[1], len(mixed.k) - len(x)
    _expect_upstream(d_y, d_last, cache)
    d_q, d_keys, d_values = multihead.mix_backward(at_every_place(params.W_out.T, d_y), mixed)
    if d_last is not None:
        d_keys, d_values = d_keys + d_last.keys, d_values + d_last.values
    d_k = d_keys[P:]
    if rotated:
        d_q, d_k = (_turned(rotary_backward, d, heads, P) for d in (d_q, d_k))
    d_q_k_v = np.concatenate([d_q, d_k, d_values[P:]], axis=2)
    grads = Params(
        W_in=flat(d_q_k_v).T @ flat(x),
        b_in=flat(d_q_k_v).sum(axis=0),
        W_out=flat(d_y).T @ flat(context),
        b_out=flat(d_y).sum(axis=0),
    )
    return at_every_place(params.W_in.T, d_q_k_v), Past(d_keys[:P], d_values[:P]), grads


def step(
    params: Params, x_t: Array, past: Past, heads: int, mask: Array | None = None, rotated: bool = False
) -> Array:
    """One more step, which looks at itself and all before it: as `forward` with `causal`, for T = 1.

    The last place of `past` is not the past's: the step's own key and value are written there.

    Shapes: x_t (B, H), past (P + 1, B, H), mask (P + 1, B) or None; returns y_t (B, H). Raises as `forward`.

    >>> params = multihead.init(np.random.default_rng(0), H=4)
    >>> past = Past(np.zeros((1, 1, 4)), np.zeros((1, 1, 4)))
    >>> y_1 = step(params, np.ones((1, 4)), past, heads=2)
    >>> bool(np.allclose(y_1, forward(params, np.ones((1, 1, 4)), heads=2)[0][0])), bool(past.keys.any())
    (True, True)
    """
    _expect_step(params, x_t, heads, past, mask)
    keys, values = past
    q, keys[-1:], values[-1:] = project(params, x_t[np.newaxis], heads, len(keys) - 1, rotated)
    context, _ = multihead.mix(q, keys, values, heads, allowed_keys(mask, False, 1, len(keys)))
    return context[0] @ params.W_out.T + params.b_out


def project(
    params: Params, x: Array, heads: int, start: int = 0, rotated: bool = False
) -> tuple[Array, Array, Array]:
    """Queries, keys and values of the steps start … start + T − 1, each (T, B, H), the first two perhaps rotated.

    >>> params = multihead.init(np.random.default_rng(0), H=4)
    >>> [each.shape for each in project(params, np.ones((3, 1, 4)), heads=2)]
    [(3, 1, 4), (3, 1, 4), (3, 1, 4)]
    """
    q, k, v = np.split(at_every_place(params.W_in, x) + params.b_in, 3, axis=2)
    if rotated:
        q, k = (_turned(rotary, each, heads, start) for each in (q, k))
    return q, k, v


def _turned(rotation: Callable[[Array, int], Array], x: Array, heads: int, start: int) -> Array:
    return rotation(multihead.by_head(x, heads), start).reshape(x.shape)


def _expect_steps(params: Params, x: Array, heads: int, past: Past | None, mask: Array | None) -> None:
    H = multihead.expect_weights(params, heads)
    expect_floats("x", x, params.b_out.dtype, T=None, B=None, H=H)
    T, B, _ = x.shape
    P = 0
    if past is not None:
        P = len(past.keys)
        expect_floats("past.keys", past.keys, x.dtype, P=P, B=B, H=H)
        expect_floats("past.values", past.values, x.dtype, P=P, B=B, H=H)
    if mask is not None:
        expect_mask("mask", mask, P_and_T=P + T, B=B)


def _expect_step(params: Params, x_t: Array, heads: int, past: Past, mask: Array | None) -> None:
    H = multihead.expect_weights(params, heads)
    expect_floats("x_t", x_t, params.b_out.dtype, B=None, H=H)
    expect_floats("past.keys", past.keys, x_t.dtype, P_and_1=None, B=len(x_t), H=H)
    expect_floats("past.values", past.values, x_t.dtype, P_and_1=len(past.keys), B=len(x_t), H=H)
    if mask is not None:
        expect_mask("mask", mask, P_and_1=len(past.keys), B=len(x_t))


def _expect_upstream(d_y: Array, d_last: Past | None, cache: Cache) -> None:
    T, B, H = cache.x.shape
    expect_floats("d_y", d_y, cache.x.dtype, T=T, B=B, H=H)
    if d_last is not None:
        for name, gradient in d_last._asdict().items():
            expect_floats(f"d_last.{name}", gradient, cache.x.dtype, P_and_T=len(cache.mixed.k), B=B, H=H)
