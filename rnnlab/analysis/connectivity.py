"""Connectivity: which input reaches which output, as the size of the derivative |∂y_t/∂x_s| for every pair of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats, expect_mask

Array = NDArray[Any]


def connectivity(
    forward: Callable[..., tuple[Array, Any]],
    backward: Callable[[Array, Any], Any],
    x: Array,
    mask: Array | None = None,
) -> Array:
    """How much each output depends on each input: M[b, t, s] = ‖∂y_t/∂x_s‖ in the Frobenius norm, for every sequence.

    A causal network has zeros above the diagonal, s > t; a bidirectional one has none. The way down from the diagonal
    shows how far the network remembers. It is exact: every entry of every y_t is sent back once, T backward passes with
    a batch of K · B.

    `forward(x)`, or `forward(x, mask)` with a mask, returns (y, cache), and `backward(d_y, cache)` returns d_x, or a
    tuple that starts with it. It may be any network that treats the sequences of a batch by themselves.

    Shapes: x (T, B, D), mask (T, B) or None, y (T_out, B, K); returns (B, T_out, T).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, and what the network raises.
    Source: chapter bptt.

    >>> from functools import partial
    >>> from rnnlab.nets import rnn
    >>> params = rnn.Params(np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> forward = partial(rnn.forward, params, activation="identity")
    >>> connectivity(forward, rnn.backward, np.ones((3, 1, 1)))[0]
    array([[1.  , 0.  , 0.  ],
           [0.5 , 1.  , 0.  ],
           [0.25, 0.5 , 1.  ]])
    """
    expect_floats("x", x, T=None, B=None, D=None)
    T, B, _ = x.shape
    if mask is not None:
        expect_mask("mask", mask, T=T, B=B)
    y, _ = _run(forward, x, mask)
    K = y.shape[-1]
    copies = np.repeat(x, K, axis=1)
    y, cache = _run(forward, copies, None if mask is None else np.repeat(mask, K, axis=1))
    units = np.tile(np.eye(K, dtype=y.dtype), (B, 1))
    sizes = np.empty((B, len(y), T), x.dtype)
    for t in range(len(y)):
        d_y = np.zeros_like(y)
        d_y[t] = units
        d_x = _first(backward(d_y, cache)).reshape(T, B, -1)
        sizes[:, t] = np.linalg.norm(d_x, axis=-1).T
    return sizes


def _run(forward: Callable[..., tuple[Array, Any]], x: Array, mask: Array | None) -> tuple[Array, Any]:
    return forward(x) if mask is None else forward(x, mask=mask)


def _first(result: Any) -> Array:
    return result[0] if isinstance(result, tuple) else result
