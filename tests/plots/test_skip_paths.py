"""The diagram of skips: as many boxes, steps and leaps as it says."""

import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from rnnlab.plots.skip_paths import skip_paths
from rnnlab.plots.style import new_axes


@pytest.mark.parametrize(("steps", "length"), [(6, 3), (4, 2), (5, 5)])
def test_every_state_step_and_skip_is_drawn(steps, length):
    (axes,) = skip_paths(steps, length).axes
    assert sum(isinstance(patch, FancyBboxPatch) for patch in axes.patches) == steps + 1
    assert sum(isinstance(patch, FancyArrowPatch) for patch in axes.patches) == steps + steps // length
    labels = [text.get_text() for text in axes.texts]
    assert labels.count("$s$") == steps // length
    assert f"$h_{steps}$" in labels
    assert f"$J_{steps}$" in labels


def test_it_draws_on_axes_that_are_given():
    figure, axes = new_axes()
    assert skip_paths(ax=axes) is figure


@pytest.mark.parametrize(("steps", "length"), [(6, 1), (5, 3), (0, 2)])
def test_skips_that_do_not_fit_are_refused(steps, length):
    with pytest.raises(ValueError, match="length must be"):
        skip_paths(steps, length)
