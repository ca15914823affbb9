"""A cell that reads ids: the embedding and the cell, one after the other, and what stands at padding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import reader
from rnnlab.nets.cells import cell
from rnnlab.nets.embedding import embed, one_hot
from rnnlab.nets.parameters import leaves, mapped
from tests.nets.composed import assert_same
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only

CELLS = ("rnn", "lstm", "gru")
K, D, H = 5, 2, 3


def drawn(name, seed=0, T=4, B=3):
    rng = np.random.default_rng(seed)
    kind = cell(name)
    params = mapped(lambda leaf: read_only(rng.normal(size=leaf.shape)), reader.init(rng, K, D, H, cell=kind))
    state = mapped(lambda leaf: read_only(rng.normal(size=leaf.shape)), kind.zero_state(params.cell, B))
    lengths = rng.integers(1, T + 1, B)
    mask = read_only(np.arange(T)[:, np.newaxis] < lengths)
    return kind, params, read_only(rng.integers(0, K, (T, B))), state, mask


@given(st.sampled_from(CELLS), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_it_equals_the_cell_on_embedded_ids(name, seed):
    kind, params, ids, state, mask = drawn(name, seed)
    h, cache = reader.forward(params, ids, state, mask, cell=kind)
    expected, of_cell = kind.forward(params.cell, embed(ids, params.E), state, mask)
    np.testing.assert_array_equal(h, expected)
    assert_same(reader.last_state(cache), kind.last_state(of_cell), 0)
    d_h, d_last = np.random.default_rng(1).normal(size=h.shape), mapped(np.ones_like, state)
    d_state, grads = reader.backward(d_h, cache, d_last)
    d_x, expected_d_state, expected_grads = kind.backward(d_h, of_cell, d_last)
    assert_same((d_state, grads.cell), (expected_d_state, expected_grads), 0)
    assert_agrees(grads.E, np.einsum("tbk,tbd->kd", one_hot(ids, K), d_x), 1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_the_gradient_at_the_embedding_equals_central_differences(name):
    kind, params, ids, state, mask = drawn(name)
    d_h = np.random.default_rng(1).normal(size=(4, 3, H))

    def loss(E):
        return float(np.sum(d_h * reader.forward(params._replace(E=E), ids, state, mask, cell=kind)[0]))

    _, cache = reader.forward(params, ids, state, mask, cell=kind)
    assert_agrees(reader.backward(d_h, cache)[1].E, numerical_gradient(loss, params.E), 1e-8)


@given(st.sampled_from(CELLS), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_stepping_through_tokens_equals_forward(name, seed):
    kind, params, ids, state, _ = drawn(name, seed)
    h, cache = reader.forward(params, ids, state, cell=kind)
    for ids_t, h_t in zip(ids, h, strict=True):
        state = reader.step(params, ids_t, state, cell=kind)
        assert_agrees(kind.output(state), h_t, 1e-12)
    assert_same(state, reader.last_state(cache), 1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_padding_may_hold_any_id_and_teaches_none(name):
    kind, params, ids, state, mask = drawn(name, seed=4)
    assert not mask.all()
    h, cache = reader.forward(params, np.where(mask, ids, -1), state, mask, cell=kind)
    expected, _ = reader.forward(params, ids, state, mask, cell=kind)
    np.testing.assert_array_equal(h, expected)
    _, grads = reader.backward(np.ones_like(h), cache)
    assert set(np.flatnonzero(grads.E.any(axis=1))) == set(ids[mask].tolist())


def test_options_reach_the_start_of_the_cell():
    params = reader.init(np.random.default_rng(0), K, D, H, np.float32, cell=cell("lstm"), forget_bias=4.0)
    assert (params.cell.b_h[H : 2 * H] == 4).all()
    assert {leaf.dtype for leaf in leaves(params)} == {np.dtype(np.float32)}


KIND, PARAMS, IDS, STATE, MASK = drawn("gru")
REFUSED = [
    (lambda: reader.forward(PARAMS, IDS + 5, cell=KIND), ValueError, "ids must lie between 0 and K - 1 = 4"),
    (lambda: reader.forward(PARAMS, IDS[0], cell=KIND), ValueError, r"ids must have the shape \(T, B\)"),
    (lambda: reader.forward(PARAMS, IDS[0], None, MASK, cell=KIND), ValueError, r"ids must have the shape"),
    (lambda: reader.forward(PARAMS, IDS, None, MASK.T, cell=KIND), ValueError, r"mask must have the shape"),
    (lambda: reader.forward(PARAMS, IDS, STATE[1:], cell=KIND), ValueError, "state must have the shape"),
    (
        lambda: reader.forward(PARAMS.cell, IDS, cell=KIND),
        TypeError,
        r"params must be an rnnlab\.nets\.reader",
    ),
    (
        lambda: reader.forward(PARAMS, IDS, cell="gru"),
        TypeError,
        r"cell must be an rnnlab\.nets\.cells\.Cell",
    ),
    (lambda: reader.step(PARAMS, IDS, STATE, cell=KIND), ValueError, r"ids_t must have the shape \(B,\)"),
    (lambda: reader.step(PARAMS, IDS[0] - 9, STATE, cell=KIND), ValueError, "ids_t must lie between 0"),
    (lambda: reader.init(np.random.default_rng(0), 0, D, H, cell=KIND), ValueError, "K must be a positive"),
    (
        lambda: reader.forward(PARAMS._replace(E=PARAMS.E[0]), IDS, cell=KIND),
        ValueError,
        r"E must have the shape \(K, D\)",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_wrong_arguments_are_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call()
