"""Order in text: shuffles that keep what they promise, and bits that are what counting gives."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.lab import order_in_text as lab

texts = st.text("abc ", min_size=1, max_size=40)


@given(texts, st.integers(0, 100))
def test_shuffles_keep_every_character_and_whole_words(text, seed):
    words = lab.words_shuffled(text, np.random.default_rng(seed))
    letters = lab.letters_shuffled(text, np.random.default_rng(seed))
    assert Counter(words.split(" ")) == Counter(text.split(" "))
    assert Counter(letters) == Counter(text)


@given(texts.filter(lambda text: len(text) > 3), texts.filter(lambda text: len(text) > 3))
def test_every_context_gives_probabilities_that_add_up_to_one(learn, asked):
    context = asked[:2]
    bits = [lab.bits_by_context(learn, context + letter, longest=2)[2] for letter in lab.ALPHABET]
    assert sum(2.0 ** -np.array(bits)) == pytest.approx(1)


def test_without_learned_text_to_speak_of_all_characters_are_equally_likely():
    bits = lab.bits_by_context("a", "zzz", longest=0, weight=1e9)
    np.testing.assert_allclose(bits, np.log2(lab.V), rtol=1e-6)


def test_a_context_is_known_by_its_order():
    learn = "abcabc" * 200
    assert lab.bits_by_context(learn, "abcabcabc", longest=1)[1] < 0.05
    assert lab.bits_by_context(learn, "acbacbacb", longest=1)[1] > 5


def test_the_texts_are_as_long_as_they_say_and_share_no_beginning():
    learn, held_out = lab.texts()
    assert (len(learn), len(held_out)) == (lab.LEARN, lab.HELD_OUT)
    assert held_out[:200] not in learn
