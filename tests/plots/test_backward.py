"""The figures of the backward pass: their arrows and labels, and the terms that each truncation keeps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rnnlab.plots import style
from rnnlab.plots.backward import backward_through_time, terms


def parts(figure, kind):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, kind)]


@pytest.mark.parametrize("steps", [2, 3])
def test_boxes_and_arrows_are_as_many_as_the_network_has(steps):
    figure = backward_through_time(steps)
    assert len(parts(figure, FancyBboxPatch)) == 2 * steps + 2  # and h_0 and the weights
    assert len(parts(figure, FancyArrowPatch)) == 5 * steps


@pytest.mark.parametrize("steps", [2, 3])
def test_no_label_covers_another_one_or_leaves_the_figure(steps):
    figure = backward_through_time(steps)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    assert not any(one.overlaps(two) for one, two in itertools.combinations(boxes, 2))
    page = figure.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 for box in boxes)


def test_it_draws_on_axes_that_are_given_and_fits_the_page():
    figure, axes = style.new_axes(9, 4)
    assert backward_through_time(2, ax=axes) is figure
    assert backward_through_time(3).get_size_inches()[0] <= style.PAGE_WIDTH


def test_one_step_is_refused():
    with pytest.raises(ValueError, match="at least 2"):
        backward_through_time(1)


def kept(figure):
    return [
        int(np.count_nonzero(~np.isnan(axes.images[0].get_array().filled(np.nan))))
        for axes in figure.axes[:3]
    ]


@pytest.mark.parametrize(("window", "sliding", "chunked"), [(1, 6, 6), (2, 11, 9), (4, 18, 13), (6, 21, 21)])
def test_each_panel_holds_the_terms_of_its_gradient(window, sliding, chunked):
    figure = terms(np.tril(np.ones((6, 6)) + np.arange(6)), window)
    assert kept(figure) == [21, sliding, chunked]


@pytest.mark.parametrize(("sizes", "window"), [(np.ones((2, 3)), 1), (np.ones(3), 1), (np.eye(2), 0)])
def test_other_sizes_are_refused(sizes, window):
    with pytest.raises(ValueError, match="sizes must have the shape"):
        terms(sizes, window)
