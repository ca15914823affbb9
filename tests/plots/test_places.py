"""Accuracy by place, and the padded batch: what is drawn is what was given."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from rnnlab.plots.places import PADDING, padded_batch, right_by_place

LEARNED = {"the first two": (0, 1), "all": (0, 1, 2, 3)}
NAMES = ("one", "two")


def drawn():
    shares = np.linspace(0, 1, 12).reshape(3, 4)
    right = {(choice, name): shares + 0.001 * place for choice in LEARNED for place, name in enumerate(NAMES)}
    return right, right_by_place(right, LEARNED, NAMES)


def test_each_panel_shades_the_learned_places_and_draws_every_run():
    right, figure = drawn()
    assert len(figure.axes) == len(LEARNED)
    for axes, (choice, places) in zip(figure.axes, LEARNED.items(), strict=True):
        shaded = [round(patch.get_x() + 0.5) for patch in axes.patches]
        assert tuple(shaded) == places
        runs = [line for line in axes.lines if len(line.get_xdata()) == 4]
        given = np.concatenate([right[choice, name] for name in NAMES])
        np.testing.assert_allclose([line.get_ydata() for line in runs], 100 * given)


def test_one_legend_names_each_network_once():
    _, figure = drawn()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(NAMES)


def test_a_padded_batch_has_a_square_for_each_step_and_gray_ones_for_padding():
    figure = padded_batch(["li", "o b"])
    (axes,) = figure.axes
    squares = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(squares) == 6
    assert sum(to_hex(square.get_facecolor()).upper() == PADDING for square in squares) == 1
    assert [text.get_text() for text in axes.texts] == ["l", "i", "o", "␣", "b"]


def test_nothing_sticks_out():
    for figure in (drawn()[1], padded_batch(["fitzgerald", "novak"])):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        box = figure.get_tightbbox(canvas.get_renderer())
        width, height = figure.get_size_inches()
        assert box.x0 > -0.01
        assert box.y0 > -0.01
        assert box.x1 < width + 0.01
        assert box.y1 < height + 0.01
