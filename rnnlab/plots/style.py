"""The house style of figures: colors that color-blind readers tell apart, and text that can be read on a phone.

A figure is a white card with dark ink, so that it reads the same in the site's light and dark themes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's palette (2008), in an order in which neighbors differ in lightness as well.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW = "#56B4E9", "#CC79A7", "#F0E442"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW)
INK, PAPER, CREAM = "#222222", "#FFFFFF", "#FFF4DC"

# Orange and green are too light for small letters on white: these reach a contrast of 4.5 to 1.
DARK_ORANGE, DARK_GREEN = "#8F5F00", "#00755A"

# White in the middle; blue and red differ for every kind of color vision.
DIVERGING = "RdBu_r"

# In inches. At this width the smallest text, 12 points, is still 8.5 pixels high on a phone 360 pixels wide.
PAGE_WIDTH = 7.0

SETTINGS: dict[Any, Any] = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 13,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 14,
    "figure.dpi": 160,
    "figure.facecolor": PAPER,
    "font.size": 13,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "mathtext.fontset": "cm",
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": 12,
    "ytick.color": INK,
    "ytick.labelsize": 12,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside this block; nothing outside of it changes."""
    with mpl.rc_context(SETTINGS):
        yield


def new_axes(width: float = PAGE_WIDTH, height: float = 4.0) -> tuple[Figure, Axes]:
    """A figure of this size in inches with one pair of axes. pyplot does not know of it, so nobody has to close it."""
    with house_style():
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.add_subplot()


def figure_of(ax: Axes) -> Figure:
    """The figure that these axes stand in. Raises: ValueError for axes that were removed from theirs."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("ax must stand in a figure, but was removed from it. Draw on new axes.")
    return figure
