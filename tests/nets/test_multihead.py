"""Multi-head attention: equal to torch's layer, to its numerical gradient, and its properties."""

from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import attention, multihead
from rnnlab.nets.multihead import Params
from tests.nets.numerics import Array, assert_agrees, gradients, leaf, numerical_gradient, read_only

ARRAYS = ("queries", "keys", "values")
MASKINGS = [(False, False), (True, False), (False, True), (True, True)]

every_masking = pytest.mark.parametrize(("masked", "causal"), MASKINGS)


class Case(NamedTuple):
    """Heads with one batch: weights, biases and inputs are random and read-only; padding stands at the end."""

    params: Params
    heads: int
    queries: Array
    keys: Array
    values: Array
    mask: Array
    d_y: Array


def make_case(T_q=3, T_k=5, B=2, heads=2, d=3, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    H = heads * d

    def draw(*shape):
        return read_only(rng.normal(size=shape).astype(dtype))

    params = Params(draw(3 * H, H), draw(3 * H), draw(H, H), draw(H))
    lengths = rng.integers(1, T_k + 1, size=B)
    lengths[0] = T_k
    mask = read_only(np.arange(T_k)[:, np.newaxis] < lengths)
    inputs = draw(T_q, B, H), draw(T_k, B, H), draw(T_k, B, H)
    return Case(params, heads, *inputs, mask, draw(T_q, B, H))


@st.composite
def cases(draw):
    T_q = draw(st.integers(3, 6))
    T_k = draw(st.integers(T_q, T_q + 3))
    heads, d = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return make_case(T_q, T_k, draw(st.integers(2, 4)), heads, d, seed=draw(st.integers(0, 10**6)))


def forward(case, masked=False, causal=False):
    mask = case.mask if masked else None
    inputs = case.queries, case.keys, case.values
    return multihead.forward(case.params, *inputs, case.heads, mask, causal)


def run(case, masked=False, causal=False):
    y, cache = forward(case, masked, causal)
    *d_inputs, grads = multihead.backward(case.d_y, cache)
    named = dict(zip(ARRAYS, d_inputs, strict=True)) | grads._asdict()
    return {"y": y, "weights": cache.weights, **named}


def varied(case, name, value):
    if name in Params._fields:
        return case._replace(params=case.params._replace(**{name: value}))
    return case._replace(**{name: value})


def torch_layer(case):
    H = len(case.params.b_out)
    layer = torch.nn.MultiheadAttention(H, case.heads, dtype=torch.float64)
    weights = (
        layer.in_proj_weight,
        layer.in_proj_bias,
        layer.out_proj.weight,
        layer.out_proj.bias,
    )
    with torch.no_grad():
        for parameter, value in zip(weights, case.params, strict=True):
            parameter.copy_(torch.tensor(value))
    return layer, weights


def torch_masks(case, masked, causal):
    T_q, T_k = len(case.queries), len(case.keys)
    later = torch.ones(T_q, T_k, dtype=torch.bool).triu(1 + T_k - T_q) if causal else None
    return {"key_padding_mask": torch.tensor(~case.mask.T) if masked else None, "attn_mask": later}


def torch_results(case, masked, causal):
    layer, weights = torch_layer(case)
    inputs = [leaf(getattr(case, name)) for name in ARRAYS]
    y, alignment = layer(*inputs, **torch_masks(case, masked, causal), average_attn_weights=False)
    y.backward(torch.tensor(case.d_y))
    named = dict(zip((*ARRAYS, *Params._fields), gradients(*inputs, *weights), strict=True))
    return {"y": y.detach().numpy(), "weights": alignment.detach().numpy(), **named}


@every_masking
@given(case=cases())
@settings(max_examples=15, deadline=None)
def test_agrees_with_torch(masked, causal, case):
    ours, theirs = run(case, masked, causal), torch_results(case, masked, causal)
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        assert_agrees(ours[name], value, 1e-10)


@every_masking
@given(case=cases())
@settings(max_examples=10, deadline=None)
def test_self_attention_agrees_with_torch_with_one_input_in_three_places(masked, causal, case):
    layer, _ = torch_layer(case)
    x = leaf(case.keys)
    d_y = np.resize(case.d_y, case.keys.shape)
    alone = case._replace(queries=case.keys, values=case.keys, d_y=d_y)
    expected, _ = layer(x, x, x, **torch_masks(alone, masked, causal))
    expected.backward(torch.tensor(d_y))
    ours = run(alone, masked, causal)
    assert_agrees(ours["y"], expected.detach(), 1e-10)
    assert_agrees(ours["queries"] + ours["keys"] + ours["values"], *gradients(x), 1e-10)


@pytest.mark.parametrize("name", [*ARRAYS, *Params._fields])
@every_masking
def test_every_gradient_equals_central_differences(masked, causal, name):
    case = make_case()
    at = getattr(case.params if name in Params._fields else case, name)
    numerical = numerical_gradient(
        lambda value: float(np.sum(case.d_y * forward(varied(case, name, value), masked, causal)[0])), at
    )
    assert_agrees(run(case, masked, causal)[name], numerical, 1e-8)


def test_one_head_is_scaled_dot_attention_on_the_projections():
    case = make_case(heads=1)
    W, b = multihead.in_parts(case.params)
    q, k, v = (x @ W[i].T + b[i] for i, x in enumerate((case.queries, case.keys, case.values)))
    context, _ = attention.forward(attention.Params(), q, k, v, case.mask, causal=True)
    expected = context @ case.params.W_out.T + case.params.b_out
    assert_agrees(run(case, True, True)["y"], expected, 1e-14)


@given(case=cases())
@settings(max_examples=20, deadline=None)
def test_heads_are_blind_to_each_other_until_the_output(case):
    """What the first head sees is its own part of q, k and v: nothing else can move its weights."""
    H = len(case.params.b_out)
    W, b = (part.copy() for part in multihead.in_parts(case.params))
    d = H // case.heads
    W[:, d:], b[:, d:] = 7.0, 7.0
    others = case.params._replace(W_in=W.reshape(3 * H, H), b_in=b.reshape(3 * H))
    changed = run(case._replace(params=others))
    np.testing.assert_allclose(changed["weights"][:, 0], run(case)["weights"][:, 0], rtol=1e-12)


@given(case=cases(), masking=st.sampled_from(MASKINGS))
@settings(max_examples=20, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(case, masking):
    other = case._replace(d_y=case.d_y[::-1] - 1)
    both = case._replace(d_y=3 * case.d_y + other.d_y)
    one, two, sum_of_both = (run(each, *masking) for each in (case, other, both))
    for name in (*ARRAYS, *Params._fields):
        np.testing.assert_allclose(sum_of_both[name], 3 * one[name] + two[name], rtol=1e-12, atol=1e-11)


@given(case=cases(), causal=st.booleans())
@settings(max_examples=20, deadline=None)
def test_padded_keys_change_nothing_and_get_no_gradient(case, causal):
    garbage = {
        name: np.where(case.mask[..., np.newaxis], getattr(case, name), 1e6) for name in ("keys", "values")
    }
    clean, dirty = run(case, True, causal), run(case._replace(**garbage), True, causal)
    for name in ("y", "weights", *ARRAYS, "W_out", "b_in", "b_out"):
        np.testing.assert_array_equal(dirty[name], clean[name])
    assert_agrees(dirty["W_in"], clean["W_in"], 1e-12)
    assert not clean["keys"][~case.mask].any()
    assert not clean["values"][~case.mask].any()


@given(case=cases(), masking=st.sampled_from(MASKINGS))
@settings(max_examples=20, deadline=None)
def test_a_permuted_batch_permutes_outputs_and_leaves_weight_gradients_alone(case, masking):
    order = np.roll(np.arange(case.keys.shape[1]), 1)
    permuted = case._replace(**{name: getattr(case, name)[:, order] for name in (*ARRAYS, "mask", "d_y")})
    before, after = run(case, *masking), run(permuted, *masking)
    for name in ("y", *ARRAYS):
        np.testing.assert_allclose(after[name], before[name][:, order], rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(after["weights"], before["weights"][order], rtol=1e-12)
    for name in Params._fields:
        assert_agrees(after[name], before[name], 1e-12)


def test_a_query_without_any_allowed_key_gives_the_bias_and_passes_no_gradient():
    case = make_case(T_q=5, T_k=5)
    mask = case.mask.copy()
    mask[:2, 0] = False
    results = run(case._replace(mask=mask), masked=True, causal=True)
    np.testing.assert_array_equal(results["y"][:2, 0], [case.params.b_out] * 2)
    assert not results["queries"][:2, 0].any()
    assert all(np.isfinite(value).all() for value in results.values())


def test_one_query_and_one_key_give_the_projected_value():
    case = make_case(T_q=1, T_k=1, B=1)
    W, b = multihead.in_parts(case.params)
    value = W[2] @ case.values[0, 0] + b[2]
    assert_agrees(run(case)["y"][0, 0], case.params.W_out @ value + case.params.b_out, 1e-14)


@every_masking
def test_float32_stays_float32_and_agrees_with_float64(masked, causal):
    single, double = (run(make_case(dtype=dtype), masked, causal) for dtype in (np.float32, np.float64))
    for name, value in single.items():
        assert value.dtype == np.float32, name
        assert_agrees(value, double[name], 3e-5)


def test_inputs_that_are_views_give_the_same_result():
    def spread_out(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    case = make_case()
    names = (*ARRAYS, "mask", "d_y")
    spread = case._replace(
        params=Params(*map(spread_out, case.params)),
        **{name: spread_out(getattr(case, name)) for name in names},
    )
    assert not spread.keys.flags.c_contiguous
    for name, value in run(spread, True, True).items():
        assert_agrees(value, run(case, True, True)[name], 1e-13)


def test_the_alignment_is_closed_to_writing_because_the_backward_pass_reads_it():
    _, cache = forward(make_case())
    with pytest.raises(ValueError, match="read-only"):
        cache.weights[:] = 0


def test_starting_weights_have_the_distribution_of_the_layer_of_torch():
    params = multihead.init(np.random.default_rng(0), H=64, dtype=np.float32)
    layer = torch.nn.MultiheadAttention(64, 4)
    theirs = (layer.in_proj_weight, layer.in_proj_bias, layer.out_proj.weight, layer.out_proj.bias)
    for ours, parameter in zip(params, theirs, strict=True):
        expected = parameter.detach().numpy()
        assert ours.shape == expected.shape
        assert ours.dtype == np.float32
        assert np.abs(ours).max() == pytest.approx(np.abs(expected).max(), rel=0.01)
        assert ours.std() == pytest.approx(expected.std(), rel=0.05)


def altered(**changes):
    case = make_case(T_q=2, T_k=4, B=3)
    for name, change in changes.items():
        at = getattr(case.params if name in Params._fields else case, name)
        case = varied(case, name, change(at))
    return forward(case, masked=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"queries": lambda q: q[..., :4]}, r"queries must have the shape \(T_q, B, H\) with H = 6"),
        (
            {"queries": lambda q: q[0]},
            "queries .* An axis is missing. A single sequence has a batch axis too",
        ),
        ({"keys": lambda k: k[:, :2]}, r"keys must have the shape \(T_k, B, H\) with B = 3, H = 6"),
        ({"values": lambda v: v[:2]}, r"values must have the shape \(T_k, B, H\) with T_k = 4"),
        ({"mask": lambda mask: mask.T}, r"mask .* \.transpose\(1, 0\) would fit"),
        ({"W_in": lambda W: W.T}, r"W_in must have the shape \(rows, H\) with rows = 18, H = 6"),
        ({"b_in": lambda b: b[:6]}, r"b_in must have the shape \(rows,\) with rows = 18"),
        ({"W_out": lambda W: W[:3]}, r"W_out must have the shape \(H_out, H_in\) with H_out = 6"),
        (
            {"heads": lambda _: 4},
            "heads must divide H = 6, so that all have the same number of units, but is 4",
        ),
        ({"heads": lambda _: 0}, "heads must be a positive whole number, but is 0"),
    ],
)
def test_a_wrong_value_is_refused_by_name(changes, message):
    with pytest.raises(ValueError, match=message):
        altered(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"queries": lambda q: q.tolist()}, "queries must be a NumPy array"),
        ({"keys": lambda k: k.astype(np.float32)}, "keys must be float64 like the other arguments"),
        ({"values": lambda v: v.astype(int)}, "values must hold floats"),
        ({"mask": lambda mask: mask * 1.0}, "mask must be boolean"),
        ({"b_in": lambda b: b.astype(np.float32)}, "b_in must be float64"),
    ],
)
def test_a_wrong_type_is_refused_by_name(changes, message):
    with pytest.raises(TypeError, match=message):
        altered(**changes)


def test_a_wrong_upstream_gradient_is_refused_by_name():
    _, cache = forward(make_case())
    with pytest.raises(ValueError, match=r"d_y must have the shape \(T_q, B, H\) with T_q = 3, B = 2, H = 6"):
        multihead.backward(np.ones((5, 2, 6)), cache)
    with pytest.raises(TypeError, match="d_y must be float64"):
        multihead.backward(np.ones((3, 2, 6), np.float32), cache)
