"""Bits per character: a source whose entropy is known, counts that are probabilities, and nobody below the floor."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.lab import bits_per_character as lab


@pytest.fixture(scope="module")
def source():
    return lab.source(np.random.default_rng(0))


def test_equally_likely_symbols_have_the_entropy_of_their_number():
    assert lab.Source(np.full((4, 4, 4), 0.25)).entropy() == pytest.approx(2)


def test_a_source_without_chance_has_no_entropy():
    p = np.zeros((3, 3, 3))
    p[..., 1] = 1
    assert lab.Source(p).entropy() == 0


def test_the_entropy_is_the_surprise_in_the_long_run(source):
    symbols = source.draw(np.random.default_rng(1), 40_000)
    assert source.surprise(symbols) == pytest.approx(source.entropy(), abs=0.02)


def test_draws_are_symbols_and_repeat(source):
    first, second = (source.draw(np.random.default_rng(3), 500) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert set(first) <= set(range(4))


@pytest.mark.parametrize("context", [0, 1, 2, 3])
def test_the_counts_probabilities_sum_to_one(context):
    rng = np.random.default_rng(0)
    learn, before = rng.integers(3, size=50), rng.integers(3, size=context)
    p = [2 ** -lab.count_bits(learn, np.append(before, k), 3, context, 1.5) for k in range(3)]
    assert sum(p) == pytest.approx(1)


def test_counts_of_one_symbol_by_hand():
    learn = np.array([0, 0, 0, 1])
    # (3 + 2 · 1/2) / (4 + 2) = 2/3
    assert lab.count_bits(learn, np.array([0]), 2, 0, 2.0) == pytest.approx(-np.log2(2 / 3))


def test_no_count_beats_the_source_on_symbols_it_has_not_seen(source):
    rng = np.random.default_rng(2)
    learn, held_out = source.draw(rng, 20_000), source.draw(rng, 10_000)
    scores = [lab.best_count_bits(learn, held_out, 4, n) for n in range(5)]
    assert min(scores) > source.surprise(held_out)
    assert scores[2] == min(scores)


def test_on_its_own_few_symbols_a_count_falls_below_the_entropy(source):
    few = source.draw(np.random.default_rng(4), 300)
    assert lab.count_bits(few, few, 4, 4, 0.01) < source.entropy() - 0.1


def test_a_network_learns_more_than_single_symbols_show(source):
    rng = np.random.default_rng(5)
    learn, held_out = source.draw(rng, 40_000), source.draw(rng, 5_000)
    params = lab.train(np.random.default_rng(0), learn, 4, H=16, passes=3, rate=2e-2)
    reached = lab.network_bits(params, held_out)
    assert source.surprise(held_out) - 0.01 < reached < lab.best_count_bits(learn, held_out, 4, 0) - 0.1


def test_text_is_letters_and_single_spaces_and_no_chapter_is_in_both_parts():
    learn, held_out = lab.text()
    for part in (learn, held_out):
        assert part.min() >= 0
        assert part.max() == 26
        assert not np.any((part[:-1] == 26) & (part[1:] == 26))
    assert len(learn) > 1_000_000
    held = "".join(lab.ALPHABET[i] for i in held_out[5_000:5_200])
    assert held not in "".join(lab.ALPHABET[i] for i in learn)
