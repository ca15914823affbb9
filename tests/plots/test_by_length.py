"""Curves against the length of a sequence."""

from __future__ import annotations

import numpy as np
import pytest

from rnnlab.plots.by_length import by_length


def test_every_run_is_a_curve_and_every_group_one_entry_of_the_legend():
    figure = by_length({"one": np.ones((3, 2)), "two": np.zeros((3, 2))}, (2, 4), longest=3, chance=0.5)
    curves = [
        line for line in figure.axes[0].lines if len(line.get_xdata()) == 2 and line.get_marker() in "os"
    ]
    assert len(curves) == 6
    assert [text.get_text() for text in figure.legends[0].texts] == ["one", "two"]


def test_curves_of_another_length_and_too_many_groups_are_refused():
    with pytest.raises(ValueError, match="'one' must hold curves"):
        by_length({"one": np.ones((3, 4))}, (2, 4), longest=3, chance=0.5)
    with pytest.raises(ValueError, match="room for 6"):
        by_length({str(n): np.ones((1, 1)) for n in range(7)}, (2,), longest=3, chance=0.5)
