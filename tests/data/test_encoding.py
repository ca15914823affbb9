"""Texts to ids and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.data.encoding import encode

ALPHABET = "abcdefghij"
texts = st.text(ALPHABET, min_size=1, max_size=8)


@given(texts)
def test_ids_spell_the_text(text):
    ids = encode(text, ALPHABET)
    assert ids.dtype == np.int64
    assert "".join(ALPHABET[i] for i in ids) == text


def test_a_letter_outside_the_alphabet_is_named():
    with pytest.raises(ValueError, match="alphabet 'abc' alone, but 'bad!' has '!', 'd'"):
        encode("bad!", "abc")
