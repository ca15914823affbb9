"""The decoders with attention: whom they ask, when, and with what result. Parity and gradients are in test_seq2seq."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import attentive_decoder, attentive_readout, seq2seq
from rnnlab.nets.activations import softmax
from rnnlab.nets.cells import cell
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.nets.reader import Encoded
from tests.nets.composed import assert_same
from tests.nets.numerics import assert_agrees, numerical_gradient, read_only
from tests.nets.translation import KINDS, SMALL, forward, make_case, sizes

ATTENTIVE = tuple(kind for kind in KINDS if kind.decoder != "plain")
GRU = cell("gru")
K, D, H, V = 5, 2, 3, 4

kinds = st.sampled_from(ATTENTIVE)


def encoded(T_x=4, B=2, seed=0, state=H):
    rng = np.random.default_rng(seed)
    mask = np.ones((T_x, B), bool)
    mask[T_x - 1, B - 1] = False
    return Encoded(*(read_only(rng.normal(size=shape)) for shape in ((T_x, B, V), (B, state))), mask)


def weights(decoder, score, name="rnn"):
    rng = np.random.default_rng(1)
    params = decoder.init(rng, K, D, H, V, cell=cell(name), score=score)
    return mapped(lambda leaf: read_only(rng.normal(size=leaf.shape)), params)


@given(kinds, sizes())
@settings(max_examples=20, deadline=None)
def test_the_alignment_of_each_target_token_is_a_distribution_over_real_source_tokens(kind, sizes):
    case = make_case(kind, sizes)
    alignment = forward(case)[1].decoder.weights
    assert alignment.shape == (sizes.B, sizes.T_y, sizes.T_x)
    np.testing.assert_allclose(alignment.sum(axis=2), 1, rtol=1e-12)
    real = np.broadcast_to(case.source_mask.T[:, np.newaxis], alignment.shape)
    assert (alignment[real] > 0).all()
    assert (alignment[~real] == 0).all()


@given(kinds, sizes())
@settings(max_examples=20, deadline=None)
def test_writing_with_given_tokens_gives_the_logits_of_teacher_forcing(kind, sizes):
    case = make_case(kind, sizes, masked=False)
    logits, _ = forward(case)
    source, _ = seq2seq.encode(case.params.encoder, case.source_ids, encoder=case.encoder)
    state = case.decoder.start(case.params.decoder, source)
    for ids_t, expected in zip(case.input_ids, logits, strict=True):
        state, logits_t = case.decoder.step(case.params.decoder, ids_t, state)
        assert_agrees(logits_t, expected, 1e-12)


@pytest.mark.parametrize("kind", ATTENTIVE)
def test_all_that_belongs_to_a_sequence_is_a_row_of_the_writing_state(kind):
    case = make_case(kind, SMALL)
    source, _ = seq2seq.encode(case.params.encoder, case.source_ids, case.source_mask, encoder=case.encoder)
    state = case.decoder.start(case.params.decoder, source)
    rows = np.array([2, 0, 0])
    chosen = mapped(lambda leaf: leaf[rows], state)
    _, logits = case.decoder.step(case.params.decoder, case.input_ids[0], state)
    _, of_rows = case.decoder.step(case.params.decoder, case.input_ids[0][rows], chosen)
    assert_agrees(of_rows, logits[rows], 1e-12)


def test_one_step_of_bahdanaus_decoder_equals_the_equations_written_out():
    params, source = weights(attentive_decoder, "additive"), encoded()
    E, (W_xh, W_hh, b_h), (W_q, W_k, v), (W_hy, b_y) = params
    ids = np.array([[3, 1]])
    logits, cache = attentive_decoder.forward(params, ids, source, cell=cell("rnn"))
    for b, T in enumerate(source.mask.sum(axis=0)):
        h_0, h_bar = source.state[b], source.h[:T, b]
        alpha = softmax(np.array([v @ np.tanh(W_q @ h_0 + W_k @ h_j) for h_j in h_bar]))
        x_1 = np.concatenate([E[ids[0, b]], alpha @ h_bar])
        h_1 = np.tanh(W_xh @ x_1 + W_hh @ h_0 + b_h)
        assert_agrees(cache.weights[b, 0, :T], alpha, 1e-14)
        assert_agrees(logits[0, b], W_hy @ h_1 + b_y, 1e-14)


def test_one_step_of_luongs_decoder_equals_the_equations_written_out():
    params, source = weights(attentive_readout, "general"), encoded()
    (E, (W_xh, W_hh, b_h)), (_, W_k, _), W_c, (W_hy, b_y) = params
    ids = np.array([[3, 1]])
    logits, cache = attentive_readout.forward(params, ids, source, cell=cell("rnn"))
    for b, T in enumerate(source.mask.sum(axis=0)):
        h_bar = source.h[:T, b]
        h_1 = np.tanh(W_xh @ E[ids[0, b]] + W_hh @ source.state[b] + b_h)
        alpha = softmax(np.array([h_1 @ W_k @ h_j for h_j in h_bar]))
        h_tilde = np.tanh(W_c @ np.concatenate([alpha @ h_bar, h_1]))
        assert_agrees(cache.weights[b, 0, :T], alpha, 1e-14)
        assert_agrees(logits[0, b], W_hy @ h_tilde + b_y, 1e-14)


DECODERS = [
    (attentive_decoder, "additive"),
    (attentive_decoder, "general"),
    (attentive_readout, "additive"),
    (attentive_readout, "general"),
]


@pytest.mark.parametrize(("decoder", "score"), DECODERS)
def test_the_gradients_at_what_was_encoded_equal_central_differences(decoder, score):
    params, source = weights(decoder, score, "gru"), encoded()
    ids, mask = np.array([[3, 1], [0, 4], [2, 2]]), np.array([[True, True], [True, True], [True, False]])
    d_logits = np.random.default_rng(2).normal(size=(3, 2, K))

    def loss(**changed):
        logits, _ = decoder.forward(params, ids, source._replace(**changed), mask, cell=GRU, score=score)
        return float(np.sum(d_logits * logits))

    _, cache = decoder.forward(params, ids, source, mask, cell=GRU, score=score)
    d_encoded, _ = decoder.backward(d_logits, cache)
    assert_agrees(d_encoded.h, numerical_gradient(lambda h: loss(h=h), source.h), 1e-8)
    assert_agrees(d_encoded.state, numerical_gradient(lambda state: loss(state=state), source.state), 1e-8)
    assert not d_encoded.h[~source.mask].any()


@pytest.mark.parametrize(("decoder", "score"), DECODERS)
def test_what_the_encoder_left_at_padding_has_no_effect(decoder, score):
    params, source = weights(decoder, score, "gru"), encoded()
    garbage = source._replace(h=np.where(source.mask[..., np.newaxis], source.h, 1e3))
    results = []
    for each in (source, garbage):
        logits, cache = decoder.forward(params, np.array([[3, 1], [0, 4]]), each, cell=GRU, score=score)
        results.append((logits, cache.weights, *decoder.backward(np.ones_like(logits), cache)))
    for one, other in zip(*(leaves(tuple(result)) for result in results), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("decoder", "score"), DECODERS)
def test_a_source_of_padding_alone_is_read_as_nothing(decoder, score):
    params, source = weights(decoder, score, "gru"), encoded()
    nothing = source._replace(mask=np.zeros_like(source.mask))
    logits, cache = decoder.forward(params, np.array([[3, 1]]), nothing, cell=GRU, score=score)
    zeros = source._replace(h=np.zeros_like(source.h))
    expected, _ = decoder.forward(params, np.array([[3, 1]]), zeros, cell=GRU, score=score)
    assert not cache.weights.any()
    assert_agrees(logits, expected, 1e-14)
    d_encoded, grads = decoder.backward(np.ones_like(logits), cache)
    assert not d_encoded.h.any()
    assert not any(leaf.any() for leaf in leaves(grads.attention))


@pytest.mark.parametrize("decoder", [attentive_decoder, attentive_readout])
def test_an_lstm_hands_both_parts_of_its_state_on_and_back(decoder):
    lstm = cell("lstm")
    rng = np.random.default_rng(3)
    params = mapped(
        lambda leaf: rng.normal(size=leaf.shape), decoder.init(rng, K, D, H, V, cell=lstm, score="general")
    )
    state = mapped(lambda leaf: rng.normal(size=leaf.shape), lstm.zero_state(lstm.init(rng, D, H), 2))
    source = encoded()._replace(state=state)
    d_logits = rng.normal(size=(2, 2, K))
    ids = np.array([[3, 1], [0, 4]])
    _, cache = decoder.forward(params, ids, source, cell=lstm, score="general")
    d_state = decoder.backward(d_logits, cache)[0].state
    for name in ("h", "c"):

        def loss(value, name=name):
            changed = source._replace(state=state._replace(**{name: value}))
            logits, _ = decoder.forward(params, ids, changed, cell=lstm, score="general")
            return float(np.sum(d_logits * logits))

        assert_agrees(getattr(d_state, name), numerical_gradient(loss, getattr(state, name)), 1e-8)


def test_the_order_of_the_source_tokens_does_not_matter_to_attention_itself():
    """Attention knows no places: a decoder that sees the same states in another order writes the same."""
    params, source = weights(attentive_decoder, "additive", "gru"), encoded()
    order = np.array([2, 0, 3, 1])
    mixed = Encoded(source.h[order], source.state, source.mask[order])
    ids = np.array([[3, 1], [0, 4]])
    (one, cache), (other, mixed_cache) = (
        attentive_decoder.forward(params, ids, each, cell=GRU) for each in (source, mixed)
    )
    assert_agrees(one, other, 1e-13)
    assert_same((cache.weights[:, :, order],), (mixed_cache.weights,), 1e-13)


SOURCE, IDS = encoded(), np.array([[3, 1], [0, 4]])
REFUSED = [
    ({"ids": IDS + 1}, ValueError, "input_ids must lie between 0 and K - 1 = 4, but 5 occurs"),
    ({"ids": IDS[:, :1]}, ValueError, r"input_ids must have the shape \(T, B\) with B = 2"),
    ({"encoded": tuple(SOURCE)}, TypeError, r"encoded must be an rnnlab\.nets\.reader\.Encoded"),
    ({"encoded": SOURCE._replace(h=SOURCE.h[..., :2])}, ValueError, "W_k must have the shape"),
    ({"encoded": SOURCE._replace(mask=SOURCE.mask.T)}, ValueError, r"mask must have the shape \(T_k, B\)"),
    ({"encoded": SOURCE._replace(state=SOURCE.state[:1])}, ValueError, "state must have the shape"),
    ({"mask": np.ones((2, 3), bool)}, ValueError, "the mask of input_ids must have the shape"),
    ({"score": "dot"}, ValueError, "the score 'dot' needs no weights, but W_k is given"),
    ({"score": "cosine"}, ValueError, "score must be 'additive' or 'general'"),
    ({"cell": "gru"}, TypeError, r"cell must be an rnnlab\.nets\.cells\.Cell"),
]


@pytest.mark.parametrize(("changes", "error", "message"), REFUSED)
@pytest.mark.parametrize("decoder", [attentive_decoder, attentive_readout])
def test_wrong_arguments_are_refused_by_name(decoder, changes, error, message):
    params = weights(decoder, "general", "gru")
    arguments = {"ids": IDS, "encoded": SOURCE, "mask": None, "cell": GRU, "score": "general"} | changes
    with pytest.raises(error, match=message):
        decoder.forward(params, **arguments)


@pytest.mark.parametrize("decoder", [attentive_decoder, attentive_readout])
def test_weights_of_another_decoder_are_refused(decoder):
    other = attentive_readout if decoder is attentive_decoder else attentive_decoder
    with pytest.raises(TypeError, match=r"params must be an rnnlab\.nets\.attentive"):
        decoder.forward(weights(other, "general"), IDS, SOURCE, cell=GRU)
    with pytest.raises(TypeError, match=r"params must be an rnnlab\.nets\.attentive"):
        decoder.start(weights(other, "general"), SOURCE, cell=GRU)


@pytest.mark.parametrize("decoder", [attentive_decoder, attentive_readout])
def test_tokens_that_do_not_exist_are_not_read(decoder):
    params = weights(decoder, "general", "gru")
    state = decoder.start(params, SOURCE, cell=GRU, score="general")
    with pytest.raises(ValueError, match="ids_t must lie between 0 and K - 1 = 4, but 5 occurs"):
        decoder.step(params, np.array([5, 0]), state, cell=GRU, score="general")


def test_w_c_of_another_width_is_refused():
    params = weights(attentive_readout, "general", "gru")
    with pytest.raises(ValueError, match=r"W_c must have the shape \(H, V \+ H\) with V \+ H = 7"):
        attentive_readout.forward(
            params._replace(W_c=params.W_c[:, 1:]), IDS, SOURCE, cell=GRU, score="general"
        )
