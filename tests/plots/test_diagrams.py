"""The unrolled diagram: its boxes, arrows and labels, and that nothing overlaps or sticks out."""

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rnnlab.plots import style
from rnnlab.plots.diagrams import unrolled_rnn


def parts(figure, kind):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, kind)]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("steps", [2, 3, 4, 6])
def test_boxes_arrows_and_labels_are_as_many_as_the_network_has(steps):
    figure = unrolled_rnn(steps)
    columns = steps + 1  # the rolled network is one more
    assert len(parts(figure, FancyBboxPatch)) == 3 * columns + 1  # and h_0
    assert len(parts(figure, FancyArrowPatch)) == 2 * columns + steps + 1  # and the loop
    for matrix, count in (("W_{xh}", columns), ("W_{hy}", columns), ("W_{hh}", columns)):
        assert texts(figure).count(f"${matrix}$") == count
    expected = {f"${vector}_{t}$" for vector in "xhy" for t in ("t", *range(1, steps + 1))}
    assert expected | {"$h_0$", "="} == {text for text in texts(figure) if "W" not in text}


def test_arrows_of_one_matrix_have_one_color():
    colors = [to_hex(arrow.get_edgecolor()).upper() for arrow in parts(unrolled_rnn(3), FancyArrowPatch)]
    assert [colors.count(color) for color in (style.GREEN, style.ORANGE, style.BLUE)] == [4, 4, 4]


@pytest.mark.parametrize("steps", [2, 4])
def test_no_label_covers_another_one_or_leaves_the_figure(steps):
    figure = unrolled_rnn(steps)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    assert not any(one.overlaps(two) for one, two in itertools.combinations(boxes, 2))
    page = figure.bbox
    assert all(
        page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1 for box in boxes
    )


def test_four_steps_fit_the_page():
    assert unrolled_rnn(4).get_size_inches()[0] <= style.PAGE_WIDTH * 1.1


def test_it_draws_on_axes_that_are_given():
    figure, axes = style.new_axes(9, 4)
    assert unrolled_rnn(3, ax=axes) is figure
    assert len(figure.axes) == 1
    assert len(parts(figure, FancyBboxPatch)) == 13


def test_one_step_is_refused():
    with pytest.raises(
        ValueError, match="steps must be at least 2, so that there is something to unroll, but is 1"
    ):
        unrolled_rnn(1)
