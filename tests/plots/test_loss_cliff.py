"""The landscape of a loss: it lies as its axes say, and shows where each path begins."""

import numpy as np
import pytest

from rnnlab.plots.loss_cliff import landscape


def test_the_loss_lies_with_x_to_the_right_and_y_up():
    loss = np.arange(6.0).reshape(2, 3)
    axes = landscape([0, 1, 2], [10, 20], loss).axes[0]
    np.testing.assert_array_equal(axes.collections[0].get_array(), loss)
    assert axes.get_xlim() == (0, 2)
    assert axes.get_ylim() == (10, 20)


def test_each_path_is_named_and_its_start_is_marked():
    paths = {"free": [[0.0, 0.0], [5.0, 5.0]], "clipped": [[0.0, 0.0], [0.5, 0.5]]}
    figure = landscape([0, 1], [0, 1], np.zeros((2, 2)), paths)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(paths)
    starts = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert len(starts) == 2


def test_a_loss_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="shape"):
        landscape([0, 1, 2], [0, 1], np.zeros((3, 2)))
