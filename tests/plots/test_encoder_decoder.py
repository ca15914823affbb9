"""The drawn encoder–decoder."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from rnnlab.plots.encoder_decoder import two_halves
from rnnlab.plots.style import VERMILION


def arrows(figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch)]


def red(figure):
    return [arrow for arrow in arrows(figure) if to_hex(arrow.get_edgecolor()) == VERMILION.lower()]


def test_in_use_each_written_token_but_the_last_is_fed_back():
    figure = two_halves("ab", "XYZ")
    dashed = [arrow for arrow in arrows(figure) if arrow.get_linestyle() != "-"]
    assert len(dashed) == 3
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("X") == 2
    assert {"start", "end", "encoder", "decoder", "$c$"} <= set(texts)
    assert not red(figure)


def test_in_training_every_forward_arrow_has_a_gradient_going_back():
    figure = two_halves("ab", "XYZ", backward=True)
    assert len(red(figure)) == len(arrows(figure)) / 2
    # 2 + 4 inputs, 4 losses, and 5 hand-overs from state to state
    assert len(red(figure)) == 6 + 4 + 5


def test_nothing_to_read_or_write_is_refused():
    with pytest.raises(ValueError, match="source and target"):
        two_halves("", "X")
