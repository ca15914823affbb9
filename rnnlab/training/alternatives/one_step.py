"""The gradient of each step taken by itself: all T · B steps as one batch of sequences of length 1, without a loop.

Two methods need no more than this. Both know, or pretend to know, the whole gradient δ_t at each state; what is left is
the way from h_t to the weights inside step t, which no other step takes part in. The states are computed again, all at
once from the known states before them, so that this works for any cell whose state is one array.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from rnnlab.nets import gru, rnn
from rnnlab.nets.door import expect_floats

Array = NDArray[Any]


def gradients(delta: Array, cache: rnn.Cache | gru.Cache) -> tuple[Array, Any]:
    """From δ_t, the whole gradient at h_t, to the gradients at inputs and weights: Σ_t (∂h_t/∂θ at fixed h_{t−1})ᵀ δ_t.

    Shapes: delta (T, B, H); returns d_x (T, B, D) and grads. Padding takes no part. With the true δ this is BPTT.

    Raises: TypeError for another cell or a wrong dtype, ValueError for a wrong shape. Source: Caillon, Fagnou and
    Allauzen 2025, whose published code takes the steps one by one in this way; chapter beyond-bptt.

    >>> import numpy as np
    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> h, cache = rnn.forward(params, np.zeros((2, 1, 1)))
    >>> gradients(np.ones((2, 1, 1)), cache)[1].b_h
    array([2.])
    """
    T, B, H = cache.states[1:].shape
    expect_floats("delta", delta, cache.states.dtype, T=T, B=B, H=H)
    x = cache.x.reshape(1, T * B, -1)
    h_prev = cache.states[:-1].reshape(T * B, H)
    mask = None if cache.mask is None else cache.mask.reshape(1, T * B)
    if isinstance(cache, rnn.Cache):
        _, steps = rnn.forward(cache.params, x, h_prev, mask, cache.activation)
        d_x, _, grads = rnn.backward(delta.reshape(1, T * B, H), steps)
    else:
        _, steps = gru.forward(cache.params, x, h_prev, mask, cache.reset, cache.update)
        d_x, _, grads = gru.backward(delta.reshape(1, T * B, H), steps)
    return d_x.reshape(cache.x.shape), grads


def expect_cache(cache: Any) -> None:
    """Refuse the cache of a cell whose state is not one array.

    Raises: TypeError.

    >>> expect_cache(None)
    Traceback (most recent call last):
    TypeError: cache must come from the forward pass of rnn or gru, but is NoneType. ...
    """
    if not isinstance(cache, rnn.Cache | gru.Cache):
        raise TypeError(
            f"cache must come from the forward pass of rnn or gru, but is {type(cache).__name__}. "
            "This method is written for cells whose state is one array."
        )
