"""Pictures of the perceptron: rings at wrong points, every mistake below the line, sorted bars, clear errors."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.plots import perceptron as pictures

X = np.array([[1.0, 0.0], [-1.0, 0.0]])
Y = np.array([1, -1])
LINES = [(np.zeros(2), 0.0), (np.array([-1.0, 0.0]), 0.0), (np.array([1.0, 0.0]), 0.0)]


def test_there_is_a_panel_for_each_mistake_and_rings_for_wrong_points():
    figure = pictures.moving_line(X, Y, LINES)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["mistake 1", "mistake 2, the last"]
    rings = [axes.lines[2].get_xdata().size for axes in figure.axes[:2]]
    assert rings == [2, 0]


def test_of_many_mistakes_the_first_and_the_last_are_shown():
    figure = pictures.moving_line(X, Y, [LINES[0], *[LINES[1]] * 9, LINES[2]], most=6)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == [*(f"mistake {k}" for k in range(1, 6)), "mistake 10, the last"]


def test_bars_are_sorted_and_a_space_can_be_seen():
    figure = pictures.letter_weights({"a": 1.0, " ": -2.0, "b": 0.5}, "low", "high")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["␣", "b", "a"]
    assert [patch.get_height() for patch in axes.patches] == [-2.0, 0.5, 1.0]


def test_mistakes_and_bounds_stand_where_they_are():
    axes = pictures.mistakes_under_their_bound([100.0, 1000.0], [5, 20]).axes[0]
    dots = axes.lines[-1]
    assert (dots.get_xdata().tolist(), dots.get_ydata().tolist()) == ([100, 1000], [5, 20])


def test_three_units_have_three_curves():
    a = np.linspace(-1, 1, 5)
    assert (
        len(pictures.three_units(a, {"one": a, "two": a, "three": a}).axes[0].get_legend().get_texts()) == 3
    )


def test_what_cannot_be_drawn_is_refused():
    for draw in (
        lambda: pictures.moving_line(np.ones((2, 3)), Y, LINES),
        lambda: pictures.moving_line(X, Y, LINES[:1]),
        lambda: pictures.letter_weights({}, "low", "high"),
    ):
        with pytest.raises(ValueError, match="must"):
            draw()
