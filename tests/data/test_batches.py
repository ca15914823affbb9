"""Texts to ids and back, and padding that loses nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.data.batches import encode, pad

ALPHABET = "abcdefghij"
texts = st.text(ALPHABET, min_size=1, max_size=8)


@given(texts)
def test_ids_spell_the_text(text):
    ids = encode(text, ALPHABET)
    assert ids.dtype == np.int64
    assert "".join(ALPHABET[i] for i in ids) == text


@given(st.lists(texts, min_size=1, max_size=5))
def test_the_mask_gives_every_sequence_back(words):
    ids, mask = pad([encode(word, ALPHABET) for word in words])
    assert ids.shape == mask.shape == (max(map(len, words)), len(words))
    for b, word in enumerate(words):
        np.testing.assert_array_equal(ids[mask[:, b], b], encode(word, ALPHABET))
        assert not mask[len(word) :, b].any()
    assert not ids[~mask].any()


def test_a_letter_outside_the_alphabet_is_named():
    with pytest.raises(ValueError, match="alphabet 'abc' alone, but 'bad!' has '!', 'd'"):
        encode("bad!", "abc")


@pytest.mark.parametrize("sequences", [[], [np.array([1]), np.array([], np.int64)]])
def test_no_sequence_or_an_empty_one_is_refused(sequences):
    with pytest.raises(ValueError, match="sequences must hold at least one sequence, and none may be empty"):
        pad(sequences)
