"""Grids of a batch: a square for each step, and texts where steps are real."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from rnnlab.plots import style
from rnnlab.plots.step_grids import PADDING, READ, step_grid

MASK = np.array([[True, True], [True, False]])
SCORED = np.array([[False, True], [True, False]])


def test_every_step_has_the_color_of_what_it_is_for():
    figure = step_grid(["a ", "b"], MASK, SCORED)
    squares = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    at = {
        (round(s.get_x() - 0.06), round(s.get_y() - 0.06)): to_hex(s.get_facecolor()).upper() for s in squares
    }
    assert at == {(0, 1): READ, (0, 0): style.SKY, (1, 1): style.SKY, (1, 0): PADDING}
    assert [text.get_text() for text in figure.axes[0].texts] == ["a", "b", "␣"]


def test_it_draws_on_axes_that_are_given():
    figure, axes = style.new_axes(3, 2)
    assert step_grid(["ab", "c"], MASK, SCORED, "names", ax=axes) is figure
    assert axes.get_title(loc="left") == "names"


def test_masks_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match="must both have the shape"):
        step_grid(["ab", "c"], MASK, SCORED[:1])


def test_texts_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"have the lengths \[2, 1\], but have \[2, 2\]"):
        step_grid(["ab", "cd"], MASK, SCORED)
