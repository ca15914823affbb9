"""Multi-head attention: several small scaled dot-product attentions side by side, each on its own projections.

Time-first: queries (T_q, B, H), keys and values (T_k, B, H). Head n owns the units n·d … (n + 1)·d − 1 with d = H / N.
As an array (T, B, H) is the same memory as (T, B · N, d), a head is one more row of the batch, and the heads share the
code of one. Sources: Vaswani et al. 2017, section 3.2.2; torch.nn.MultiheadAttention, whose stacked weights it has.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation
from rnnlab.nets.activations import softmax_backward
from rnnlab.nets.door import expect_floats, expect_mask, expect_sizes
from rnnlab.nets.masks import allowed_keys, masked_softmax
from rnnlab.nets.products import at_every_place, flat
from rnnlab.nets.scores import scaled_dot, scaled_dot_backward, swapped

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights, or their gradients: W_in (3H, H) and b_in (3H) in rows q, k, v; W_out (H, H), b_out (H)."""

    W_in: Array
    b_in: Array
    W_out: Array
    b_out: Array


class Mixed(NamedTuple):
    """What `mix_backward` needs: projected q (T_q, B, H), k and v (T_k, B, H), and the weights (B, N, T_q, T_k)."""

    q: Array
    k: Array
    v: Array
    weights: Array


class Cache(NamedTuple):
    """What `backward` needs from `forward`."""

    params: Params
    queries: Array
    keys: Array
    values: Array
    mixed: Mixed
    context: Array

    @property
    def weights(self) -> Array:
        """The alignment of each head, (B, N, T_q, T_k), read-only."""
        return self.mixed.weights


def init(rng: Generator, H: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights as in torch: W_in uniform in ±√(6 / 4H) (Glorot's, of the whole), W_out in ±1/√H, biases 0.

    Raises: ValueError for a size below 1. Source: documentation and code of torch.nn.MultiheadAttention.

    >>> [weight.shape for weight in init(np.random.default_rng(0), H=2)]
    [(6, 2), (6,), (2, 2), (2,)]
    """
    expect_sizes(H=H)
    W_in = initialisation.glorot(rng, 3 * H, H, dtype)
    W_out = initialisation.uniform(rng, (H, H), H, dtype)
    return Params(W_in, np.zeros(3 * H, dtype), W_out, np.zeros(H, dtype))


def forward(
    params: Params,
    queries: Array,
    keys: Array,
    values: Array,
    heads: int,
    mask: Array | None = None,
    causal: bool = False,
) -> tuple[Array, Cache]:
    """Attention by each head on its part of W_q q, W_k k, W_v v, and W_out of the heads' contexts side by side.

    c_n = softmax(q_n k_nᵀ / √d) v_n for head n,  y = W_out [c_1; …; c_N] + b_out. For self-attention all three are x.
    A query without any allowed key has the context zero: its y is b_out.

    Shapes: queries (T_q, B, H), keys and values (T_k, B, H), mask (T_k, B) with True at real keys or None; with
    `causal` the queries are the last T_q of the T_k steps. Returns y (T_q, B, H) and the cache, whose `weights`
    (B, N, T_q, T_k) are the alignments.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or `heads` that do not divide H.
    Source: Vaswani et al. 2017, section 3.2.2.

    >>> params = init(np.random.default_rng(0), H=4)
    >>> x = np.ones((3, 1, 4))
    >>> y, cache = forward(params, x, x, x, heads=2, causal=True)
    >>> y.shape, cache.weights.shape
    ((3, 1, 4), (1, 2, 3, 3))
    """
    _expect_inputs(params, queries, keys, values, heads, mask)
    inputs = (queries, keys, values)
    q, k, v = (at_every_place(W, each) + b for W, b, each in zip(*in_parts(params), inputs, strict=True))
    context, mixed = mix(q, k, v, heads, allowed_keys(mask, causal, len(q), len(k)))
    y = at_every_place(params.W_out, context) + params.b_out
    return y, Cache(params, *inputs, mixed, context)


def backward(d_y: Array, cache: Cache) -> tuple[Array, Array, Array, Params]:
    """From the gradient at the outputs to the gradients at queries, keys, values and weights.

    Where one x came as all three, its gradient is the sum of the three.

    Shapes: d_y (T_q, B, H); returns d_queries (T_q, B, H), d_keys and d_values (T_k, B, H), and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter transformer.

    >>> params = init(np.random.default_rng(0), H=4)
    >>> y, cache = forward(params, *np.ones((3, 5, 1, 4)), heads=2)
    >>> [gradient.shape for gradient in backward(y, cache)[:3]]
    [(5, 1, 4), (5, 1, 4), (5, 1, 4)]
    """
    params, *inputs, mixed, context = cache
    T_q, B, H = mixed.q.shape
    expect_floats("d_y", d_y, context.dtype, T_q=T_q, B=B, H=H)
    d_q_k_v = mix_backward(at_every_place(params.W_out.T, d_y), mixed)
    d_queries, d_keys, d_values = (
        at_every_place(W.T, d) for W, d in zip(in_parts(params)[0], d_q_k_v, strict=True)
    )
    grads = Params(
        W_in=np.concatenate([flat(d).T @ flat(each) for d, each in zip(d_q_k_v, inputs, strict=True)]),
        b_in=np.concatenate([flat(d).sum(axis=0) for d in d_q_k_v]),
        W_out=flat(d_y).T @ flat(context),
        b_out=flat(d_y).sum(axis=0),
    )
    return d_queries, d_keys, d_values, grads


def mix(q: Array, k: Array, v: Array, heads: int, allowed: Array | None = None) -> tuple[Array, Mixed]:
    """The attentions of all heads on projected queries, keys and values, without W_in and W_out.

    Shapes: q (T_q, B, H), k and v (T_k, B, H), allowed of a shape that broadcasts to (B, T_q, T_k); returns the heads'
    contexts side by side (T_q, B, H) and what `mix_backward` needs. Raises as `forward`.

    >>> mix(np.ones((1, 1, 2)), np.ones((2, 1, 2)), np.array([[[1.0, 5.0]], [[3.0, 7.0]]]), heads=2)[0]
    array([[[2., 6.]]])
    """
    T_q, B, H = q.shape
    scores = scaled_dot(by_head(q, heads), by_head(k, heads)).reshape(B, heads, T_q, len(k))
    if allowed is not None and allowed.ndim == 3:
        allowed = allowed[:, np.newaxis]
    weights = masked_softmax(scores, allowed)
    weights.setflags(write=False)
    context = swapped(_as_batch(weights) @ swapped(by_head(v, heads)))
    return context.reshape(T_q, B, H), Mixed(q, k, v, weights)


def mix_backward(d_context: Array, mixed: Mixed) -> tuple[Array, Array, Array]:
    """From the gradient at the heads' contexts to those at q, k and v, shaped like them: equations as in `attention`.

    >>> _, mixed = mix(np.ones((1, 1, 2)), np.ones((2, 1, 2)), np.ones((2, 1, 2)), heads=2)
    >>> mix_backward(np.array([[[2.0, 4.0]]]), mixed)[2][:, 0]
    array([[1., 2.],
           [1., 2.]])
    """
    heads = mixed.weights.shape[1]
    q, k, v, d_context = (by_head(each, heads) for each in (*mixed[:3], d_context))
    weights = _as_batch(mixed.weights)
    d_weights = swapped(d_context) @ v.transpose(1, 2, 0)
    d_v = swapped(weights.swapaxes(1, 2) @ swapped(d_context))
    d_q, d_k = scaled_dot_backward(softmax_backward(d_weights, weights), q, k)
    return d_q.reshape(mixed.q.shape), d_k.reshape(mixed.k.shape), d_v.reshape(mixed.v.shape)


def in_parts(params: Params) -> tuple[Array, Array]:
    """The stacked projections one by one, W (3, H, H) and b (3, H), in the order q, k, v: views of W_in and b_in.

    >>> in_parts(init(np.random.default_rng(0), H=2))[0].shape
    (3, 2, 2)
    """
    H = len(params.b_out)
    return params.W_in.reshape(3, H, H), params.b_in.reshape(3, H)


def expect_weights(params: Params, heads: int) -> int:
    """Refuse weights whose shapes do not fit together, or heads that do not divide H. Returns H.

    >>> expect_weights(init(np.random.default_rng(0), H=4), heads=3)
    Traceback (most recent call last):
    ValueError: heads must divide H = 4, so that all have the same number of units, but is 3.
    """
    expect_floats("b_out", params.b_out, H=None)
    H, dtype = len(params.b_out), params.b_out.dtype
    expect_floats("W_out", params.W_out, dtype, H_out=H, H_in=H)
    expect_floats("W_in", params.W_in, dtype, rows=3 * H, H=H)
    expect_floats("b_in", params.b_in, dtype, rows=3 * H)
    expect_sizes(heads=heads)
    if H % heads:
        raise ValueError(
            f"heads must divide H = {H}, so that all have the same number of units, but is {heads}."
        )
    return H


def by_head(x: Array, heads: int) -> Array:
    """Each head as a row of the batch: (T, B, H) → (T, B · N, d).

    >>> by_head(np.zeros((5, 3, 8)), heads=2).shape
    (5, 6, 4)
    """
    T, B, H = x.shape
    return x.reshape(T, B * heads, H // heads)


def _as_batch(weights: Array) -> Array:
    """(B, N, T_q, T_k) → (B · N, T_q, T_k)."""
    return weights.reshape(-1, *weights.shape[2:])


def _expect_inputs(
    params: Params, queries: Array, keys: Array, values: Array, heads: int, mask: Array | None
) -> None:
    H = expect_weights(params, heads)
    expect_floats("queries", queries, params.b_out.dtype, T_q=None, B=None, H=H)
    B = queries.shape[1]
    expect_floats("keys", keys, queries.dtype, T_k=None, B=B, H=H)
    expect_floats("values", values, queries.dtype, T_k=len(keys), B=B, H=H)
    if mask is not None:
        expect_mask("mask", mask, T_k=len(keys), B=B)
