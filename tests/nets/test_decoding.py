"""Decoding: greedy, sampled and by beam search, held to a search through all sequences."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.nets.activations import log_softmax
from rnnlab.nets.decoding import beam_search, greedy, sample

END = 0


def table_of(seed, K, length, B=1, sharpness=1.0):
    """A model of sequences: log-probabilities of the next token for each sequence, step, and last token."""
    rng = np.random.default_rng(seed)
    return log_softmax(sharpness * rng.normal(size=(B, length, K, K)))


def step_of(table):
    """The step of a model whose state says of each row which sequence it continues and how long it is already."""

    def step(state, ids):
        which, t = state
        return (which, t + 1), table[which, t, ids]

    return step


def start_of(table):
    B = len(table)
    return (np.arange(B), np.zeros(B, int)), np.arange(1, B + 1) % table.shape[-1]


def log_probability(table, b, first, ids):
    """The log-probability of ids after the token `first`, added up one by one."""
    pairs = itertools.pairwise([first, *ids])
    return sum(table[b, t, last, following] for t, (last, following) in enumerate(pairs))


def all_sequences(K, length):
    """Every sequence that ends with its first end token, or is cut off at the length."""
    for ids in itertools.product(range(K), repeat=length):
        ended = ids.index(END) + 1 if END in ids else length
        if ids[ended:] == (END,) * (length - ended):
            yield ids[:ended]


models = st.builds(
    table_of,
    seed=st.integers(0, 10**6),
    K=st.integers(2, 4),
    length=st.integers(1, 3),
    B=st.integers(1, 3),
    sharpness=st.sampled_from([0.3, 1.0, 3.0]),
)


def searched(table, width, length_penalty=0.0, length=None):
    state, first = start_of(table)
    return beam_search(step_of(table), state, first, END, length or table.shape[1], width, length_penalty)


def decoded(table):
    state, first = start_of(table)
    return greedy(step_of(table), state, first, END, table.shape[1])


class TestGreedy:
    @given(models)
    @settings(max_examples=30, deadline=None)
    def test_each_token_is_the_most_probable_one_until_the_end(self, table):
        ids, mask, log_probabilities = decoded(table)
        for b, first in enumerate(start_of(table)[1]):
            expected, last = [], first
            while len(expected) < table.shape[1] and (not expected or last != END):
                last = int(table[b, len(expected), last].argmax())
                expected.append(last)
            assert ids[mask[:, b], b].tolist() == expected
            assert log_probabilities[b] == pytest.approx(
                log_probability(table, b, first, expected), rel=1e-12
            )

    @given(models)
    @settings(max_examples=30, deadline=None)
    def test_the_mask_is_true_up_to_the_end_token_and_end_tokens_follow(self, table):
        ids, mask, _ = decoded(table)
        assert ids.shape == mask.shape
        assert mask[-1].any()  # it does not go on when all have ended
        assert mask[0].all()
        assert not (~mask[:-1] & mask[1:]).any()
        assert (ids[~mask] == END).all()
        assert (ids[:-1][mask[1:]] != END).all()

    def test_of_equally_probable_tokens_the_first_is_taken(self):
        table = np.full((1, 2, 3, 3), np.log(1 / 3))
        assert decoded(table).ids[:, 0].tolist() == [0]

    def test_without_an_end_token_all_sequences_are_cut_off(self):
        table = table_of(0, K=3, length=5, B=4, sharpness=5)
        state, first = start_of(table)
        ids, mask, _ = greedy(step_of(table), state, first, None, 5)
        assert ids.shape == (5, 4)
        assert mask.all()
        assert (ids == END).any()

    def test_no_input_is_written_to(self):
        table = table_of(0, K=3, length=4, B=2)
        (which, t), first = start_of(table)
        for array in (table, which, t, first):
            array.setflags(write=False)
        greedy(step_of(table), (which, t), first, END, 4)
        sample(step_of(table), (which, t), first, END, 4, np.random.default_rng(0))
        beam_search(step_of(table), (which, t), first, END, 4, width=2)


class TestSample:
    def drawn(self, table, rng, temperature=1.0):
        state, first = start_of(table)
        return sample(step_of(table), state, first, END, table.shape[1], rng, temperature)

    def test_equal_generators_draw_equal_sequences_and_the_global_one_is_not_used(self):
        table = table_of(0, K=4, length=6, B=20)
        before = np.random.get_state()[1].copy()  # noqa: NPY002 (it must be left alone)
        one, other = (self.drawn(table, np.random.default_rng(3)) for _ in range(2))
        np.testing.assert_array_equal(one.ids, other.ids)
        np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
        assert not np.array_equal(one.ids[0], self.drawn(table, np.random.default_rng(4)).ids[0])

    @pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
    def test_tokens_come_as_often_as_their_tempered_probability_says(self, temperature):
        B, K = 40_000, 4
        log_p = log_softmax(np.array([0.0, 1.0, -1.0, 2.0]))
        ids = sample(
            lambda state, ids: (state, np.tile(log_p, (len(ids), 1))),
            None, np.zeros(B, int), None, 1, np.random.default_rng(0), temperature,
        ).ids  # fmt: skip
        expected = np.exp(log_p) ** (1 / temperature)
        expected /= expected.sum()
        standard_error = np.sqrt(expected * (1 - expected) / B)
        frequency = np.bincount(ids[0], minlength=K) / B
        assert (np.abs(frequency - expected) < 4.5 * standard_error).all()

    @pytest.mark.parametrize("temperature", [1e-6, 1e-320])
    def test_close_to_temperature_zero_it_is_greedy(self, temperature):
        table = table_of(0, K=4, length=6, B=20)
        cold = self.drawn(table, np.random.default_rng(0), temperature)
        for one, other in zip(cold, decoded(table), strict=True):
            np.testing.assert_array_equal(one, other)

    def test_a_token_of_probability_zero_is_never_drawn(self):
        with np.errstate(divide="ignore"):
            log_p = np.log(np.array([[0.0, 0.5, 0.5]]))
        ids = sample(
            lambda state, ids: (state, np.tile(log_p, (len(ids), 1))),
            None, np.zeros(500, int), END, 3, np.random.default_rng(0), temperature=50.0,
        ).ids  # fmt: skip
        assert set(ids.ravel().tolist()) == {1, 2}

    @given(models, st.integers(0, 10**6))
    @settings(max_examples=30, deadline=None)
    def test_log_probabilities_are_those_of_the_model_at_any_temperature(self, table, seed):
        ids, mask, log_probabilities = self.drawn(table, np.random.default_rng(seed), temperature=3.0)
        for b, first in enumerate(start_of(table)[1]):
            found = ids[mask[:, b], b]
            assert found.tolist() in [list(each) for each in all_sequences(table.shape[-1], table.shape[1])]
            expected = log_probability(table, b, first, found)
            assert log_probabilities[b] == pytest.approx(expected, rel=1e-12)


class TestBeamSearch:
    @given(models, st.sampled_from([0.0, 1.0]))
    @settings(max_examples=40, deadline=None)
    def test_width_one_is_greedy(self, table, length_penalty):
        ids, mask, log_probabilities = decoded(table)
        for b, [only] in enumerate(searched(table, 1, length_penalty)):
            np.testing.assert_array_equal(only.ids, ids[mask[:, b], b])
            assert only.log_probability == pytest.approx(log_probabilities[b], rel=1e-12)

    @given(models, st.sampled_from([0.0, 0.6, 1.0]))
    @settings(max_examples=40, deadline=None)
    def test_a_beam_that_holds_everything_finds_every_sequence_in_order(self, table, length_penalty):
        _, length, K, _ = table.shape
        for b, (found, first) in enumerate(
            zip(searched(table, K**length, length_penalty), start_of(table)[1], strict=True)
        ):
            expected = {
                ids: log_probability(table, b, first, ids) / len(ids) ** length_penalty
                for ids in all_sequences(K, length)
            }
            ranking = sorted(expected, key=lambda ids: -expected[ids])
            assert [tuple(each.ids.tolist()) for each in found] == ranking
            for each in found:
                assert each.score == pytest.approx(expected[tuple(each.ids.tolist())], rel=1e-12)

    @given(models, st.integers(1, 6))
    @settings(max_examples=40, deadline=None)
    def test_all_hypotheses_are_complete_different_and_rightly_weighed(self, table, width):
        _, length, K, _ = table.shape
        complete = set(all_sequences(K, length))
        for b, (found, first) in enumerate(zip(searched(table, width), start_of(table)[1], strict=True)):
            sequences = [tuple(each.ids.tolist()) for each in found]
            assert len(sequences) == len(set(sequences)) == min(width, len(complete))
            assert set(sequences) <= complete
            for ids, each in zip(sequences, found, strict=True):
                assert each.log_probability == pytest.approx(log_probability(table, b, first, ids), rel=1e-12)
            scores = [each.score for each in found]
            assert scores == sorted(scores, reverse=True)

    @given(models, st.integers(1, 6))
    @settings(max_examples=30, deadline=None)
    def test_each_sequence_of_a_batch_is_searched_as_if_it_were_alone(self, table, width):
        state, first = start_of(table)
        together = searched(table, width)
        for b, expected in enumerate(together):
            alone = (state[0][[b]], state[1][[b]])
            [found] = beam_search(step_of(table), alone, first[[b]], END, table.shape[1], width)
            assert [each.ids.tolist() for each in found] == [each.ids.tolist() for each in expected]

    def test_it_finds_what_greedy_decoding_misses(self):
        table = np.log(np.array([[0.0, 0.6, 0.4], [0.4, 0.3, 0.3], [0.9, 0.05, 0.05]]) + 1e-12)[None, None]
        table = np.repeat(table, 2, axis=1)

        def best_of(width):
            step, state = step_of(table), (np.zeros(1, int), np.zeros(1, int))
            return beam_search(step, state, np.array([0]), END, 2, width)[0][0].ids.tolist()

        assert best_of(1) == [1, 0]  # 0.6 · 0.4
        assert best_of(2) == [2, 0]  # 0.4 · 0.9

    def test_a_wider_beam_may_find_less(self):
        """Two hypotheses that look better at the second step push out the one that greedy decoding follows."""
        p = np.full((3, 5, 5), 1e-9)
        p[0, 0, [1, 2]] = 0.55, 0.45
        p[1, 1, [1, 2, 3, 4]] = 0.34, 0.22, 0.22, 0.22
        p[1, 2, [3, 4]] = 0.5, 0.5
        p[2, 1, END] = 1
        p[2, [3, 4], 1:] = 0.25
        table = log_softmax(np.log(p))[None]

        def best_of(width):
            step, state = step_of(table), (np.zeros(1, int), np.zeros(1, int))
            return beam_search(step, state, np.array([0]), END, 3, width)[0][0]

        assert np.exp(best_of(1).log_probability) == pytest.approx(0.55 * 0.34 * 1, rel=1e-6)
        assert np.exp(best_of(2).log_probability) == pytest.approx(0.45 * 0.5 * 0.25, rel=1e-6)

    def test_ties_go_to_the_earlier_place_and_the_smaller_id(self):
        table = np.full((1, 2, 3, 3), np.log(1 / 3))
        found = searched(table, 9)[0]
        assert [each.ids.tolist() for each in found] == [
            [0], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2],
        ]  # fmt: skip
        assert [each.ids.tolist() for each in searched(table, 2)[0]] == [[0], [1, 0]]

    def test_without_a_length_penalty_short_sequences_win_and_with_it_long_ones(self):
        """The end has probability 0.4 after the start and 0.9 after token 1: 0.4 against 0.6 · 0.6 · 0.9."""
        p = np.array([[[0.4, 0.6]] * 2, [[0.4, 0.6]] * 2, [[0.9, 0.1]] * 2])
        table = np.log(p)[None]
        short, long = [0], [1, 1, 0]
        assert searched(table, 8, 0.0)[0][0].ids.tolist() == short
        assert searched(table, 8, 1.0)[0][0].ids.tolist() == long

    def test_impossible_sequences_are_not_hypotheses(self):
        with np.errstate(divide="ignore"):
            table = np.log(np.array([[0.5, 0.5, 0.0]] * 3))[None, None]
        [found] = searched(np.repeat(table, 2, axis=1), 9)
        assert [each.ids.tolist() for each in found] == [[0], [1, 0], [1, 1]]

    def test_the_search_stops_when_all_have_ended(self):
        calls = []

        def step(state, ids):
            calls.append(len(ids))
            return state, np.log(np.tile([0.999, 0.001], (len(ids), 1)))

        greedy(step, None, np.array([1, 1]), END, 50)
        assert calls == [2]
        calls.clear()
        beam_search(step, np.zeros((2, 1)), np.array([1, 1]), END, 50, width=3)
        assert calls == [6, 6, 6]

    @pytest.mark.parametrize("seed", range(5))
    def test_a_state_in_nested_records_follows_its_hypothesis(self, seed):
        """Only the state knows the sum of the tokens, which the next one depends on."""
        K, length = 5, 4
        table = table_of(seed, K, length)[0]

        def step(state, ids):
            (total, nothing), t = state
            total = total + ids
            return ((total, nothing), t + 1), table[t, total % K]

        def expected(ids):
            totals = np.cumsum([1, *ids[:-1]])
            return sum(table[range(len(ids)), totals % K, ids])

        start = ((np.zeros(1, int), None), np.zeros(1, int))
        [found] = beam_search(step, start, np.array([1]), END, length, width=6)
        assert len(found) == 6
        for each in found:
            assert each.log_probability == pytest.approx(expected(each.ids), rel=1e-12)


def uniform(state, ids):
    return state, np.full((len(ids), 3), np.log(1 / 3))


def returning(log_p):
    return lambda state, ids: (state, log_p)


RNG = np.random.default_rng(0)
FIRST = np.array([1, 2])
REFUSED = [
    ((uniform, None, [1], 0, 3), TypeError, "start_ids must be a NumPy array, but is of type list"),
    ((uniform, None, FIRST * 1.0, 0, 3), TypeError, "start_ids must hold whole numbers"),
    (
        (uniform, None, FIRST[None], 0, 3),
        ValueError,
        r"start_ids must have the shape \(B,\), .* an axis too many",
    ),
    ((uniform, None, FIRST[:0], 0, 3), ValueError, "An axis is empty"),
    ((uniform, None, FIRST, 0, 0), ValueError, "max_length must be a positive whole number, but is 0"),
    ((uniform, None, FIRST, -1, 3), ValueError, "end_id must be the id of the end token or None, but is -1"),
    ((uniform, None, FIRST, "end", 3), ValueError, "end_id must be the id of the end token or None"),
    (
        (uniform, None, FIRST, 3, 3),
        ValueError,
        "end_id must lie between 0 and K - 1 = 2, but is 3. Has the decoder",
    ),
    (
        (returning(np.ones((2, 3))), None, FIRST, 0, 3),
        ValueError,
        "log_probabilities must not be positive, but 1 occurs. Does step return logits or probabilities",
    ),
    (
        (returning(np.full((2, 3), np.nan)), None, FIRST, 0, 3),
        ValueError,
        "log_probabilities must hold numbers, but holds NaN at 6 places",
    ),
    (
        (returning(np.full((2, 3), -np.inf)), None, FIRST, 0, 3),
        ValueError,
        "must leave a token possible, but in some row all are -inf",
    ),
    ((returning(np.zeros((3, 2))), None, FIRST, 0, 3), ValueError, r"\.transpose\(1, 0\) would fit"),
    ((returning(np.zeros((2, 3), int)), None, FIRST, 0, 3), TypeError, "log_probabilities must hold floats"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_wrong_arguments_are_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        greedy(*arguments)
    with pytest.raises(error, match=message):
        sample(*arguments, RNG)
    with pytest.raises(error, match=message):
        beam_search(*arguments, width=1)


@pytest.mark.parametrize("temperature", [0, -1.0, np.nan, np.inf, "hot", None])
def test_a_temperature_that_is_not_positive_is_refused(temperature):
    with pytest.raises(
        ValueError, match=r"temperature must be a positive number, but is .* limit 0 is greedy"
    ):
        sample(uniform, None, FIRST, 0, 3, RNG, temperature)


def test_a_beam_without_width_or_with_a_state_of_other_rows_is_refused():
    with pytest.raises(ValueError, match="width must be a positive whole number, but is 0"):
        beam_search(uniform, None, FIRST, 0, 3, width=0)
    with pytest.raises(ValueError, match=r"state\.1 must have the batch as its first axis, with B = 2"):
        beam_search(uniform, (np.zeros((2, 5)), np.zeros((7, 2, 5))), FIRST, 0, 3, width=2)
    with pytest.raises(ValueError, match="length_penalty must be a number, but is nan"):
        beam_search(uniform, None, FIRST, 0, 3, width=2, length_penalty=np.nan)
