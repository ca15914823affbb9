"""Encoder–decoder networks of every kind: equal to torch, to central differences, and the properties of all sizes."""

from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets import decoding, seq2seq
from rnnlab.nets.activations import log_softmax
from rnnlab.nets.cells import cell
from rnnlab.nets.decoders import decoder
from rnnlab.nets.losses import masked_sequence_loss
from rnnlab.nets.parameters import count as count_parameters
from rnnlab.nets.parameters import leaves, mapped
from rnnlab.nets.stacked import network as stacked
from rnnlab.training.optimizers import optimizer
from tests.nets.composed import assert_same
from tests.nets.numerics import assert_agrees, numerical_gradient
from tests.nets.translation import KINDS, SMALL, Kind, forward, make_case, run, run_in_torch, sizes

TOLERANCE = 1e-10
EACH_DECODER = (KINDS[1], KINDS[5], KINDS[7])

kinds = st.sampled_from(KINDS)


class TestParity:
    """Each sequence of a padded batch equals the same sequence alone in torch; all gradients equal torch's sum."""

    def assert_parity(self, kind, case):
        logits, cache = forward(case)
        in_torch = run_in_torch(kind, case)
        for b, (expected, weights) in enumerate(zip(in_torch.logits, in_torch.weights, strict=True)):
            assert_agrees(logits[: len(expected), b], expected, TOLERANCE)
            if weights is not None:
                T_y, T_x = weights.shape
                assert_agrees(cache.decoder.weights[b, :T_y, :T_x], weights, TOLERANCE)
        assert_same(seq2seq.backward(case.d_logits, cache), in_torch.grads, TOLERANCE)

    @pytest.mark.parametrize("kind", KINDS)
    @given(sizes=sizes(), masked=st.booleans())
    @settings(max_examples=12, deadline=None)
    def test_torch(self, kind, sizes, masked):
        self.assert_parity(kind, make_case(kind, sizes, masked))

    @pytest.mark.parametrize("kind", EACH_DECODER)
    def test_one_token_of_one_sequence(self, kind):
        case = make_case(kind, SMALL._replace(T_x=2, T_y=1, B=1))
        self.assert_parity(kind, case)


def variants(tree):
    """Each array of a tree, with the function that puts another in its place."""
    for place, at in enumerate(leaves(tree)):

        def put(value, place=place):
            places = count()
            return mapped(lambda leaf: value if next(places) == place else leaf, tree)

        yield at, put


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("kind", EACH_DECODER)
def test_every_gradient_equals_central_differences(kind, masked):
    case = make_case(kind, SMALL._replace(T_x=3, K_x=3, K_y=3, B=2, seed=2), masked, scale=1.0)
    # the gradient at padding is no special case: there the carried state is read out
    case = case._replace(d_logits=np.random.default_rng(0).normal(size=case.d_logits.shape))
    logits, grads = run(case)
    for (at, put), gradient in zip(variants(case.params), leaves(grads), strict=True):

        def loss(value, put=put):
            change = forward(case._replace(params=put(value)))[0] - logits
            return float(np.sum(case.d_logits * change))

        assert_agrees(gradient, numerical_gradient(loss, at), 1e-8)


@given(kinds, sizes())
@settings(max_examples=25, deadline=None)
def test_gradients_are_linear_in_the_upstream_gradient(kind, sizes):
    one = make_case(kind, sizes)
    other = one._replace(d_logits=one.d_logits[::-1] - 1)
    both = one._replace(d_logits=3 * one.d_logits + other.d_logits)
    expected = mapped(lambda a, b: 3 * a + b, run(one)[1], run(other)[1])
    assert_same(run(both)[1], expected, 1e-11)


@given(kinds, sizes())
@settings(max_examples=25, deadline=None)
def test_what_stands_at_padding_has_no_effect(kind, sizes):
    case = make_case(kind, sizes)
    garbage = case._replace(
        source_ids=np.where(case.source_mask, case.source_ids, -100),
        input_ids=np.where(case.target_mask, case.input_ids, 10**6),
    )
    (logits, grads), (expected, expected_grads) = run(garbage), run(case)
    np.testing.assert_array_equal(logits, expected)
    for one, other in zip(leaves(grads), leaves(expected_grads), strict=True):
        np.testing.assert_array_equal(one, other)


@given(kinds, sizes())
@settings(max_examples=25, deadline=None)
def test_more_padding_changes_neither_logits_nor_gradients(kind, sizes):
    case = make_case(kind, sizes)

    def padded(array):
        return np.concatenate([array, np.zeros_like(array[:2])])

    longer = case._replace(**{name: padded(getattr(case, name)) for name in case._fields[3:]})
    (logits, grads), (expected, expected_grads) = run(longer), run(case)
    assert_agrees(logits[: len(expected)], expected, 1e-12)
    assert_same(grads, expected_grads, 1e-12)


@given(kinds, sizes())
@settings(max_examples=25, deadline=None)
def test_at_padding_the_logits_of_the_state_before_stand_once_more(kind, sizes):
    case = make_case(kind, sizes)
    mask = np.random.default_rng(sizes.seed).random(case.target_mask.shape) < 0.5
    mask[0] = True
    logits, _ = forward(case._replace(target_mask=mask))
    before, padding = logits[:-1], ~mask[1:]
    np.testing.assert_allclose(logits[1:][padding], before[padding], rtol=1e-12, atol=1e-14)
    for b in range(sizes.B):
        real = mask[:, b]
        masks = {"source_mask": case.source_mask[:, [b]], "target_mask": None}
        alone = case._replace(
            source_ids=case.source_ids[:, [b]], input_ids=case.input_ids[real][:, [b]], **masks
        )
        assert_agrees(logits[real, b], forward(alone)[0][:, 0], 1e-12)


@given(kinds, sizes())
@settings(max_examples=25, deadline=None)
def test_a_permuted_batch_permutes_logits_and_leaves_gradients_alone(kind, sizes):
    case = make_case(kind, sizes)
    order = np.roll(np.arange(sizes.B), 1)
    permuted = case._replace(**{name: getattr(case, name)[:, order] for name in case._fields[3:]})
    (logits, grads), (expected, expected_grads) = run(permuted), run(case)
    assert_agrees(logits, expected[:, order], 1e-12)
    assert_same(grads, expected_grads, 1e-12)


@given(kinds, sizes())
@settings(max_examples=25, deadline=None)
def test_missing_masks_are_masks_without_padding(kind, sizes):
    case = make_case(kind, sizes, masked=False)
    full = case._replace(
        source_mask=np.ones(case.source_ids.shape, bool), target_mask=np.ones(case.input_ids.shape, bool)
    )
    (logits, grads), (expected, expected_grads) = run(full), run(case)
    assert_agrees(logits, expected, 1e-13)
    assert_same(grads, expected_grads, 1e-12)


@given(kinds, sizes())
@settings(max_examples=25, deadline=None)
def test_writing_greedily_equals_teacher_forcing_on_what_was_written(kind, sizes):
    case = make_case(kind, sizes)
    step, state = seq2seq.writer(case.params, case.source_ids, case.source_mask, **case.kinds)
    start_ids = np.full(sizes.B, 1)
    ids, mask, log_probabilities = decoding.greedy(step, state, start_ids, end_id=0, max_length=6)
    log_p = teacher_forced(case, ids, mask)
    np.testing.assert_array_equal(np.where(mask, log_p.argmax(axis=2), 0), ids)
    assert_agrees(log_probabilities, of_tokens(log_p, ids, mask), 1e-12)


@given(kinds, sizes())
@settings(max_examples=15, deadline=None)
def test_hypotheses_of_a_beam_are_as_probable_as_under_teacher_forcing(kind, sizes):
    case = make_case(kind, sizes)
    step, state = seq2seq.writer(case.params, case.source_ids, case.source_mask, **case.kinds)
    start_ids = np.full(sizes.B, 1)
    beams = decoding.beam_search(step, state, start_ids, end_id=0, max_length=4, width=3)
    for b, beam in enumerate(beams):
        mask = None if case.source_mask is None else case.source_mask[:, [b]]
        alone = case._replace(source_ids=case.source_ids[:, [b]], source_mask=mask)
        for ids, log_probability, _ in beam:
            column = ids[:, np.newaxis]
            whole = np.ones(column.shape, bool)
            expected = of_tokens(teacher_forced(alone, column, whole), column, whole)
            assert_agrees(log_probability, expected[0], 1e-12)


def teacher_forced(case, ids, mask):
    """The log-probabilities of all tokens at each step, given these ids up to it."""
    inputs = seq2seq.shifted_right(ids, start_id=1)
    return log_softmax(forward(case._replace(input_ids=inputs, target_mask=mask))[0])


def of_tokens(log_p, ids, mask):
    """The log-probability of each column of ids."""
    return (np.take_along_axis(log_p, ids[..., np.newaxis], axis=2)[..., 0] * mask).sum(axis=0)


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32_and_agrees_with_float64(kind):
    single, double = run(make_case(kind, dtype=np.float32)), run(make_case(kind))
    assert {leaf.dtype for leaf in leaves(single)} == {np.dtype(np.float32)}
    assert_same(single, double, 1e-4)  # the gradient at a score is a small difference of large terms


@pytest.mark.parametrize("kind", EACH_DECODER)
def test_views_and_other_integers_give_the_same_result(kind):
    case = make_case(kind)

    def spread_out(array):
        return np.repeat(array.T, 2, axis=0)[::2].T

    spread = case._replace(
        params=mapped(spread_out, case.params),
        source_ids=spread_out(case.source_ids.astype(np.uint8)),
        input_ids=spread_out(case.input_ids.astype(np.int16)),
        **{name: spread_out(getattr(case, name)) for name in ("source_mask", "target_mask", "d_logits")},
    )
    assert not spread.source_ids.flags.c_contiguous
    assert_same(run(spread), run(case), 1e-13)


@pytest.mark.parametrize("name", ["plain", "bahdanau", "luong"])
def test_stacked_cells_with_residual_connections_serve_as_encoder_and_decoder(name):
    deep = stacked(cell("gru"), L=2, residual=True)
    rng = np.random.default_rng(0)
    kinds = {"encoder": deep, "decoder": decoder(name, deep)}
    params = mapped(lambda each: rng.normal(size=each.shape), seq2seq.init(rng, 4, 5, D=2, H=3, **kinds))
    case = make_case(KINDS[0])._replace(params=params, **kinds)
    _, grads = run(case)
    for (at, put), gradient in zip(variants(params.encoder), leaves(grads.encoder), strict=True):

        def loss(value, put=put):
            varied = case._replace(params=params._replace(encoder=put(value)))
            return float(np.sum(case.d_logits * forward(varied)[0]))

        assert_agrees(gradient, numerical_gradient(loss, at), 1e-8)
    step, state = seq2seq.writer(params, case.source_ids, case.source_mask, **kinds)
    _, log_p = step(state, case.input_ids[0])
    assert_agrees(log_p, log_softmax(forward(case)[0][0]), 1e-12)


def test_the_encoder_is_read_through_its_context_vector_alone_without_attention():
    """Equal last states, unequal states on the way: only the decoders with attention see a difference."""
    for kind, sees in ((KINDS[2], False), (KINDS[6], True), (KINDS[3], True)):
        case = make_case(kind)
        encoded, _ = seq2seq.encode(case.params.encoder, case.source_ids, encoder=case.encoder)
        changed = encoded._replace(h=encoded.h[::-1] + 1)
        logits, other = (
            case.decoder.forward(case.params.decoder, case.input_ids, each)[0] for each in (encoded, changed)
        )
        assert np.array_equal(logits, other) != sees


@pytest.mark.parametrize("kind", KINDS)
def test_starting_weights_have_their_shapes_dtype_and_source_of_randomness(kind):
    case = make_case(kind)
    one, same, other = (
        seq2seq.init(np.random.default_rng(seed), 4, 5, D=2, H=3, dtype=np.float32, **case.kinds)
        for seed in (0, 0, 1)
    )
    assert [leaf.shape for leaf in leaves(one)] == [leaf.shape for leaf in leaves(case.params)]
    assert {leaf.dtype for leaf in leaves(one)} == {np.dtype(np.float32)}
    for a, b, c in zip(leaves(one), leaves(same), leaves(other), strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)
    assert count_parameters(one) == sum(leaf.size for leaf in leaves(case.params))


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 10**6))
def test_shifted_right_puts_the_start_before_all_targets_but_the_last(T, B, seed):
    targets = np.random.default_rng(seed).integers(-9, 9, (T, B))
    targets.setflags(write=False)
    shifted = seq2seq.shifted_right(targets, start_id=7)
    assert shifted.dtype == targets.dtype
    np.testing.assert_array_equal(shifted, np.concatenate([np.full((1, B), 7), targets])[:-1])


@pytest.mark.parametrize(
    "kind", [Kind("gru"), Kind("gru", "bahdanau", "additive"), Kind("gru", "luong", "dot")]
)
def test_copying_three_tokens_is_learned(kind):
    """Sequences of 3 tokens out of 1 … 4; 0 ends the target and 5 starts it."""
    rng = np.random.default_rng(0)
    kinds = make_case(kind).kinds
    params = seq2seq.init(rng, K_x=5, K_y=6, D=6, H=16, **kinds)
    adam = optimizer("adam", rate=0.02)
    state = adam.init(params)

    def batch(B):
        source = rng.integers(1, 5, (3, B))
        return source, np.concatenate([source, np.zeros((1, B), int)])

    for _ in range(250):
        source, target = batch(32)
        inputs = seq2seq.shifted_right(target, start_id=5)
        logits, cache = seq2seq.forward(params, source, None, inputs, **kinds)
        _, d_logits = masked_sequence_loss(logits, target, np.ones(target.shape, bool))
        params, state = adam.update(params, seq2seq.backward(d_logits, cache), state)
    source, target = batch(200)
    step, first = seq2seq.writer(params, source, **kinds)
    written = decoding.greedy(step, first, np.full(200, 5), end_id=0, max_length=4).ids
    assert written.shape == target.shape
    assert (written == target).all(axis=0).mean() > 0.95


CASE = make_case(Kind("gru", "luong", "dot"))
IDS, INPUTS = CASE.source_ids, CASE.input_ids


def refused_forward(**changes):
    return forward(CASE._replace(**changes))


REFUSED = [
    ({"source_ids": IDS.tolist()}, TypeError, "source_ids must be a NumPy array, but is of type list"),
    ({"source_ids": IDS * 1.0}, TypeError, "source_ids must hold whole numbers"),
    ({"source_ids": IDS[:, 0]}, ValueError, r"source_ids must have the shape \(T, B\).* An axis is missing"),
    ({"source_ids": IDS + 4}, ValueError, "source_ids must lie between 0 and K - 1 = 3"),
    ({"source_ids": IDS[:0], "source_mask": None}, ValueError, "source_ids .* An axis is empty"),
    ({"input_ids": INPUTS + 5}, ValueError, "input_ids must lie between 0 and K - 1 = 4"),
    (
        {"input_ids": INPUTS[:, :2], "target_mask": None},
        ValueError,
        r"input_ids must have the shape \(T, B\) with B = 3, but has the shape \(3, 2\)",
    ),
    ({"source_mask": CASE.source_mask.T}, ValueError, "the mask of source_ids must have the shape"),
    ({"source_mask": CASE.source_mask * 1}, TypeError, "the mask of source_ids must be boolean"),
    ({"target_mask": CASE.target_mask[:1]}, ValueError, "the mask of input_ids must have the shape"),
    ({"encoder": "gru"}, TypeError, r"encoder must be an rnnlab\.nets\.cells\.Cell, .* but is of type str"),
    ({"decoder": CASE.encoder}, TypeError, r"decoder must be an rnnlab\.nets\.decoders\.Decoder"),
    ({"params": tuple(CASE.params)}, TypeError, "params must be an rnnlab.nets.seq2seq.Params"),
    ({"params": CASE.params._replace(decoder=CASE.params.encoder)}, TypeError, "attentive_readout.Params"),
    ({"params": CASE.params._replace(encoder=())}, TypeError, r"params\.encoder must be an rnnlab.nets.reader"),
    (
        {"params": mapped(lambda leaf: leaf.astype(np.float32), CASE.params._replace(decoder=None))
         ._replace(decoder=CASE.params.decoder)},
        TypeError,
        "must be float",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "error", "message"), REFUSED)
def test_wrong_arguments_are_refused_by_name(changes, error, message):
    with pytest.raises(error, match=message):
        refused_forward(**changes)


@pytest.mark.parametrize("kind", EACH_DECODER)
def test_a_gradient_of_another_shape_or_dtype_is_refused(kind):
    case = make_case(kind)
    _, cache = forward(case)
    with pytest.raises(ValueError, match=r"d_y must have the shape"):
        seq2seq.backward(case.d_logits[1:], cache)
    with pytest.raises(TypeError, match="d_y must be float64"):
        seq2seq.backward(case.d_logits.astype(np.float32), cache)


def test_wrong_targets_or_start_are_refused():
    with pytest.raises(TypeError, match="target_ids must hold whole numbers"):
        seq2seq.shifted_right(np.ones((3, 2)), 0)
    with pytest.raises(ValueError, match="target_ids must have the shape"):
        seq2seq.shifted_right(np.ones(3, int), 0)
    with pytest.raises(ValueError, match="start_id must lie between 0"):
        seq2seq.shifted_right(np.ones((3, 2), int), -1)
    with pytest.raises(TypeError, match="start_id must hold whole numbers"):
        seq2seq.shifted_right(np.ones((3, 2), int), 0.5)


def test_an_unknown_decoder_is_refused():
    with pytest.raises(
        ValueError, match="decoder must be 'plain' or 'bahdanau' or 'luong', but is 'vaswani'"
    ):
        decoder("vaswani", cell("gru"))
    with pytest.raises(TypeError, match=r"cell must be an rnnlab\.nets\.cells\.Cell"):
        decoder("plain", "gru")
