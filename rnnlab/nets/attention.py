"""Attention: each query reads an average of the values, weighted by how well the values' keys fit the query.

Everything is time-first: queries (T_q, B, D_q), keys (T_k, B, D_k), values (T_k, B, V), context (T_q, B, V). The
weights (B, T_q, T_k) are one table for each sequence: `cache.weights[b]` is the heat map of sequence b.

Where the queries are known from the start, `forward` and `backward` answer all of them at once. A decoder whose next
query waits for the last answer asks one at a time (T_q = 1). What all its queries share is prepared once by `remember`,
each is answered by `attend`, and the summed gradients at the memory go back through `remember_backward`:

    memory = remember(params, keys, values, score)
    context, cache = attend(params, queries[t : t + 1], memory, mask, score=score)         # for each t
    d_query, d_memory, grads = attend_backward(d_context[t : t + 1], cache)                # for each t, backward
    d_keys, d_values, memory_grads = remember_backward(sum_of_d_memory, params, keys, score)
    grads = sum_of_grads._replace(W_k=memory_grads.W_k)

Sums of these records are `parameters.mapped(np.add, one, other)`.

Sources: Bahdanau, Cho and Bengio 2015; Luong, Pham and Manning 2015; Vaswani et al. 2017; chapter attention.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from rnnlab.nets import initialisation, scores
from rnnlab.nets.activations import softmax_backward
from rnnlab.nets.door import expect_floats, expect_mask, expect_one_of, expect_record, expect_sizes
from rnnlab.nets.masks import allowed_keys, masked_softmax
from rnnlab.nets.products import at_every_place, flat
from rnnlab.nets.scores import swapped

Array = NDArray[Any]

# The weights that each score needs; a dot product needs none.
SCORES = {"additive": ("W_q", "W_k", "v"), "general": ("W_k",), "dot": (), "scaled_dot": ()}


class Params(NamedTuple):
    """The weights of a score, or their gradients, None where the score has none.

    additive: W_q (A, D_q), W_k (A, D_k), v (A). general: W_k (D_q, D_k). dot and scaled_dot: no weights, `Params()`.
    """

    W_q: Array | None = None
    W_k: Array | None = None
    v: Array | None = None


class Memory(NamedTuple):
    """What queries look into, or the gradients at it: the keys as the score wants them, W_k k or k, and the values."""

    features: Array
    values: Array


class Cache(NamedTuple):
    """What `attend_backward` needs; `weights` (B, T_q, T_k) are the alignment, read-only."""

    params: Params
    queries: Array
    memory: Memory
    hidden: Array | None
    weights: Array
    score: str


class WholeCache(NamedTuple):
    """What `backward` needs: the cache of `attend` and the keys."""

    attended: Cache
    keys: Array

    @property
    def weights(self) -> Array:
        """The alignment (B, T_q, T_k), read-only."""
        return self.attended.weights


def init(
    rng: Generator, D_q: int, D_k: int, A: int, dtype: DTypeLike = np.float64, score: str = "additive"
) -> Params:
    """Starting weights of a score, each uniform in ±1/√fan_in as in torch's linear layers.

    A is the number of hidden units of the additive score; the others do not use it.

    Raises: ValueError for another score or a size below 1. Source: documentation of torch.nn.Linear.

    >>> [weight.shape for weight in init(np.random.default_rng(0), D_q=3, D_k=2, A=5)]
    [(5, 3), (5, 2), (5,)]
    """
    expect_one_of("score", score, tuple(SCORES))
    expect_sizes(D_q=D_q, D_k=D_k, A=A)
    if score == "additive":
        W_q = initialisation.uniform(rng, (A, D_q), D_q, dtype)
        W_k = initialisation.uniform(rng, (A, D_k), D_k, dtype)
        return Params(W_q, W_k, v=initialisation.uniform(rng, (A,), A, dtype))
    if score == "general":
        return Params(W_k=initialisation.uniform(rng, (D_q, D_k), D_k, dtype))
    return Params()


def forward(
    params: Params,
    queries: Array,
    keys: Array,
    values: Array,
    mask: Array | None = None,
    causal: bool = False,
    score: str = "scaled_dot",
) -> tuple[Array, WholeCache]:
    """Attention of all queries: c_i = Σ_j α_ij v_j with α_i = softmax over the allowed j of score(q_i, k_j).

    Scores: "additive" v · tanh(W_q q + W_k k), "general" q · W_k k, "dot" q · k, "scaled_dot" q · k / √D.
    A query without any allowed key reads nothing: its weights and its context are zero.

    Shapes: queries (T_q, B, D_q), keys (T_k, B, D_k), values (T_k, B, V), mask (T_k, B) with True at real keys or None.
    With `causal` the queries are the last T_q of the T_k steps and see no later key. Returns context (T_q, B, V) and
    the cache, whose `weights` (B, T_q, T_k) are the alignment.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape or score. Source: chapter attention.

    >>> keys, values = np.array([[[9.0]], [[0.0]]]), np.array([[[1.0]], [[2.0]]])
    >>> context, cache = forward(Params(), np.array([[[1.0]], [[0.0]]]), keys, values, score="dot")
    >>> context[:, 0, 0].round(3), cache.weights[0].round(3)
    (array([1. , 1.5]), array([[1. , 0. ],
           [0.5, 0.5]]))
    """
    memory = remember(params, keys, values, score)
    context, attended = attend(params, queries, memory, mask, causal, score)
    return context, WholeCache(attended, keys)


def backward(d_context: Array, cache: WholeCache) -> tuple[Array, Array, Array, Params]:
    """From the gradient at the context to the gradients at queries, keys, values and weights.

    d_α_ij = d_c_i · v_j,  d_v_j = Σ_i α_ij d_c_i,  d_s_ij = α_ij (d_α_ij − Σ_k α_ik d_α_ik), then through the score.

    Shapes: d_context (T_q, B, V); returns d_queries, d_keys and d_values, shaped like them, and grads.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape. Source: chapter attention.

    >>> keys, values = np.array([[[0.0]], [[0.0]]]), np.array([[[1.0]], [[2.0]]])
    >>> context, cache = forward(Params(), np.array([[[1.0]]]), keys, values)
    >>> d_queries, d_keys, d_values, grads = backward(np.array([[[1.0]]]), cache)
    >>> d_keys[:, 0, 0], d_values[:, 0, 0]
    (array([-0.25,  0.25]), array([0.5, 0.5]))
    """
    attended, keys = cache
    d_queries, d_memory, grads = attend_backward(d_context, attended)
    d_keys, d_values, memory_grads = remember_backward(d_memory, attended.params, keys, attended.score)
    return d_queries, d_keys, d_values, grads._replace(W_k=memory_grads.W_k)


def remember(params: Params, keys: Array, values: Array, score: str = "scaled_dot") -> Memory:
    """What all queries share, computed once: the keys as the score wants them, W_k k or k, and the values.

    Shapes: keys (T_k, B, D_k), values (T_k, B, V).

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, score or weights for it.
    Source: Bahdanau, Cho and Bengio 2015, appendix A.1.2.

    >>> remember(Params(W_k=np.array([[2.0]])), np.ones((3, 1, 1)), np.ones((3, 1, 4)), "general").features[:, 0, 0]
    array([2., 2., 2.])
    """
    _expect_memorable(params, keys, values, score)
    features = keys if params.W_k is None else at_every_place(params.W_k, keys)
    return Memory(features, values)


def remember_backward(
    d_memory: Memory, params: Params, keys: Array, score: str = "scaled_dot"
) -> tuple[Array, Array, Params]:
    """From the gradients at the memory to those at keys, values and W_k.

    d_k = W_kᵀ d_features,  d_W_k = Σ d_features kᵀ.

    Shapes: as in `remember`; returns d_keys (T_k, B, D_k), d_values (T_k, B, V) and grads, in which only W_k is filled.

    Raises: TypeError for a wrong dtype, ValueError for a wrong shape, score or weights for it.
    Source: chapter attention.

    >>> d_memory = Memory(features=np.ones((3, 1, 1)), values=np.ones((3, 1, 4)))
    >>> remember_backward(d_memory, Params(W_k=np.array([[2.0]])), np.ones((3, 1, 1)), "general")[2].W_k
    array([[3.]])
    """
    d_features, d_values = d_memory
    _expect_memorable(params, keys, d_values, score)
    T_k, B, _ = keys.shape
    width = keys.shape[2] if params.W_k is None else len(params.W_k)
    expect_floats("d_memory.features", d_features, keys.dtype, T_k=T_k, B=B, A=width)
    if params.W_k is None:
        return d_features, d_values, Params()
    d_keys = at_every_place(params.W_k.T, d_features)
    return d_keys, d_values, Params(W_k=flat(d_features).T @ flat(keys))


def attend(
    params: Params,
    queries: Array,
    memory: Memory,
    mask: Array | None = None,
    causal: bool = False,
    score: str = "scaled_dot",
) -> tuple[Array, Cache]:
    """The answer of a memory to one query (T_q = 1) or many: the context (T_q, B, V), and the cache with the weights.

    Equation, shapes and what is raised are those of `forward`; `mask` (T_k, B) belongs to the keys of the memory.

    >>> memory = remember(Params(), np.zeros((2, 1, 1)), np.array([[[1.0]], [[3.0]]]))
    >>> attend(Params(), np.ones((1, 1, 1)), memory)[0]
    array([[[2.]]])
    """
    _expect_query(params, queries, memory, mask, score)
    hidden = None
    if params.W_q is not None and params.v is not None:
        fit, hidden = scores.additive(at_every_place(params.W_q, queries), memory.features, params.v)
    else:
        fit = _product(score)(queries, memory.features)
    weights = masked_softmax(fit, allowed_keys(mask, causal, *fit.shape[1:]))
    weights.setflags(write=False)
    context = swapped(weights @ swapped(memory.values))
    return context, Cache(params, queries, memory, hidden, weights, score)


def attend_backward(d_context: Array, cache: Cache) -> tuple[Array, Memory, Params]:
    """From the gradient at the context to those at the queries, the memory and the weights, of which W_k stays None.

    Shapes: d_context (T_q, B, V); returns d_queries (T_q, B, D_q), d_memory shaped like the memory, and grads.
    Equations and what is raised are those of `backward`.

    >>> memory = remember(Params(), np.zeros((2, 1, 1)), np.array([[[1.0]], [[3.0]]]))
    >>> _, cache = attend(Params(), np.ones((1, 1, 1)), memory)
    >>> attend_backward(np.ones((1, 1, 1)), cache)[1].features[:, 0, 0]
    array([-0.5,  0.5])
    """
    params, queries, (features, values), hidden, weights, score = cache
    T_q, B, _ = queries.shape
    expect_floats("d_context", d_context, values.dtype, T_q=T_q, B=B, V=values.shape[2])
    d_weights = swapped(d_context) @ values.transpose(1, 2, 0)
    d_values = swapped(weights.swapaxes(1, 2) @ swapped(d_context))
    d_fit = softmax_backward(d_weights, weights)
    if params.W_q is None or params.v is None or hidden is None:
        d_queries, d_features = _product_backward(score)(d_fit, queries, features)
        return d_queries, Memory(d_features, d_values), Params()
    d_projected, d_features, d_v = scores.additive_backward(d_fit, hidden, params.v)
    grads = Params(W_q=flat(d_projected).T @ flat(queries), v=d_v)
    return at_every_place(params.W_q.T, d_projected), Memory(d_features, d_values), grads


def _product(score: str) -> Callable[[Array, Array], Array]:
    return scores.scaled_dot if score == "scaled_dot" else scores.dot


def _product_backward(score: str) -> Callable[[Array, Array, Array], tuple[Array, Array]]:
    return scores.scaled_dot_backward if score == "scaled_dot" else scores.dot_backward


def _expect_weights(params: Params, score: str, dtype: DTypeLike, D_q: int | None, D_k: int | None) -> None:
    expect_record("params", params, Params, "attention.init")
    expect_one_of("score", score, tuple(SCORES))
    for name, weight in params._asdict().items():
        if (weight is not None) != (name in SCORES[score]):
            needed = " and ".join(SCORES[score]) or "no weights"
            raise ValueError(
                f"the score {score!r} needs {needed}, but {name} is {'missing' if weight is None else 'given'}. "
                "Is it the score that the weights were made for?"
            )
    if score == "general":
        expect_floats("W_k", params.W_k, dtype, D_q=D_q, D_k=D_k)
    if score == "additive" and params.v is not None:
        expect_floats("v", params.v, dtype, A=None)
        A = len(params.v)
        expect_floats("W_q", params.W_q, dtype, A=A, D_q=D_q)
        expect_floats("W_k", params.W_k, dtype, A=A, D_k=D_k)


def _expect_memorable(params: Params, keys: Array, values: Array, score: str) -> None:
    expect_floats("keys", keys, T_k=None, B=None, D_k=None)
    T_k, B, D_k = keys.shape
    expect_floats("values", values, keys.dtype, T_k=T_k, B=B, V=None)
    _expect_weights(params, score, keys.dtype, None, D_k)


def _expect_query(params: Params, queries: Array, memory: Memory, mask: Array | None, score: str) -> None:
    features, values = memory
    expect_floats("memory.features", features, T_k=None, B=None, A=None)
    T_k, B, A = features.shape
    expect_floats("memory.values", values, features.dtype, T_k=T_k, B=B, V=None)
    expect_floats("queries", queries, features.dtype, T_q=None, B=B, D_q=None if score == "additive" else A)
    _expect_weights(params, score, features.dtype, queries.shape[2], None)
    if mask is not None:
        expect_mask("mask", mask, T_k=T_k, B=B)
