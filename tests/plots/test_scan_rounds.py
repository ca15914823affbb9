"""Scans drawn: a panel for each, a row for each round, a slanted line for each composition."""

import pytest

from rnnlab.plots.scan_rounds import scan_rounds
from rnnlab.plots.style import VERMILION

ROUNDS = [[(0, 1), (2, 3)], [(1, 3)], [(1, 2)]]


def test_every_composition_is_one_slanted_line():
    figure = scan_rounds({"tree": ROUNDS, "one": ROUNDS[:1]}, T=4)
    figure.draw_without_rendering()
    counts = [sum(line.get_color() == VERMILION for line in axes.get_lines()) for axes in figure.axes]
    assert counts == [4, 2]
    assert [axes.get_title() for axes in figure.axes] == ["tree", "one"]


def test_panels_of_different_depth_share_their_scale():
    first, second = scan_rounds({"tree": ROUNDS, "one": ROUNDS[:1]}, T=4).axes
    assert first.get_ylim() == second.get_ylim()


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="scans must hold"):
        scan_rounds({}, T=4)
