"""The next letter of a surname: a fair split, letters in the right places, and networks that learn."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.data.encoding import encode
from rnnlab.data.surnames import ALPHABET
from rnnlab.lab import writing_surnames as lab


@pytest.fixture(scope="module")
def split():
    return lab.names(np.random.default_rng(0))


def test_no_held_out_name_is_learned_from(split):
    learn, held_out = split
    assert len(held_out) == lab.HELD_OUT
    assert not set(learn) & set(held_out)


def test_each_letter_is_asked_for_after_the_one_before_it_and_then_the_end():
    before, after, mask = lab.letters(["li", "abel"])
    assert before[:3, 0].tolist() == [lab.END, *encode("li", ALPHABET)]
    assert after[:3, 0].tolist() == [*encode("li", ALPHABET), lab.END]
    assert mask.sum(axis=0).tolist() == [3, 5]
    assert np.all(after[~mask] == 0)


def test_an_untrained_network_knows_hardly_more_than_the_alphabet_and_training_helps(split):
    learn, held_out = split
    untrained, trained = (
        lab.bits_per_letter(lab.train("DSF", 1e-2, 0, learn, updates, H=8, B=16), held_out[:100])
        for updates in (0, 40)
    )
    assert untrained == pytest.approx(np.log2(lab.V), abs=0.5)
    assert trained < untrained - 0.3


def test_pairs_of_letters_say_more_than_nothing(split):
    learn, held_out = split
    assert 3 < lab.bits_of_pairs(learn, held_out) < np.log2(lab.V) - 0.5


def test_pairs_in_a_regular_language_are_certain():
    assert lab.bits_of_pairs(["aaa" * 300], ["aaa" * 300]) < 0.2
