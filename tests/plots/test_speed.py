"""The figure of speeds: a panel for each cell, a point for each measurement, and the line of equal speed."""

import pytest

from rnnlab.plots.speed import speed_over_torch


def row(cell="rnn", dtype="float32", threads="1", over_torch="2.0", H="32"):
    return {"cell": cell, "dtype": dtype, "threads": threads, "H": H, "B": "1", "over_torch": over_torch}


def test_every_measurement_on_these_threads_is_one_point():
    rows = [row(), row(H="64", over_torch="0.5"), row(dtype="float64"), row("gru"), row(threads="2")]
    rnn, gru = speed_over_torch(rows).axes
    points = {line.get_label(): line.get_xydata().tolist() for line in rnn.get_lines()[:2]}
    assert points == {"float32": [[32 * 64, 2.0], [64 * 96, 0.5]], "float64": [[32 * 64, 2.0]]}
    assert [rnn.get_title(), gru.get_title()] == ["RNN", "GRU"]


def test_the_line_of_equal_speed_stands_in_every_panel():
    for axes in speed_over_torch([row(), row("lstm")]).axes:
        assert list(axes.get_lines()[-1].get_ydata()) == [1, 1]


def test_rows_without_this_number_of_threads_are_refused():
    with pytest.raises(ValueError, match="rows must have measurements on threads = 2"):
        speed_over_torch([row()], threads=2)
