"""Words by company: words that can stand in for each other are near, and every row has length 1."""

import numpy as np
import pytest

from rnnlab.lab.words_by_company import nearest, vectors

TEXT = " ".join(
    f"the {animal} eats grass. a {tool} cuts wood." for animal, tool in 50 * [("ox", "axe"), ("cow", "saw")]
)


@pytest.fixture(scope="module")
def words():
    return vectors(TEXT, V=10)


def test_words_in_the_same_place_of_a_sentence_are_near(words):
    assert nearest(words, "ox", 1) == ["cow"]
    assert nearest(words, "saw", 1) == ["axe"]


def test_rows_have_length_one_and_products_are_cosines(words):
    np.testing.assert_allclose(np.linalg.norm(words.rows, axis=1), 1)
    assert np.all(words.rows @ words.rows.T <= 1 + 1e-12)
    assert np.all(words.rows >= 0)


def test_a_word_is_not_its_own_neighbor(words):
    assert all(word not in nearest(words, word, len(words.words)) for word in words.words)
