"""Scores of attention: how well each key fits each query, s_bij for sequence b, query i and key j.

Queries (T_q, B, D) and keys (T_k, B, D) are time-first, scores (B, T_q, T_k): one table for each sequence. Sources:
Bahdanau, Cho and Bengio 2015 (additive); Luong, Pham and Manning 2015 (dot); Vaswani et al. 2017 (scaled dot).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.nets.door import expect_floats

Array = NDArray[Any]


def dot(queries: Array, keys: Array) -> Array:
    """The scalar product, s_bij = q_ib · k_jb.

    Shapes: queries (T_q, B, D), keys (T_k, B, D); returns scores (B, T_q, T_k).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Luong, Pham and Manning 2015.

    >>> dot(np.array([[[1.0, 2.0]]]), np.array([[[1.0, 0.0]], [[1.0, 1.0]]]))
    array([[[1., 3.]]])
    """
    _expect_pair(queries, keys)
    return swapped(queries) @ keys.transpose(1, 2, 0)


def dot_backward(d_scores: Array, queries: Array, keys: Array) -> tuple[Array, Array]:
    """From the gradient at the scores to those at queries and keys: d_q_i = Σ_j d_s_ij k_j,  d_k_j = Σ_i d_s_ij q_i.

    Shapes: d_scores (B, T_q, T_k); returns d_queries (T_q, B, D) and d_keys (T_k, B, D).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter attention.

    >>> dot_backward(np.array([[[2.0]]]), np.array([[[3.0]]]), np.array([[[5.0]]]))
    (array([[[10.]]]), array([[[6.]]]))
    """
    _expect_upstream(d_scores, queries, keys)
    d_queries = d_scores @ swapped(keys)
    d_keys = d_scores.swapaxes(1, 2) @ swapped(queries)
    return swapped(d_queries), swapped(d_keys)


def scaled_dot(queries: Array, keys: Array) -> Array:
    """The scalar product over the root of its length, s_bij = q_ib · k_jb / √D.

    The product of two vectors of D independent numbers with variance 1 has the variance D: the root keeps the scores at
    size 1 and the softmax away from its flat ends.

    Shapes: queries (T_q, B, D), keys (T_k, B, D); returns scores (B, T_q, T_k).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Vaswani et al. 2017, section 3.2.1.

    >>> scaled_dot(np.full((1, 1, 4), 1.0), np.full((1, 1, 4), 3.0))
    array([[[6.]]])
    """
    _expect_pair(queries, keys)
    return dot(queries * _scale(queries), keys)


def scaled_dot_backward(d_scores: Array, queries: Array, keys: Array) -> tuple[Array, Array]:
    """From the gradient at the scaled scores to those at queries and keys: as for `dot`, over √D.

    Shapes: d_scores (B, T_q, T_k); returns d_queries (T_q, B, D) and d_keys (T_k, B, D).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter attention.

    >>> scaled_dot_backward(np.array([[[2.0]]]), np.full((1, 1, 4), 3.0), np.full((1, 1, 4), 5.0))[0]
    array([[[5., 5., 5., 5.]]])
    """
    _expect_upstream(d_scores, queries, keys)
    d_queries, d_keys = dot_backward(d_scores, queries * _scale(queries), keys)
    return d_queries * _scale(queries), d_keys


def additive(queries: Array, keys: Array, v: Array) -> tuple[Array, Array]:
    """A small network's answer to query and key, s_bij = v · tanh(q_ib + k_jb), for queries W_q q and keys W_k k.

    Both come projected, so that the projection of the keys is computed once for all queries.

    Shapes: queries (T_q, B, A), keys (T_k, B, A), v (A); returns scores (B, T_q, T_k) and, for the backward pass, the
    hidden units tanh(...) (B, T_q, T_k, A), the largest array of this attention.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: Bahdanau, Cho and Bengio 2015.

    >>> scores, hidden = additive(np.array([[[0.5]]]), np.array([[[0.5]], [[-0.5]]]), np.array([2.0]))
    >>> scores.round(4)
    array([[[1.5232, 0.    ]]])
    """
    _expect_pair(queries, keys, v)
    hidden = swapped(queries)[:, :, np.newaxis] + swapped(keys)[:, np.newaxis]
    np.tanh(hidden, out=hidden)
    return hidden @ v, hidden


def additive_backward(d_scores: Array, hidden: Array, v: Array) -> tuple[Array, Array, Array]:
    """From the gradient at the additive scores to those at projected queries, projected keys and v.

    With d_a_ij = d_s_ij v ⊙ (1 − hidden_ij²): d_q_i = Σ_j d_a_ij,  d_k_j = Σ_i d_a_ij,  d_v = Σ d_s_ij hidden_ij.

    Shapes: d_scores (B, T_q, T_k), hidden (B, T_q, T_k, A); returns d_queries (T_q, B, A), d_keys (T_k, B, A), d_v (A).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter attention.

    >>> scores, hidden = additive(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), np.array([2.0]))
    >>> additive_backward(np.array([[[3.0]]]), hidden, np.array([2.0]))[0]
    array([[[6.]]])
    """
    expect_floats("hidden", hidden, v.dtype, B=None, T_q=None, T_k=None, A=len(v))
    B, T_q, T_k, A = hidden.shape
    expect_floats("d_scores", d_scores, hidden.dtype, B=B, T_q=T_q, T_k=T_k)
    d_v = d_scores.reshape(-1) @ hidden.reshape(-1, A)
    d_a = 1 - hidden**2
    d_a *= v
    d_a *= d_scores[..., np.newaxis]
    return swapped(d_a.sum(axis=2)), swapped(d_a.sum(axis=1)), d_v


def swapped(sequence: Array) -> Array:
    """A view with the first two axes exchanged: time-first (T, B, D) ⇄ batch-first (B, T, D).

    >>> swapped(np.zeros((4, 3, 2))).shape
    (3, 4, 2)
    """
    return sequence.swapaxes(0, 1)


def _scale(queries: Array) -> Array:
    return np.asarray(1 / np.sqrt(queries.shape[-1]), queries.dtype)


def _expect_pair(queries: Array, keys: Array, v: Array | None = None) -> None:
    expect_floats("queries", queries, T_q=None, B=None, D=None)
    _, B, D = queries.shape
    expect_floats("keys", keys, queries.dtype, T_k=None, B=B, D=D)
    if v is not None:
        expect_floats("v", v, queries.dtype, D=D)


def _expect_upstream(d_scores: Array, queries: Array, keys: Array) -> None:
    _expect_pair(queries, keys)
    T_q, B, _ = queries.shape
    expect_floats("d_scores", d_scores, queries.dtype, B=B, T_q=T_q, T_k=len(keys))
