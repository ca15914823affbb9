"""What attention refuses: the argument's name, what was expected, what came, and the likely cause."""

import numpy as np
import pytest

from rnnlab.nets import attention, scores
from rnnlab.nets.attention import Memory, Params

T_q, T_k, B, D_q, D_k, V, A = 2, 4, 3, 5, 6, 7, 8
ADDITIVE = Params(W_q=np.ones((A, D_q)), W_k=np.ones((A, D_k)), v=np.ones(A))
GENERAL, NO_WEIGHTS = Params(W_k=np.ones((D_q, D_k))), Params()
QUERIES, KEYS, VALUES = np.ones((T_q, B, D_q)), np.ones((T_k, B, D_k)), np.ones((T_k, B, V))
SHORT_KEYS, FEATURES = np.ones((T_k, B, D_q)), np.ones((T_k, B, A))
MASK, D_CONTEXT = np.ones((T_k, B), bool), np.ones((T_q, B, V))


def additive(queries=QUERIES, keys=KEYS, values=VALUES, mask=MASK, causal=False, **weights):
    return attention.forward(ADDITIVE._replace(**weights), queries, keys, values, mask, causal, "additive")


def general(queries=QUERIES, W_k=GENERAL.W_k):
    return attention.forward(Params(W_k=W_k), queries, KEYS, VALUES, MASK, score="general")


def dot(queries=QUERIES, keys=SHORT_KEYS, params=NO_WEIGHTS, score="dot"):
    return attention.forward(params, queries, keys, VALUES, score=score)


def backward(d_context=D_CONTEXT):
    return attention.backward(d_context, additive()[1])


def remember_backward(features=FEATURES, values=VALUES):
    return attention.remember_backward(Memory(features, values), ADDITIVE, KEYS, "additive")


WRONG_VALUES = [
    (
        additive,
        {"queries": QUERIES[0]},
        r"queries .* An axis is missing. A single sequence has a batch axis too",
    ),
    (additive, {"queries": QUERIES[:, :2]}, r"queries must have the shape \(T_q, B, D_q\) with B = 3"),
    (additive, {"queries": QUERIES[:, :, :4]}, r"W_q must have the shape \(A, D_q\) with A = 8, D_q = 4"),
    (additive, {"queries": QUERIES[:0]}, "queries .* An axis is empty"),
    (additive, {"keys": KEYS[..., :5]}, r"W_k must have the shape \(A, D_k\) with A = 8, D_k = 5"),
    (additive, {"keys": KEYS[:, :0]}, "keys .* An axis is empty"),
    (additive, {"values": VALUES[:2]}, r"values must have the shape \(T_k, B, V\) with T_k = 4, B = 3"),
    (additive, {"values": VALUES.swapaxes(0, 1)}, r"values .* \.transpose\(1, 0, 2\) would fit"),
    (additive, {"mask": MASK.T}, r"mask must have the shape \(T_k, B\) .* \.transpose\(1, 0\) would fit"),
    (additive, {"mask": np.ones((T_q, B), bool)}, r"mask .* with T_k = 4, B = 3"),
    (additive, {"queries": np.ones((5, B, D_q)), "causal": True}, "T_q = 5 queries and T_k = 4 keys"),
    (
        additive,
        {"W_q": ADDITIVE.W_q.T},
        r"W_q must have the shape \(A, D_q\) .* \.transpose\(1, 0\) would fit",
    ),
    (additive, {"v": np.ones(3)}, r"W_q must have the shape \(A, D_q\) with A = 3"),
    (additive, {"v": np.ones((A, 1))}, r"v must have the shape \(A,\)"),
    (additive, {"v": None}, "the score 'additive' needs W_q and W_k and v, but v is missing"),
    (
        general,
        {"queries": QUERIES[..., :4]},
        r"queries must have the shape \(T_q, B, D_q\) with B = 3, D_q = 5",
    ),
    (general, {"W_k": GENERAL.W_k.T}, r"W_k must have the shape \(D_q, D_k\)"),
    (general, {"W_k": None}, "the score 'general' needs W_k, but W_k is missing"),
    (dot, {"keys": KEYS}, r"queries must have the shape \(T_q, B, D_q\) with B = 3, D_q = 6"),
    (
        dot,
        {"params": GENERAL},
        "the score 'dot' needs no weights, but W_k is given. Is it the score that the",
    ),
    (
        dot,
        {"score": "cosine"},
        "score must be 'additive' or 'general' or 'dot' or 'scaled_dot', but is 'cosine'",
    ),
    (
        backward,
        {"d_context": D_CONTEXT[0]},
        r"d_context must have the shape \(T_q, B, V\) with T_q = 2, B = 3",
    ),
    (remember_backward, {"features": KEYS}, r"d_memory.features must have the shape .* A = 8"),
    (remember_backward, {"values": VALUES[1:]}, "values must have the shape"),
]

WRONG_TYPES = [
    (additive, {"queries": QUERIES.tolist()}, "queries must be a NumPy array, but is of type list"),
    (additive, {"queries": QUERIES.astype(np.float32)}, "queries must be float64 like the other arguments"),
    (additive, {"keys": KEYS.astype(np.float16)}, "keys must hold floats .* but holds float16"),
    (additive, {"keys": KEYS.astype(int)}, "keys must hold floats .* but holds int64"),
    (additive, {"values": VALUES.astype(np.float32)}, "values must be float64"),
    (additive, {"mask": MASK * 1.0}, "mask must be boolean"),
    (additive, {"W_k": ADDITIVE.W_k.astype(np.float32)}, "W_k must be float64"),
    (additive, {"W_q": [[1.0]]}, "W_q must be a NumPy array"),
    (
        dot,
        {"params": None},
        "params must be an rnnlab.nets.attention.Params, as attention.init gives it, but is of",
    ),
    (backward, {"d_context": D_CONTEXT.astype(np.float32)}, "d_context must be float64"),
]


@pytest.mark.parametrize(("function", "arguments", "message"), WRONG_VALUES)
def test_a_wrong_value_is_refused_by_name_with_its_likely_cause(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(**arguments)


@pytest.mark.parametrize(("function", "arguments", "message"), WRONG_TYPES)
def test_a_wrong_type_is_refused_by_name_with_its_remedy(function, arguments, message):
    with pytest.raises(TypeError, match=message):
        function(**arguments)


def test_scores_refuse_what_does_not_fit_together():
    with pytest.raises(ValueError, match=r"keys must have the shape \(T_k, B, D\) with B = 3, D = 5"):
        scores.dot(QUERIES, KEYS)
    with pytest.raises(ValueError, match=r"v must have the shape \(D,\) with D = 5"):
        scores.additive(QUERIES, SHORT_KEYS, np.ones(4))
    with pytest.raises(ValueError, match=r"d_scores must have the shape \(B, T_q, T_k\)"):
        scores.scaled_dot_backward(np.ones((T_q, B, T_k)), QUERIES, SHORT_KEYS)
    with pytest.raises(ValueError, match=r"d_scores must have the shape \(B, T_q, T_k\)"):
        scores.additive_backward(np.ones((T_q, T_k)), np.ones((B, T_q, T_k, A)), np.ones(A))


def test_an_unknown_score_or_a_size_below_one_is_refused_at_the_start():
    with pytest.raises(ValueError, match="score must be"):
        attention.init(np.random.default_rng(0), 2, 2, 2, score="location")
    with pytest.raises(ValueError, match="D_k must be a positive whole number"):
        attention.init(np.random.default_rng(0), 2, 0, 2)


def test_the_arguments_that_all_the_wrong_ones_vary_are_accepted():
    assert additive()[0].shape == general()[0].shape == dot()[0].shape == (T_q, B, V)
    assert [each.shape for each in backward()[:3]] == [QUERIES.shape, KEYS.shape, VALUES.shape]
    assert remember_backward()[0].shape == KEYS.shape
