"""Where an answer differs: strips for each axis, words beside them, and no expected value in either."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.check import Verdict, judge, public_probes
from rnnlab.check.compare import Tolerance
from rnnlab.check.heat import AGREES, MOST_CELLS, SHADES, heat, read
from rnnlab.check.local import local_caller
from rnnlab.exercises import find
from rnnlab.exercises.mistakes import mistaken

WITHIN = Tolerance(rtol=1e-7, atol=1e-9)


def strips(got, want, axes):
    return read(heat(np.asarray(got), np.asarray(want), WITHIN, "h", axes))


def test_each_axis_has_a_strip_of_its_own():
    want = np.zeros((4, 3, 2))
    got = want.copy()
    got[2:, 1] = [1.0, 4.0]
    assert [(s.axis, s.shades, s.words) for s in strips(got, want, ("T", "B", "H"))] == [
        ("time", "··██", "from index 2 on"),
        ("batch", "·█·", "only at index 1"),
        ("unit", "▒█", "everywhere"),
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([1, 1, 1, 1], "everywhere"),
        ([0, 1, 0, 0], "only at index 1"),
        ([0, 0, 1, 1], "from index 2 on"),
        ([1, 1, 0, 0], "up to index 1"),
        ([0, 1, 1, 0], "from index 1 to 2"),
        ([1, 0, 1, 1], "everywhere but at index 1"),
        ([1, 0, 1, 0], "at 2 of 4 indices"),
    ],
)
def test_the_words_say_which_indices(wrong, words):
    (strip,) = strips(np.array(wrong, float), np.zeros(4), ("T",))
    assert strip.words == words


def test_a_weight_matrix_has_rows_and_columns():
    assert [s.axis for s in strips(np.ones((2, 3)), np.zeros((2, 3)), ("H", "D"))] == ["row", "column"]


@pytest.mark.parametrize("dtype", [bool, np.int64, np.float32, np.float64])
def test_every_kind_of_number_has_a_picture(dtype):
    assert strips(np.array([0, 1], dtype), np.array([0, 0], dtype), ("K",))[0].shades == "·█"


def test_what_is_not_finite_differs_most():
    got = np.array([0.0, 1.0, np.nan, np.inf])
    assert strips(got, np.zeros(4), ("T",))[0].shades == "·░██"


def test_a_number_and_an_equal_answer_have_no_picture():
    assert heat(np.float64(1), np.float64(2), WITHIN, "loss", ()) == ""
    assert heat(np.ones(3), np.ones(3), WITHIN, "h", ("T",)) == ""


@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_a_strip_is_never_too_long_and_shows_every_difference(size, seed):
    error = np.where(np.random.default_rng(seed).random(size) < 0.3, 1.0, 0.0)
    for strip in strips(error, np.zeros(size), ("T",)):
        assert len(strip.shades) == min(size, MOST_CELLS)
        assert set(strip.shades) <= set(AGREES + SHADES)
        assert (AGREES in strip.shades) or size <= 24 or strip.words != ""


def test_strips_tell_nothing_about_how_large_the_numbers_are():
    want, error = np.linspace(1, 2, 6), np.array([0, 1, 2, 3, 4, 5.0])
    assert strips(want + error, want, ("T",)) == strips(10 * want + 7 + 10 * error, 10 * want + 7, ("T",))


def wrong_forward():
    exercise = find("hidden_state.rnn_forward")
    (mistake,) = [each for each in exercise.mistakes if each.name == "start_at_every_step"]
    return judge(exercise, local_caller(mistaken(exercise, mistake)), public_probes(exercise))


def test_a_named_mistake_comes_with_its_place():
    verdict = wrong_forward()
    time = read(verdict.picture)[0]
    assert (time.axis, time.words) == ("time", "from index 1 on")
    assert "Where h differs" in verdict.as_text()


class Card(HTMLParser):
    """What a card says to eyes, and to a screen reader in place of its pictures."""

    def __init__(self, html):
        super().__init__()
        self.text, self.labels = "", []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if given.get("role") == "img":
            self.labels.append(given["aria-label"])

    def handle_data(self, data):
        self.text += data


def test_the_card_says_in_words_what_the_strips_show():
    card = Card(wrong_forward().as_html())
    (label,) = card.labels
    assert label.startswith("Where h differs. time: from index 1 on; batch: ")
    assert "from index 1 on" in card.text


def test_where_the_answer_agrees_a_dot_says_so_besides_the_color():
    verdict = Verdict(
        "a.b", False, "difference", "…", picture=heat(np.eye(2)[0], np.zeros(2), WITHIN, "h", ("T",))
    )
    cells = re.findall(r"background-color: (rgba\([^)]*\))[^>]*>([^<]*)<", verdict.as_html())
    assert cells == [("rgba(217, 122, 30, 1)", "&nbsp;"), ("rgba(217, 122, 30, 0)", "·")]
