"""Masks and alignments as pictures: a square for each pair, a panel for each name."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from rnnlab.plots.self_attention import alignments, masks
from rnnlab.plots.style import BLUE


def squares(axes):
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def test_a_square_is_blue_where_the_query_may_look():
    mask = np.array([[True, False], [True, True], [False, True]])
    figure = masks({"mine": mask, "yours": ~mask})
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert axes.get_title() == "mine"
    blue = np.array([to_hex(square.get_facecolor()) == BLUE.lower() for square in squares(axes)])
    np.testing.assert_array_equal(blue.reshape(mask.shape), mask)


def test_a_panel_too_many_is_empty():
    figure = masks({name: np.ones((2, 2), bool) for name in "abc"})
    assert [axes.axison for axes in figure.axes] == [True, True, True, False]


def test_weights_are_drawn_on_one_scale_with_the_tokens_at_both_axes():
    figure = alignments({"one": np.eye(3), "two": np.full((3, 3), 1 / 3)}, tokens="abc")
    figure.draw_without_rendering()
    first, second = figure.axes[:2]
    assert [label.get_text() for label in first.get_xticklabels()] == ["a", "b", "c"]
    assert first.images[0].get_clim() == second.images[0].get_clim() == (0, 1)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: masks({}), "allowed must hold"),
        (lambda: masks({"flat": np.ones(3, bool)}), "T_q, T_k"),
        (lambda: alignments({}, "ab"), "weights must hold"),
        (lambda: alignments({"x": np.eye(3)}, "ab"), "the tokens"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()
