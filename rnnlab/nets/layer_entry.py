"""What stands between two layers of a deep network: u is normalized, then units are dropped, v = m ⊙ LN(u).

Each of both may be missing. Standing before the layer that it serves ("pre-norm"), an entry acts on the branch through
that layer alone, and a residual connection around both passes u on, and its gradient back, as it is. Sources: Ba, Kiros
and Hinton 2016; Xiong et al. 2020 for the place; Gal and Ghahramani 2016; chapter stacked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from rnnlab.nets import dropout, layer_norm

Array = NDArray[Any]


class Cache(NamedTuple):
    """What `backward` needs from `forward`."""

    norm: layer_norm.Cache | None
    dropout: dropout.Cache | None


def forward(
    u: Array, norm: layer_norm.Params | None = None, keep: Array | None = None
) -> tuple[Array, Cache]:
    """What enters the next layer: v = m ⊙ LN(u).

    Shapes: u (..., H); norm the weights of the normalization, or None; keep the m of `dropout.draw`, with 1 for an axis
    along which it is the same, or None; returns v (..., H), which is u itself where nothing is done, and the cache.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter stacked.

    >>> import numpy as np
    >>> v, cache = forward(np.array([[3.0, 7.0]]), layer_norm.init(2), np.array([[0.0, 2.0]]))
    >>> v.round(4)
    array([[-0.,  2.]])
    """
    v, norm_cache, dropout_cache = u, None, None
    if norm is not None:
        v, norm_cache = layer_norm.forward(norm, v)
    if keep is not None:
        v, dropout_cache = dropout.forward(v, keep)
    return v, Cache(norm_cache, dropout_cache)


def backward(d_v: Array, cache: Cache) -> tuple[Array, layer_norm.Params | None]:
    """From the gradient at v to those at u and at the weights of the normalization (None where there is none).

    Shapes: d_v (..., H); returns d_u (..., H) and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter stacked.

    >>> import numpy as np
    >>> v, cache = forward(np.array([[3.0, 7.0]]), keep=np.array([[0.0, 2.0]]))
    >>> backward(np.array([[1.0, 1.0]]), cache)
    (array([[0., 2.]]), None)
    """
    d_u, grads = d_v, None
    if cache.dropout is not None:
        d_u = dropout.backward(d_u, cache.dropout)
    if cache.norm is not None:
        d_u, grads = layer_norm.backward(d_u, cache.norm)
    return d_u, grads
