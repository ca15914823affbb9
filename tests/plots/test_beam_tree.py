"""Beam search drawn as a tree."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from rnnlab.plots.beam_tree import STYLES, Branch, beam_tree

BRANCHES = [
    Branch(("a",), 0.6, "kept"),
    Branch(("b",), 0.4, "dropped"),
    Branch(("a", "end"), 0.24, "ended"),
    Branch(("a", "a"), 0.18, "dropped"),
]


def test_each_branch_has_its_label_and_the_color_of_its_fate():
    (axes,) = beam_tree(BRANCHES).axes
    labels = {text.get_text(): text for text in axes.texts}
    assert set(labels) == {"start", "a  0.6", "b  0.4", "end  0.24", "a  0.18"}
    assert to_hex(labels["end  0.24"].get_color()) == STYLES["ended"][0].lower()
    assert len(axes.lines) == len(BRANCHES)


def test_labels_of_one_length_stand_in_rows_of_their_own_the_likeliest_first():
    (axes,) = beam_tree(BRANCHES).axes
    rows = {text.get_text(): text.get_position()[1] for text in axes.texts}
    assert rows["end  0.24"] < rows["a  0.18"] < rows["b  0.4"]


def test_what_is_no_tree_is_refused():
    with pytest.raises(ValueError, match="extends a beginning"):
        beam_tree([Branch(("a", "b"), 0.1, "kept")])
    with pytest.raises(ValueError, match="one is 'lost'"):
        beam_tree([Branch(("a",), 0.1, "lost")])
    with pytest.raises(ValueError, match="at least"):
        beam_tree([])
