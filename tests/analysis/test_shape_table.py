"""Shapes are read off values, and a table that could be read in two ways is refused."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.analysis.shape_table import Row, Sizes, markdown, rows

SIZES = Sizes({"T": 5, "B": 2, "H": 7}, derived=("2H", "T + 1"))


@pytest.mark.parametrize(
    ("sizes", "shape"),
    [((5, 2, 7), "T, B, H"), ((14,), "2H"), ((6, 1), "T + 1, 1"), ((), ""), ((7, 7), "H, H")],
)
def test_a_shape_is_named_by_its_letters(sizes, shape):
    assert SIZES.shape(np.empty(sizes)) == shape


def test_a_size_without_a_letter_is_refused():
    with pytest.raises(ValueError, match=r"sizes without a letter: \[3\]"):
        SIZES.shape(np.empty((5, 3)))


@pytest.mark.parametrize(
    ("letters", "derived"),
    [
        ({"T": 5, "B": 5}, ()),
        ({"T": 1}, ()),
        ({"H": 2, "D": 4}, ("2H",)),
        ({"T": 4, "D": 5}, ("T + 1",)),
    ],
)
def test_sizes_that_cannot_be_told_apart_are_refused(letters, derived):
    with pytest.raises(ValueError, match="cannot be told from"):
        Sizes(letters, derived)


def test_the_shape_is_that_of_the_value_and_not_of_what_was_meant():
    table = rows([("h_t", "h[0]"), ("h_1 \\dots h_T", "h")], SIZES, {"h": np.ones((5, 2, 7))})
    assert [row.shape for row in table] == ["B, H", "T, B, H"]


def test_code_that_fails_fails_the_table():
    with pytest.raises(NameError):
        rows([("h_t", "gone")], SIZES, {})


def test_a_line_is_proved_by_its_equation_in_plain_numpy():
    [row] = rows([("2h", "h + h", "2 * h")], SIZES, {"h": np.ones((5, 2, 7))})
    assert row.proved
    assert markdown([row]).endswith("| $2h$ | `h + h` ✓ | $(T, B, H)$ |")


@pytest.mark.parametrize("wrong", ["3 * h", "2 * h[:1]", "h.T"])
def test_code_that_disagrees_with_its_equation_fails_the_table(wrong):
    with pytest.raises(AssertionError):
        rows([("2h", "h + h", wrong)], SIZES, {"h": np.ones((5, 2, 7))})


def test_the_names_stay_as_they_were():
    names = {"h": np.ones((5, 2, 7))}
    rows([("h", "h")], SIZES, names)
    assert list(names) == ["h"]


def test_a_row_is_a_line_of_markdown():
    assert markdown([Row("a_t", "a", "B, H")]).splitlines()[-1] == "| $a_t$ | `a` | $(B, H)$ |"
