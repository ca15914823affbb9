"""Figures of many runs: every run is a curve, every panel has the lines to compare with."""

import pytest

from rnnlab.plots.many_runs import against_size, small_multiples
from rnnlab.plots.style import new_axes

CURVES = {"a": [([0, 25], [0.2, 1.0]), ([0, 25], [0.3, 0.5])], "b": [([0], [0.1])], "c": [([0], [0.1])]}


def test_every_run_is_a_curve_and_the_lines_stand_in_every_panel():
    figure = small_multiples(CURVES, {"best": 1.0, "chance": 0.25}, "updates", "accuracy", columns=2)
    figure.draw_without_rendering()
    panels = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title() for axes in panels] == ["a", "b", "c"]
    assert len(figure.axes) == 4
    for axes, runs in zip(panels, CURVES.values(), strict=True):
        lines = axes.get_lines()
        assert len(lines) == 2 * len(runs) + 2
        assert [line.get_ydata()[0] for line in lines[-2:]] == [1.0, 0.25]
    assert [text.get_text() for text in panels[1].texts] == ["best", "chance"]


def test_panels_share_their_axes():
    first, second, *_ = small_multiples(CURVES, {}, "updates", "accuracy").axes
    assert first.get_ylim() == second.get_ylim()
    assert first.get_xlim() == second.get_xlim()


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="curves must hold"):
        small_multiples({}, {}, "x", "y")


def test_names_differ_in_color_and_in_marker():
    _, axes = new_axes()
    against_size(axes, {"one": ([1, 2], [1, 4]), "two": ([1, 2], [2, 2])})
    one, two = axes.get_lines()
    assert one.get_color() != two.get_color()
    assert one.get_marker() != two.get_marker()
    assert axes.get_xscale() == axes.get_yscale() == "log"
