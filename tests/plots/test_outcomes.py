"""Grids and learning curves of many runs: every number where it belongs, and what is refused."""

import numpy as np
import pytest

from rnnlab.plots import style
from rnnlab.plots.outcomes import learning_curves, solved_grid

LABELS = {"rows": ["one", "two"], "columns": ["0.1", "0.2", "0.3"], "groups": ["near", "far"]}


def counts():
    return np.arange(12).reshape(2, 2, 3) % 4


def test_every_count_stands_in_its_cell():
    (axes,) = solved_grid(counts(), 3, **LABELS).axes
    shown = {text.get_position(): text.get_text() for text in axes.texts if text.get_text().isdigit()}
    expected = counts().reshape(2, 6)
    assert shown == {(column, row): str(expected[row, column]) for row in range(2) for column in range(6)}


def test_rows_columns_and_groups_are_named():
    (axes,) = solved_grid(counts(), 3, **LABELS).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.1", "0.2", "0.3"] * 2
    assert {"near", "far"} <= {text.get_text() for text in axes.texts}


def test_the_shade_runs_from_none_to_all():
    (axes,) = solved_grid(counts(), 5, **LABELS).axes
    assert axes.images[0].get_clim() == (0, 5)


@pytest.mark.parametrize(
    ("solved", "runs", "message"),
    [
        (np.zeros((2, 3, 2)), 3, r"solved must have the shape \(rows, groups, columns\) = \(2, 2, 3\)"),
        (counts(), 2, "solved must lie between 0 and runs = 2"),
        (-counts(), 3, "solved must lie between 0 and runs = 3"),
    ],
)
def test_wrong_counts_are_refused(solved, runs, message):
    with pytest.raises(ValueError, match=message):
        solved_grid(solved, runs, **LABELS)


def test_each_run_is_a_curve_that_ends_in_a_dot():
    figure = learning_curves({"first": [[0.25, 0.5], [0.3]], "second": [[1.0]]}, every=10, chance=0.25)
    first = figure.axes[0]
    curve, dot, *_ = first.get_lines()
    assert curve.get_xdata().tolist() == [10, 20]
    assert curve.get_ydata().tolist() == [25, 50]
    assert (dot.get_xdata().tolist(), dot.get_ydata().tolist()) == ([20], [50])
    assert first.get_title() == "first"
    assert figure.get_size_inches()[0] <= style.PAGE_WIDTH


def test_no_setting_is_refused():
    with pytest.raises(ValueError, match="at least one setting"):
        learning_curves({}, every=1, chance=0.5)
