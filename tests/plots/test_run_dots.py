"""A dot for every run, in the column of its network and the color of its rate."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.plots.run_dots import dots_by_rate
from rnnlab.plots.style import new_axes

RUNS = {"GRU": {0.1: [1.0, 2.0, 3.0], 0.2: [4.0]}, "LSTM": {0.1: [5.0], 0.2: [6.0, 7.0]}}


def test_every_run_has_a_dot_near_its_column():
    (axes,) = dots_by_rate(RUNS, "score").axes
    dots = [
        (x, y)
        for line in axes.lines
        if line.get_marker() not in ("None", None, "")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]
    expected = [
        (column, run) for column, rates in enumerate(RUNS.values()) for runs in rates.values() for run in runs
    ]
    assert sorted(y for _, y in dots) == sorted(run for _, run in expected)
    for x, y in dots:
        column = next(column for column, run in expected if run == y)
        assert abs(x - column) < 0.5


def test_each_rate_is_named_once_and_has_a_marker_of_its_own():
    figure = dots_by_rate(RUNS, "score")
    (axes,) = figure.axes
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["rate 0.1", "rate 0.2"]
    markers = {
        line.get_label(): line.get_marker() for line in axes.lines if line.get_label().startswith("rate")
    }
    assert len(set(markers.values())) == 2


def test_lines_stand_at_their_heights_with_their_names():
    (axes,) = dots_by_rate(RUNS, "score", {"guessing": 2.5}).axes
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert [np.unique(line.get_ydata()).tolist() for line in dashed] == [[2.5]]
    assert "guessing" in {text.get_text() for text in axes.texts}


def test_given_axes_are_drawn_on_and_get_no_second_legend():
    figure, axes = new_axes()
    assert dots_by_rate(RUNS, "score", ax=axes) is figure
    assert not figure.legends


def test_runs_at_unequal_rates_are_refused():
    with pytest.raises(ValueError, match="same rates"):
        dots_by_rate({"a": {0.1: [1.0]}, "b": {0.2: [1.0]}}, "score")
    with pytest.raises(ValueError, match="empty"):
        dots_by_rate({}, "score")
