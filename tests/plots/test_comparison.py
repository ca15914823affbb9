"""Figures of the comparison: every run is drawn, and a name looks the same in all panels."""

from __future__ import annotations

import pytest

from rnnlab.plots import comparison


def test_every_run_is_a_dot_and_the_lowest_median_stands_at_the_top():
    figure = comparison.every_run({"bad": [3.0, 4.0, 5.0], "good": [1.0, 2.0]}, {"rule": 2.5}, "error")
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["bad", "good"]
    assert sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == "o") == 5
    assert axes.get_xlabel() == "error"


def test_a_name_has_one_color_in_all_panels():
    figure = comparison.growths(
        {"time": {"a": ([1, 2], [1, 2]), "b": ([1, 2], [3, 4])}, "memory": {"b": ([1, 2], [5, 6])}},
        "T",
        guides=(1,),
    )
    time, memory = figure.axes
    assert time.lines[1].get_color() == memory.lines[0].get_color()


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        comparison.every_run({}, {}, "error")
    with pytest.raises(ValueError, match="at least one"):
        comparison.growths({}, "T")
