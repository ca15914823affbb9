"""The house style: local to its block, readable, and told apart by color-blind readers."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from rnnlab.plots import style

# Viénot, Brettel and Mollon (1999): what a reader without red or green cones sees of linear RGB.
COLOR_BLIND = {
    "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def linear(color):
    """Linear RGB of an sRGB color."""
    c = np.array(to_rgb(color))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return linear(color) @ [0.2126, 0.7152, 0.0722]


def contrast(one, two):
    """The contrast ratio of WCAG 2, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_the_style_ends_with_its_block():
    before = dict(mpl.rcParams)
    with style.house_style():
        assert mpl.rcParams["font.size"] == 13
        assert dict(mpl.rcParams) != before
    assert dict(mpl.rcParams) == before


def test_making_axes_changes_no_global_setting():
    before = dict(mpl.rcParams)
    figure, axes = style.new_axes(5, 3)
    assert dict(mpl.rcParams) == before
    assert tuple(figure.get_size_inches()) == (5, 3)
    assert figure.axes == [axes]


def test_a_figure_is_a_white_card_in_both_themes():
    figure, axes = style.new_axes()
    assert figure.get_facecolor() == (1, 1, 1, 1)
    assert axes.get_facecolor() == (1, 1, 1, 1)


@pytest.mark.parametrize("vision", COLOR_BLIND)
def test_no_two_colors_look_alike(vision):
    seen = [COLOR_BLIND[vision] @ linear(color) for color in style.PALETTE]
    distances = [np.linalg.norm(one - two) for i, one in enumerate(seen) for two in seen[:i]]
    assert min(distances) > 0.1


@pytest.mark.parametrize("color", [style.INK, style.BLUE, style.DARK_ORANGE, style.DARK_GREEN])
@pytest.mark.parametrize("ground", [style.PAPER])
def test_colors_of_letters_stand_out_from_the_paper(color, ground):
    assert contrast(color, ground) >= 4.5


def test_the_smallest_text_is_legible_on_a_phone():
    smallest = min(style.SETTINGS[name] for name in ("font.size", "xtick.labelsize", "ytick.labelsize"))
    phone = 360  # CSS pixels
    assert smallest / 72 / style.PAGE_WIDTH * phone > 8


def test_axes_without_a_figure_are_refused():
    figure, axes = style.new_axes()
    assert style.figure_of(axes) is figure
    axes.remove()
    with pytest.raises(ValueError, match="ax must stand in a figure"):
        style.figure_of(axes)
