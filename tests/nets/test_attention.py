"""Attention with each score: equal to torch, to its numerical gradient, and the properties that hold for all sizes."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import attention
from rnnlab.nets.attention import SCORES, Params
from rnnlab.nets.parameters import mapped
from tests.nets.numerics import Array, assert_agrees, gradients, leaf, numerical_gradient, read_only

ARRAYS = ("queries", "keys", "values")
MASKINGS = [(False, False), (True, False), (False, True), (True, True)]

every_score = pytest.mark.parametrize("score", SCORES)
every_masking = pytest.mark.parametrize(("masked", "causal"), MASKINGS)


class Case(NamedTuple):
    """A score with one batch: weights and inputs are random and read-only, padding stands at the end of the keys."""

    score: str
    params: Params
    queries: Array
    keys: Array
    values: Array
    mask: Array
    d_context: Array


def make_case(score, T_q=3, T_k=5, B=2, D=3, V=4, A=6, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return read_only(rng.normal(size=shape).astype(dtype))

    D_k = D + 1 if SCORES[score] else D
    shapes = {"W_q": (A, D), "W_k": (A, D_k) if score == "additive" else (D, D_k), "v": (A,)}
    params = Params(**{name: draw(*shapes[name]) for name in SCORES[score]})
    lengths = rng.integers(1, T_k + 1, size=B)
    lengths[0] = T_k
    mask = read_only(np.arange(T_k)[:, np.newaxis] < lengths)
    inputs = draw(T_q, B, D), draw(T_k, B, D_k), draw(T_k, B, V)
    return Case(score, params, *inputs, mask, draw(T_q, B, V))


@st.composite
def cases(draw, score):
    sizes = {name: draw(st.integers(1, 6)) for name in ("D", "V", "A")}
    T_q = draw(st.integers(3, 6))
    T_k = draw(st.integers(T_q, T_q + 3))
    return make_case(score, T_q, T_k, B=draw(st.integers(2, 4)), **sizes, seed=draw(st.integers(0, 10**6)))


any_case = st.sampled_from(list(SCORES)).flatmap(cases)


def forward(case, masked=False, causal=False):
    mask = case.mask if masked else None
    inputs = case.queries, case.keys, case.values
    return attention.forward(case.params, *inputs, mask, causal, case.score)


def run(case, masked=False, causal=False):
    """All results of a forward and a backward pass, by name."""
    context, cache = forward(case, masked, causal)
    *d_inputs, grads = attention.backward(case.d_context, cache)
    weight_gradients = {name: getattr(grads, name) for name in SCORES[case.score]}
    return {
        "context": context,
        "weights": cache.weights,
        **dict(zip(ARRAYS, d_inputs, strict=True)),
        **weight_gradients,
    }


def varied(case, name, value):
    if name in Params._fields:
        return case._replace(params=case.params._replace(**{name: value}))
    return case._replace(**{name: value})


def torch_scores(score, weights, q, k):
    """The scores (B, T_q, T_k) written with einsum, from tensors."""
    if score == "additive":
        projected = (q @ weights["W_q"].T)[:, None] + (k @ weights["W_k"].T)[None]
        return torch.einsum("ijba,a->bij", torch.tanh(projected), weights["v"])
    if score == "general":
        return torch.einsum("ibq,qk,jbk->bij", q, weights["W_k"], k)
    products = torch.einsum("ibd,jbd->bij", q, k)
    return products / q.shape[2] ** 0.5 if score == "scaled_dot" else products


def torch_results(case, masked, causal):
    """The same names as `run`, from torch and its automatic differentiation."""
    weights = {name: leaf(getattr(case.params, name)) for name in SCORES[case.score]}
    q, k, v = leaf(case.queries), leaf(case.keys), leaf(case.values)
    scores = torch_scores(case.score, weights, q, k)
    T_q, T_k = scores.shape[1:]
    if masked:
        scores = scores.masked_fill(torch.tensor(~case.mask.T[:, None]), -torch.inf)
    if causal:
        later = torch.ones(T_q, T_k, dtype=torch.bool).triu(1 + T_k - T_q)
        scores = scores.masked_fill(later, -torch.inf)
    alignment = torch.softmax(scores, dim=-1)
    context = torch.einsum("bij,jbv->ibv", alignment, v)
    context.backward(torch.tensor(case.d_context))
    named = dict(zip((*ARRAYS, *weights), gradients(q, k, v, *weights.values()), strict=True))
    return {"context": context.detach().numpy(), "weights": alignment.detach().numpy(), **named}


@every_score
@every_masking
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_agrees_with_torch(score, masked, causal, data):
    case = data.draw(cases(score))
    ours, theirs = run(case, masked, causal), torch_results(case, masked, causal)
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        # with one unit everywhere, terms of size 1 may cancel to a tiny gradient: rounding is measured by the terms
        np.testing.assert_allclose(ours[name], value, rtol=1e-10, atol=1e-13, err_msg=name)


def test_scaled_dot_is_the_fused_attention_of_torch():
    case = make_case("scaled_dot")
    q, k, v = (torch.tensor(getattr(case, name)).transpose(0, 1) for name in ARRAYS)
    allowed = torch.tensor(case.mask.T[:, None])
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
    assert_agrees(run(case, masked=True)["context"], expected.transpose(0, 1), 1e-12)


@every_score
@every_masking
def test_every_gradient_equals_central_differences(score, masked, causal):
    case = make_case(score)
    results = run(case, masked, causal)
    for name in (*ARRAYS, *SCORES[score]):
        at = getattr(case.params if name in Params._fields else case, name)
        numerical = numerical_gradient(
            lambda value, name=name: float(
                np.sum(case.d_context * forward(varied(case, name, value), masked, causal)[0])
            ),
            at,
        )
        assert_agrees(results[name], numerical, 1e-8)


@given(case=any_case, masking=st.sampled_from(MASKINGS))
@settings(max_examples=30, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(case, masking):
    other = case._replace(d_context=case.d_context[::-1] - 1)
    both = case._replace(d_context=3 * case.d_context + other.d_context)
    one, two, sum_of_both = (run(each, *masking) for each in (case, other, both))
    for name in (*ARRAYS, *SCORES[case.score]):
        np.testing.assert_allclose(sum_of_both[name], 3 * one[name] + two[name], rtol=1e-12, atol=1e-12)


@given(case=any_case, causal=st.booleans())
@settings(max_examples=30, deadline=None)
def test_padded_keys_change_nothing_and_get_no_gradient(case, causal):
    garbage = {
        name: np.where(case.mask[..., np.newaxis], getattr(case, name), 1e6) for name in ("keys", "values")
    }
    clean, dirty = run(case, True, causal), run(case._replace(**garbage), True, causal)
    for name, value in clean.items():
        np.testing.assert_array_equal(dirty[name], value)
    padding = ~case.mask
    assert not clean["keys"][padding].any()
    assert not clean["values"][padding].any()
    assert not clean["weights"].transpose(2, 0, 1)[padding].any()


@given(case=any_case)
@settings(max_examples=30, deadline=None)
def test_a_padded_batch_equals_its_sequences_one_by_one(case):
    batch = run(case, masked=True)
    summed = dict.fromkeys(SCORES[case.score], 0.0)
    for b, length in enumerate(case.mask.sum(axis=0)):
        alone = run(
            case._replace(
                queries=case.queries[:, [b]],
                keys=case.keys[:length, [b]],
                values=case.values[:length, [b]],
                d_context=case.d_context[:, [b]],
            )
        )
        np.testing.assert_allclose(batch["context"][:, [b]], alone["context"], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(batch["weights"][b, :, :length], alone["weights"][0], rtol=1e-12)
        np.testing.assert_allclose(batch["queries"][:, [b]], alone["queries"], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(batch["keys"][:length, [b]], alone["keys"], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(batch["values"][:length, [b]], alone["values"], rtol=1e-12, atol=1e-13)
        summed = {name: total + alone[name] for name, total in summed.items()}
    for name, total in summed.items():
        np.testing.assert_allclose(batch[name], total, rtol=1e-12, atol=1e-13)


@given(case=any_case, masked=st.booleans())
@settings(max_examples=30, deadline=None)
def test_one_query_at_a_time_equals_all_at_once(case, masked):
    params, score, mask = case.params, case.score, case.mask if masked else None
    whole = run(case, masked)
    memory = attention.remember(params, case.keys, case.values, score)
    contexts, alignments, d_queries, d_memory, grads = [], [], [], None, None
    for t in range(len(case.queries)):
        context, cache = attention.attend(params, case.queries[[t]], memory, mask, score=score)
        d_query, d_here, grads_here = attention.attend_backward(case.d_context[[t]], cache)
        contexts.append(context)
        alignments.append(cache.weights)
        d_queries.append(d_query)
        d_memory = d_here if d_memory is None else mapped(np.add, d_memory, d_here)
        grads = grads_here if grads is None else mapped(np.add, grads, grads_here)
    d_keys, d_values, memory_grads = attention.remember_backward(d_memory, params, case.keys, score)
    grads = grads._replace(W_k=memory_grads.W_k)
    step_by_step = {
        "context": np.concatenate(contexts),
        "weights": np.concatenate(alignments, axis=1),
        "queries": np.concatenate(d_queries),
        "keys": d_keys,
        "values": d_values,
        **{name: getattr(grads, name) for name in SCORES[score]},
    }
    for name, value in whole.items():
        np.testing.assert_allclose(step_by_step[name], value, rtol=1e-12, atol=1e-13, err_msg=name)


@given(case=any_case)
@settings(max_examples=30, deadline=None)
def test_attention_does_not_see_the_order_of_the_keys(case):
    order = np.roll(np.arange(len(case.keys)), 2)[::-1]
    shuffled = case._replace(**{name: getattr(case, name)[order] for name in ("keys", "values", "mask")})
    before, after = run(case, masked=True), run(shuffled, masked=True)
    np.testing.assert_allclose(after["context"], before["context"], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(after["weights"], before["weights"][..., order], rtol=1e-12)
    np.testing.assert_allclose(after["keys"], before["keys"][order], rtol=1e-12, atol=1e-13)


@given(case=any_case, masking=st.sampled_from(MASKINGS))
@settings(max_examples=30, deadline=None)
def test_a_permuted_batch_permutes_contexts_and_leaves_weight_gradients_alone(case, masking):
    order = np.roll(np.arange(case.keys.shape[1]), 1)
    names = (*ARRAYS, "mask", "d_context")
    permuted = case._replace(**{name: getattr(case, name)[:, order] for name in names})
    before, after = run(case, *masking), run(permuted, *masking)
    for name in ("context", *ARRAYS):
        np.testing.assert_allclose(after[name], before[name][:, order], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(after["weights"], before["weights"][order], rtol=1e-12)
    for name in SCORES[case.score]:
        np.testing.assert_allclose(after[name], before[name], rtol=1e-12, atol=1e-12)


@every_score
@every_masking
def test_weights_are_a_distribution_over_the_allowed_keys(score, masked, causal):
    case = make_case(score, T_q=4, T_k=6, B=3)
    weights = run(case, masked, causal)["weights"]
    allowed = np.ones_like(weights, dtype=bool)
    if masked:
        allowed &= case.mask.T[:, np.newaxis]
    if causal:
        allowed &= np.arange(6) <= np.arange(4)[:, np.newaxis] + 2
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_array_equal(weights > 0, allowed)


@every_score
def test_a_query_without_any_allowed_key_reads_zeros_and_passes_no_gradient(score):
    case = make_case(score, T_q=5, T_k=5)
    mask = case.mask.copy()
    mask[:2, 0] = (
        False  # padding at the start: with the causal mask, the first two queries have nothing to see
    )
    mask[:, 1] = False
    results = run(case._replace(mask=mask), masked=True, causal=True)
    assert all(np.isfinite(value).all() for value in results.values())
    assert not results["context"][:2, 0].any()
    assert not results["context"][:, 1].any()
    assert not results["weights"][1].any()
    assert not results["queries"][:2, 0].any()
    assert not results["keys"][:, 1].any()
    assert results["context"][2:, 0].all()


def test_equal_keys_give_the_mean_of_the_values():
    case = make_case("additive")
    equal = case._replace(keys=np.broadcast_to(case.keys[0], case.keys.shape))
    expected = np.broadcast_to(case.values.mean(axis=0), case.d_context.shape)
    assert_agrees(run(equal)["context"], expected, 1e-14)


def test_one_query_and_one_key_give_the_value_whatever_the_score():
    for score in SCORES:
        case = make_case(score, T_q=1, T_k=1, B=1)
        results = run(case)
        np.testing.assert_array_equal(results["context"], case.values)
        np.testing.assert_array_equal(results["values"], case.d_context)
        assert not results["queries"].any()


def test_additive_scores_equal_the_equation_written_out():
    case = make_case("additive", T_q=2, T_k=3, B=2)
    W_q, W_k, v = case.params
    weights = run(case)["weights"]
    for b, i in np.ndindex(2, 2):
        scores = [v @ np.tanh(W_q @ case.queries[i, b] + W_k @ key) for key in case.keys[:, b]]
        assert_agrees(weights[b, i], np.exp(scores) / np.exp(scores).sum(), 1e-14)


@every_score
@every_masking
def test_float32_stays_float32_and_agrees_with_float64(score, masked, causal):
    single = run(make_case(score, dtype=np.float32), masked, causal)
    double = run(make_case(score), masked, causal)
    for name, value in single.items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 1e-5)


@every_score
def test_inputs_that_are_views_give_the_same_result(score):
    def spread_out(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    case = make_case(score)
    spread = case._replace(
        params=mapped(spread_out, case.params),
        **{name: spread_out(getattr(case, name)) for name in (*ARRAYS, "mask", "d_context")},
    )
    assert not spread.keys.flags.c_contiguous
    for name, value in run(spread, True, True).items():
        assert_agrees(value, run(case, True, True)[name], 1e-13)


def test_the_alignment_is_closed_to_writing_because_the_backward_pass_reads_it():
    _, cache = forward(make_case("dot"))
    with pytest.raises(ValueError, match="read-only"):
        cache.weights[:] = 0


@every_score
def test_large_scores_do_not_overflow(score):
    case = make_case(score)
    large = case._replace(
        queries=case.queries * 1e4,
        keys=case.keys * 1e4,
        params=mapped(lambda weight: weight * 1e3, case.params),
    )
    results = run(large, masked=True)
    assert all(np.isfinite(value).all() for value in results.values())
    np.testing.assert_allclose(results["weights"].sum(axis=-1), 1, rtol=1e-14)


@every_score
def test_starting_weights_have_their_shapes_dtype_and_bounds(score):
    params = attention.init(np.random.default_rng(0), D_q=4, D_k=16, A=64, dtype=np.float32, score=score)
    shapes = {name: weight.shape for name, weight in params._asdict().items() if weight is not None}
    expected = {"additive": {"W_q": (64, 4), "W_k": (64, 16), "v": (64,)}, "general": {"W_k": (4, 16)}}
    assert shapes == expected.get(score, {})
    for name, fan in (("W_q", 4), ("W_k", 16), ("v", 64)):
        weight = getattr(params, name)
        if weight is not None:
            assert weight.dtype == np.float32
            assert 0.8 / fan**0.5 < np.abs(weight).max() <= 1 / fan**0.5
