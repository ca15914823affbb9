"""Spelling to sound: delayed answers, the encoder–decoder, and how errors are counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.data.pronunciations import PHONEMES, pronunciations
from rnnlab.lab import pronouncing as lab

CAT = lab.Word("cat", ("K", "AE", "T"))
AX = lab.Word("ax", ("AE", "K", "S"))
SHORT = st.text("abc", max_size=6)


@pytest.fixture(scope="module")
def dictionary():
    return pronunciations()


def test_no_word_is_learned_and_held_out_and_aligned_ones_have_equal_lengths(dictionary):
    learn, held_out = lab.words(np.random.default_rng(0), dictionary, 50, 20, longest=6, aligned=True)
    assert (len(learn), len(held_out)) == (50, 20)
    assert not {word.letters for word in learn} & {word.letters for word in held_out}
    assert all(3 <= len(word.letters) == len(word.phonemes) <= 6 for word in (*learn, *held_out))
    learn, _ = lab.words(np.random.default_rng(0), dictionary, 300, 0, longest=6)
    assert any(len(word.letters) != len(word.phonemes) for word in learn)


@pytest.mark.parametrize("delay", [0, 1, 2])
def test_a_delay_moves_the_answers_and_counts_as_many_of_them(delay):
    batch = lab.each_letter([CAT], delay)
    assert len(batch.x) == 3 + delay
    assert batch.scored[:, 0].tolist() == [False] * delay + [True] * 3
    assert [PHONEMES[k] for k in batch.targets[delay:, 0]] == ["K", "AE", "T"]
    assert batch.x.argmax(axis=-1)[:3, 0].tolist() == [2, 0, 19]
    assert (batch.x.argmax(axis=-1)[3:] == lab.WAIT).all()


def test_pairs_end_with_the_end_token():
    batch = lab.pairs([CAT, AX])
    assert batch.source_mask.sum(axis=0).tolist() == [3, 2]
    assert batch.target[3].tolist() == [lab.END, lab.END]


@given(SHORT, SHORT)
def test_the_edit_distance_is_a_distance(a, b):
    assert lab.edit_distance(a, b) == lab.edit_distance(b, a)
    assert (lab.edit_distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= lab.edit_distance(a, b) <= max(len(a), len(b))


@given(SHORT, SHORT, SHORT)
def test_the_edit_distance_knows_no_detours_that_are_shorter(a, b, c):
    assert lab.edit_distance(a, c) <= lab.edit_distance(a, b) + lab.edit_distance(b, c)


def test_the_error_rate_counts_errors_by_true_phonemes():
    assert lab.error_rate([CAT.phonemes, AX.phonemes], [CAT, AX]) == 0
    assert lab.error_rate([("K", "AE"), ("AE", "K", "S", "S")], [CAT, AX]) == pytest.approx(2 / 6)


def test_the_letter_table_takes_the_most_frequent_phoneme_of_aligned_words():
    sit = lab.Word("sit", ("S", "IH", "T"))
    table = lab.letter_table([CAT, CAT, sit, AX])
    assert table == {"c": "K", "a": "AE", "t": "T", "s": "S", "i": "IH"}
    assert lab.table_accuracy(table, [CAT, lab.Word("cit", ("S", "IH", "T"))]) == pytest.approx(5 / 6)


def test_a_tagger_learns_and_looks_ahead_by_its_delay(dictionary):
    learn, held_out = lab.words(np.random.default_rng(0), dictionary, 600, 200, longest=6, aligned=True)
    params = lab.train_tagger(np.random.default_rng(0), learn, delay=1, H=32, epochs=6)
    assert lab.tagger_accuracy(params, held_out, delay=1) > 0.4


def test_an_encoder_decoder_learns_says_phonemes_and_starts_alike_however_it_is_fed(dictionary):
    learn, held_out = lab.words(np.random.default_rng(0), dictionary, 600, 50, longest=5)
    params = lab.train_speaker(np.random.default_rng(0), learn, H=24, epochs=1)
    before, _ = lab.gradient(params, lab.pairs(learn))
    after, _ = lab.gradient(
        lab.train_speaker(np.random.default_rng(0), learn, H=24, epochs=3), lab.pairs(learn)
    )
    assert after < before
    said = lab.spoken(params, held_out)
    assert len(said) == 50
    assert {phoneme for word in said for phoneme in word} <= set(PHONEMES)
    forced, free = lab.right_at_each_step(params, held_out, 4)
    assert forced.shape == free.shape == (4,)
    assert forced[0] == free[0]
