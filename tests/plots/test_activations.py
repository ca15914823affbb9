"""Curves and histograms of activations: the right numbers, gray where a unit is saturated, and what is refused."""

import numpy as np
import pytest

from rnnlab.plots import style
from rnnlab.plots.activations import activation_curves, tanh_histograms


def panels(figure):
    return {axes.get_title(): axes for axes in figure.axes}


def gray(axes):
    """The horizontal extents of the gray regions."""
    return [
        (path.vertices[:, 0].min(), path.vertices[:, 0].max())
        for collection in axes.collections
        for path in collection.get_paths()
    ]


def test_each_function_has_a_panel_with_itself_and_its_slope():
    axes = panels(activation_curves())
    assert set(axes) == {"tanh", "ReLU", "sigmoid", "identity"}
    h, slope = axes["tanh"].get_lines()[:2]
    np.testing.assert_allclose(h.get_ydata(), np.tanh(h.get_xdata()))
    np.testing.assert_allclose(slope.get_ydata(), 1 / np.cosh(slope.get_xdata()) ** 2, atol=1e-12)


def test_gray_begins_where_the_slope_is_a_tenth_of_the_largest():
    axes = panels(activation_curves())
    (_, left), (right, _) = gray(axes["tanh"])
    assert (left, right) == pytest.approx((-1.82, 1.82), abs=0.011)
    (_, left), (right, _) = gray(axes["sigmoid"])
    assert (left, right) == pytest.approx((-3.64, 3.64), abs=0.011)
    ((_, left),) = gray(axes["ReLU"])
    assert left == pytest.approx(0, abs=0.011)
    assert gray(axes["identity"]) == []


@pytest.mark.parametrize("arguments", [{"reach": 0.0}, {"saturated": 0.0}, {"saturated": 1.0}])
def test_settings_out_of_range_are_refused(arguments):
    with pytest.raises(ValueError, match="reach must be positive and saturated between 0 and 1"):
        activation_curves(**arguments)


def test_histograms_share_out_all_numbers_and_count_those_in_gray():
    a = np.array([[0.0, 1.0], [2.0, -8.0]])
    (axes,) = tanh_histograms({"mine": a}).axes
    assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(100)
    assert {text.get_text() for text in axes.texts} == {"mine", "50% in gray"}
    assert gray(axes) == [(-9, pytest.approx(-1.818, abs=1e-3)), (pytest.approx(1.818, abs=1e-3), 9)]


def test_one_histogram_below_the_other():
    figure = tanh_histograms({"a": np.zeros(3), "b": np.ones(3)})
    assert len(figure.axes) == 2
    assert figure.axes[-1].get_xlabel() == "pre-activation $a$"
    assert figure.get_size_inches()[0] <= style.PAGE_WIDTH


def test_no_samples_are_refused():
    with pytest.raises(ValueError, match="at least one sample"):
        tanh_histograms({})
