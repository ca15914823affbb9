"""The targets of every synthetic task, computed again in plain Python from the inputs alone."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.data.synthetic import (
    adding,
    copying,
    counting,
    dyck,
    future,
    induction,
    parity,
    random_walk,
    recall,
    sine,
    xor,
)
from rnnlab.data.synthetic.tasks import TASKS
from tests.data import synthetic_rules as rules
from tests.data.synthetic_rules import sequences

seeds = st.integers(0, 10**6)
lengths = st.integers(4, 24)
repeated = settings(max_examples=40, deadline=None)


def drawn(function, seed, T, **options):
    return sequences(function(np.random.default_rng(seed), 5, T, **options))


@given(seeds, lengths, st.integers(1, 3))
@repeated
def test_xor_compares_each_bit_with_an_earlier_one(seed, T, lag):
    for x, answers in drawn(xor.draw, seed, T, lag=lag):
        assert answers == rules.xor(x, lag)


@given(seeds, lengths)
@repeated
def test_delayed_xor_asks_for_the_first_two_bits_at_the_end(seed, T):
    for x, answers in drawn(xor.draw_delayed, seed, T):
        assert answers == rules.delayed_xor(x)


@given(seeds, lengths, st.integers(2, 6), st.sampled_from(["same", "other"]))
@repeated
def test_recall_asks_for_the_first_token_at_the_end(seed, T, K, noise):
    for x, answers in drawn(recall.draw, seed, T, K=K, noise=noise):
        assert answers == rules.recall(x)
        assert set(x[1:]) <= set("abcdef"[:K] if noise == "same" else [f"#{i}" for i in range(K)])


@given(seeds, st.integers(2, 24))
@repeated
def test_adding_asks_for_the_sum_of_two_marked_numbers_from_either_half(seed, T):
    for x, answers in drawn(adding.draw, seed, T):
        first, second = (t for t, (_, marker) in enumerate(x) if marker)
        assert first < T // 2 <= second
        assert {marker for _, marker in x} <= {0.0, 1.0}
        assert all(0 <= number < 1 for number, _ in x)
        assert answers == pytest.approx(rules.adding(x), rel=1e-15)


@pytest.mark.parametrize(("function", "order"), [(copying.draw_copy, 1), (copying.draw_reverse, -1)])
@given(seed=seeds, blanks=st.integers(0, 6), S=st.integers(1, 5), K=st.integers(2, 6))
@repeated
def test_copy_and_reverse_give_the_symbols_back_after_the_go_sign(function, order, seed, blanks, S, K):
    T = 2 * S + 1 + blanks
    for x, answers in drawn(function, seed, T, S=S, K=K):
        symbols, layout = x[:S], x[S:]
        assert set(symbols) <= set("abcdef"[:K])
        assert layout == ["_"] * blanks + [">"] + ["_"] * S
        assert answers == rules.copy(x, order, S)


@given(seeds, st.integers(1, 24))
@repeated
def test_parity_counts_the_ones_so_far(seed, T):
    for x, answers in drawn(parity.draw, seed, T):
        assert answers == rules.parity(x)


@given(seeds, lengths)
@repeated
def test_anbn_asks_at_each_b_what_follows(seed, T):
    for x, answers in drawn(counting.draw, seed, T):
        text = "".join(x)
        n = text.count("a")
        assert text == "a" * n + "b" * n + "." * (T - 2 * n)
        assert answers == rules.anbn(x)


@given(seeds, st.integers(2, 12), st.integers(1, 4))
@repeated
def test_dyck_words_are_balanced_and_the_answer_is_the_partner_of_the_innermost_open_bracket(
    seed, half, types
):
    for x, answers in drawn(dyck.draw, seed, 2 * half, types=types):
        assert answers == rules.dyck(x)
        assert set(x) <= set("([{<"[:types] + ")]}>"[:types])


@given(seeds, st.integers(3, 24), st.integers(3, 8))
@repeated
def test_induction_asks_for_what_followed_the_last_token_before(seed, T, K):
    for x, answers in drawn(induction.draw, seed, T, K=K):
        assert answers == rules.induction(x)
        assert x.count(x[-1]) == 2
        assert answers[T - 1] != x[-1]


@pytest.mark.parametrize("draw", [sine.draw, random_walk.draw])
@given(seed=seeds, T=st.integers(1, 24))
@repeated
def test_forecasts_are_asked_for_the_next_input(draw, seed, T):
    for x, answers in drawn(draw, seed, T):
        assert [answers[t] for t in range(T - 1)] == [value for [value] in x[1:]]
        assert len(answers) == T


@given(seeds, st.integers(1, 4), st.integers(0, 9))
@repeated
def test_majority_looks_to_both_sides(seed, reach, more):
    T = 2 * reach + 1 + more
    for x, answers in drawn(future.draw_majority, seed, T, reach=reach):
        assert answers == rules.majority(x, reach)


@given(seeds, st.integers(1, 4), st.integers(0, 9))
@repeated
def test_future_xor_looks_to_both_sides(seed, reach, more):
    T = 2 * reach + 1 + more
    for x, answers in drawn(future.draw_xor, seed, T, reach=reach):
        assert answers == rules.future_xor(x, reach)


def assert_uniform(values, expected):
    """Every expected value occurs equally often, up to 4.5 standard errors."""
    counts, share = Counter(values), 1 / len(expected)
    assert set(counts) == set(expected)
    error = np.sqrt(share * (1 - share) / len(values))
    for value in expected:
        assert abs(counts[value] / len(values) - share) < 4.5 * error, value


def many(name, T, **options):
    batch = TASKS[name].draw(np.random.default_rng(1), 20_000, T, **options)
    return list(sequences(batch))


def test_balanced_words_are_all_equally_likely():
    words = [bin(code)[2:].zfill(8) for code in range(256)]
    walks = [np.cumsum([1 if bit == "1" else -1 for bit in word]) for word in words]
    balanced = [word for word, walk in zip(words, walks, strict=True) if walk.min() >= 0 and walk[-1] == 0]
    assert len(balanced) == 14
    drawn_words = ["".join("1" if bracket == "(" else "0" for bracket in x) for x, _ in many("dyck1", 8)]
    assert_uniform(drawn_words, balanced)


def test_bracket_types_are_equally_likely():
    assert_uniform([x[0] for x, _ in many("dyck2", 4)], ["(", "["])


def test_lengths_of_anbn_are_equally_likely():
    assert_uniform([x.count("a") for x, _ in many("anbn", 11)], range(1, 6))


def test_places_of_the_markers_are_equally_likely_within_their_halves():
    markers = [[t for t, (_, marker) in enumerate(x) if marker] for x, _ in many("adding", 7)]
    assert_uniform([first for first, _ in markers], range(3))
    assert_uniform([second for _, second in markers], range(3, 7))


def test_places_and_tokens_of_induction_are_equally_likely():
    examples = many("induction", 6, K=4)
    assert_uniform([x.index(x[-1]) for x, _ in examples], range(4))
    assert_uniform([x[-1] for x, _ in examples], "abcd")
    assert_uniform(
        [(x[-1], answers[5]) for x, answers in examples if x[-1] == "a"], [("a", b) for b in "bcd"]
    )


def test_walks_and_waves_have_the_moments_that_their_docstrings_give():
    x = random_walk.draw(np.random.default_rng(0), 40_000, 4, step=0.5).inputs[..., 0]
    np.testing.assert_allclose(x.var(axis=1), 0.25 * np.arange(1, 5), rtol=0.04)
    x = sine.draw(np.random.default_rng(0), 40_000, 6, (4.0, 6.0), amplitude=0.5, noise=0.3).inputs[..., 0]
    t = np.arange(6)
    lags = t[:, np.newaxis] - t
    covariance = 0.25 * (np.cos(2 * np.pi * lags / 4) + np.cos(2 * np.pi * lags / 6)) + 0.09 * np.eye(6)
    np.testing.assert_allclose(np.cov(x), covariance, atol=0.02)
