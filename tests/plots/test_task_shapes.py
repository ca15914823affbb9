"""The diagrams of the shapes: what they draw, and that nothing overlaps."""

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rnnlab.plots import style
from rnnlab.plots.task_shapes import FIVE, Step, five_shapes, task_shape


def parts(figure, kind):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, kind)]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize("name", FIVE)
def test_boxes_and_arrows_are_as_many_as_the_shape_has(name):
    steps, figure = FIVE[name], task_shape(FIVE[name])
    fed, out, own = (sum(bool(getattr(step, part)) for step in steps) for part in ("fed", "out", "own"))
    assert len(parts(figure, FancyBboxPatch)) == len(steps) + fed + out
    assert len(parts(figure, FancyArrowPatch)) == len(steps) - 1 + fed + out + own


def test_counted_outputs_are_blue_and_the_others_are_dashed():
    boxes = parts(task_shape(FIVE["many-to-one"]), FancyBboxPatch)
    blue = [box for box in boxes if to_hex(box.get_edgecolor()).upper() == style.BLUE]
    assert len(blue) == 1
    assert sum(box.get_linestyle() != "solid" and box.get_linestyle() != "-" for box in boxes) == 3


def test_a_space_is_drawn_as_something_that_can_be_seen():
    assert "␣" in texts(task_shape([Step(" ", "a")]))


def test_no_text_of_the_five_shapes_covers_another_or_leaves_the_figure():
    figure = five_shapes()
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts if text.get_text()]
    assert not any(one.overlaps(two) for one, two in itertools.combinations(boxes, 2))
    page = figure.bbox
    assert all(
        page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1 for box in boxes
    )
    assert set(FIVE) <= set(texts(figure))


def test_it_draws_on_axes_that_are_given():
    figure, axes = style.new_axes(7, 3)
    assert task_shape(FIVE["one-to-one"], ax=axes) is figure


@pytest.mark.parametrize("steps", [[Step("a", "b", own=True)], [Step("a"), Step("b", "c", own=True)]])
def test_an_output_that_is_not_there_cannot_be_fed_back(steps):
    with pytest.raises(ValueError, match="is fed the network's own output, but the step before it has none"):
        task_shape(steps)


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match="steps must hold at least one step to draw, but is empty"):
        task_shape([])
