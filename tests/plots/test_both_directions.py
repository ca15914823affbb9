"""Pictures of both directions: as many boxes and arrows as there are, and clear errors."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from rnnlab.plots import both_directions as pictures


@pytest.mark.parametrize("steps", [2, 4])
def test_every_step_has_four_boxes_and_every_state_its_arrows(steps):
    patches = pictures.wiring(steps).axes[0].patches
    assert sum(isinstance(p, FancyBboxPatch) for p in patches) == 4 * steps
    assert sum(isinstance(p, FancyArrowPatch) for p in patches) == 4 * steps + 2 * (steps - 1)


def test_padding_squares_are_gray_and_empty():
    figure = pictures.padded_batches({"one": ["ab·"], "other": ["·ba"]})
    for axes in figure.axes:
        assert len([p for p in axes.patches if isinstance(p, Rectangle)]) == 3
        assert sorted(text.get_text() for text in axes.texts) == ["a", "b"]


def test_each_map_is_scaled_to_its_own_largest_entry():
    figure = pictures.who_sees_what({"small": np.eye(3) * 1e-6, "zero": np.zeros((3, 3))})
    images = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert [float(np.max(image)) for image in images] == [1.0, 0.0]


def test_what_cannot_be_drawn_is_refused():
    for draw in (
        lambda: pictures.wiring(1),
        lambda: pictures.padded_batches({}),
        lambda: pictures.padded_batches({"a": ["ab", "abc"]}),
        lambda: pictures.who_sees_what({"a": np.ones((2, 3))}),
    ):
        with pytest.raises(ValueError, match="must"):
            draw()
