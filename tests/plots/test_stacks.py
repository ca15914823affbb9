"""Figures of stacks: every state and arrow is drawn, and maps of unequal shapes are refused."""

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch

from rnnlab.plots.stacks import layer_lag_maps, state_grid


def test_the_grid_has_an_arrow_for_every_dependency():
    (axes,) = state_grid(steps=4, layers=3).axes
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 4 * 3 + 3 * 3
    assert {text.get_text() for text in axes.texts} >= {"$x_1$", "$h_4^{(3)}$"}
    bold = [arrow for arrow in arrows if arrow.get_linewidth() == 4]
    assert len(bold) == (4 - 1) + (3 - 1)


def test_a_grid_of_one_layer_is_refused():
    with pytest.raises(ValueError, match="2 to 6"):
        state_grid(layers=1)


def test_one_panel_for_each_map():
    maps = {name: -np.arange(12.0).reshape(3, 4) for name in ("a", "b", "c")}
    figure = layer_lag_maps(maps)
    assert [axes.get_title() for axes in figure.axes[:3]] == ["a", "b", "c"]
    figure.draw_without_rendering()


def test_maps_of_unequal_shapes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        layer_lag_maps({"a": np.zeros((2, 3)), "b": np.zeros((3, 3))})
