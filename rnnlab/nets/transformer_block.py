"""A block of a transformer: self-attention, then a small network at every place, each with its own shortcut and norm.

With the norm first, a(x) = x + attention(norm(x)) and y = a + feed_forward(norm(a)); with the norm last, as it was
published, a = norm(x + attention(x)) and y = norm(a + feed_forward(a)). An encoder's block sees all steps, a decoder's
is causal. Sources: Vaswani et al. 2017; Xiong et al. 2020 (norm first); torch.nn.TransformerEncoderLayer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import feed_forward, layer_norm, multihead, self_attention
from rnnlab.nets.self_attention import Past

Array = NDArray[Any]


class Params(NamedTuple):
    """The weights of the four parts, or their gradients."""

    attention: multihead.Params
    feed_forward: feed_forward.Params
    norm_1: layer_norm.Params
    norm_2: layer_norm.Params


class Options(NamedTuple):
    """How a block works: `activation` "relu" or "gelu", `positions` "none", "sinusoidal" or "rotary".

    Sinusoids are added at the entry of the transformer, rotations belong to each block's attention.
    """

    heads: int = 1
    activation: str = "relu"
    norm_first: bool = True
    causal: bool = True
    positions: str = "none"


DEFAULT = Options()


class Cache(NamedTuple):
    """What `backward` needs from `forward`; `attention.mixed.weights` (B, N, T, P + T) are the alignments."""

    attention: self_attention.Cache
    feed_forward: feed_forward.Cache
    norm_1: layer_norm.Cache
    norm_2: layer_norm.Cache
    norm_first: bool


def init(rng: Generator, H: int, F: int, dtype: DTypeLike = np.float64) -> Params:
    """Starting weights for H units at every place and F hidden ones in the network, as of the parts.

    Raises: ValueError for a size below 1. Source: torch.nn.TransformerEncoderLayer.

    >>> from rnnlab.nets import parameters
    >>> parameters.count(init(np.random.default_rng(0), H=4, F=16))
    244
    """
    return Params(
        attention=multihead.init(rng, H, dtype),
        feed_forward=feed_forward.init(rng, H, F, dtype),
        norm_1=layer_norm.init(H, dtype),
        norm_2=layer_norm.init(H, dtype),
    )


def forward(
    params: Params,
    x: Array,
    past: Past | None = None,
    mask: Array | None = None,
    options: Options = DEFAULT,
) -> tuple[Array, Cache]:
    """The block at all steps: y = a + feed_forward(norm(a)) with a = x + attention(norm(x)), or with the norms last.

    Shapes: x (T, B, H), past (P, B, H) or None, mask (P + T, B) with True at real steps or None; returns y (T, B, H)
    and the cache for `backward`. What comes out at padding means nothing: give it no gradient.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or option. Source: Vaswani et al. 2017; Xiong et
    al. 2020.

    >>> params = init(np.random.default_rng(0), H=4, F=16)
    >>> forward(params, np.ones((3, 2, 4)), options=Options(heads=2))[0].shape
    (3, 2, 4)
    """
    heads, _, _, causal, positions = options

    def attend(x: Array) -> tuple[Array, self_attention.Cache]:
        rotated = positions == "rotary"
        return self_attention.forward(params.attention, x, heads, past, mask, causal, rotated)

    y, attention, network, norm_1, norm_2 = _through(params, x, attend, options)
    return y, Cache(attention, network, norm_1, norm_2, options.norm_first)


def backward(d_y: Array, cache: Cache, d_last: Past | None = None) -> tuple[Array, Past, Params]:
    """From the gradient at the outputs to the gradients at inputs, past and weights: the parts in reverse.

    Shapes: d_y (T, B, H); d_last (P + T, B, H), which is added at all keys and values, or None; returns d_x (T, B, H),
    d_past (P, B, H) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter transformer.

    >>> params = init(np.random.default_rng(0), H=4, F=16)
    >>> y, cache = forward(params, np.ones((3, 2, 4)))
    >>> backward(y, cache)[0].shape
    (3, 2, 4)
    """
    if cache.norm_first:
        d_normed, fed = feed_forward.backward(d_y, cache.feed_forward)
        d_a, norm_2 = layer_norm.backward(d_normed, cache.norm_2)
        d_a += d_y
        d_normed, d_past, attention = self_attention.backward(d_a, cache.attention, d_last)
        d_x, norm_1 = layer_norm.backward(d_normed, cache.norm_1)
        d_x += d_a
    else:
        d_sum, norm_2 = layer_norm.backward(d_y, cache.norm_2)
        d_a, fed = feed_forward.backward(d_sum, cache.feed_forward)
        d_a += d_sum
        d_sum, norm_1 = layer_norm.backward(d_a, cache.norm_1)
        d_x, d_past, attention = self_attention.backward(d_sum, cache.attention, d_last)
        d_x += d_sum
    return d_x, d_past, Params(attention, fed, norm_1, norm_2)


def step(
    params: Params, x_t: Array, past: Past, mask: Array | None = None, options: Options = DEFAULT
) -> Array:
    """One more step of a causal block: as `forward` for T = 1.

    The last place of `past` is not the past's: the step's own key and value are written there.

    Shapes: x_t (B, H), past (P + 1, B, H), mask (P + 1, B) or None; returns y_t (B, H). Raises as `forward`.

    >>> params = init(np.random.default_rng(0), H=4, F=16)
    >>> y_1 = step(params, np.ones((2, 4)), Past(*np.empty((2, 1, 2, 4))))
    >>> bool(np.allclose(y_1, forward(params, np.ones((1, 2, 4)))[0][0]))
    True
    """

    def attend(x_t: Array) -> tuple[Array, None]:
        rotated = options.positions == "rotary"
        return self_attention.step(params.attention, x_t, past, options.heads, mask, rotated), None

    return _through(params, x_t, attend, options)[0]


def _through(
    params: Params, x: Array, attend: Callable[[Array], tuple[Array, Any]], options: Options
) -> tuple[Array, Any, feed_forward.Cache, layer_norm.Cache, layer_norm.Cache]:
    """The block with a given attention: y and the caches of attention, network and norms."""
    if options.norm_first:
        normed, norm_1 = layer_norm.forward(params.norm_1, x)
        attended, attention = attend(normed)
        a = x + attended
        normed, norm_2 = layer_norm.forward(params.norm_2, a)
        fed, network = feed_forward.forward(params.feed_forward, normed, options.activation)
        y = a + fed
    else:
        attended, attention = attend(x)
        a, norm_1 = layer_norm.forward(params.norm_1, x + attended)
        fed, network = feed_forward.forward(params.feed_forward, a, options.activation)
        y, norm_2 = layer_norm.forward(params.norm_2, a + fed)
    return y, attention, network, norm_1, norm_2
