"""Decision pictures: which input runs where, the border at one half, and what is refused."""

import numpy as np
import pytest

from rnnlab.plots import style
from rnnlab.plots.decisions import plane, xor_planes


def test_the_first_input_runs_to_the_right_and_the_second_upwards():
    first, second = plane(points=5)
    figure = xor_planes({"first": first})
    image = figure.axes[0].images[0]
    np.testing.assert_array_equal(image.get_array(), first)
    assert image.origin == "lower"
    assert np.all(np.diff(first, axis=1) > 0)
    assert np.all(np.diff(second, axis=0) > 0)


def test_squares_stand_where_the_bits_differ():
    axes = xor_planes({"any": np.full((3, 3), 0.2)}).axes[0]
    shapes = {(line.get_xdata()[0], line.get_ydata()[0]): line.get_marker() for line in axes.get_lines()}
    assert shapes == {(0, 0): "o", (1, 1): "o", (0, 1): "s", (1, 0): "s"}


def test_there_is_a_border_only_where_both_answers_occur():
    first, _ = plane(points=5)
    with_border, without = xor_planes({"both": first, "one": np.full((5, 5), 0.2)}).axes[:2]
    assert len(with_border.collections) == 1
    assert len(without.collections) == 0


def test_panels_are_named_and_fit_the_page():
    figure = xor_planes({"a": np.zeros((3, 3)), "b": np.ones((3, 3)), "c": np.ones((3, 3))})
    assert [axes.get_title() for axes in figure.axes[:3]] == ["a", "b", "c"]
    assert figure.get_size_inches()[0] <= style.PAGE_WIDTH


@pytest.mark.parametrize("probabilities", [{}, {"flat": np.zeros(4)}, {"oblong": np.zeros((2, 3))}])
def test_what_is_no_square_grid_is_refused(probabilities):
    with pytest.raises(ValueError, match="at least one square grid"):
        xor_planes(probabilities)
