"""The house style of figures: colors that color-blind readers tell apart, and text that a phone can show.

A figure is drawn on a white card of its own, so that it reads the same in the site's light and dark themes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's palette (2008), in an order in which neighbors differ in lightness as well.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
)
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW)
INK, PALE = "#222222", "#DDDDDD"
# Orange is too light for small letters on white.
DARK_ORANGE = "#9A6700"
# Symmetric around zero, and safe: blue and red-brown differ in lightness from white in the middle.
DIVERGING = "RdBu_r"

_SETTINGS = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 110,
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.labelsize": 12,
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "legend.frameon": False,
    "lines.linewidth": 2,
    "text.color": INK,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside this block; nothing outside of it changes."""
    with mpl.rc_context(_SETTINGS):
        yield


def new_axes(width: float = 7.0, height: float = 4.0) -> tuple[Figure, Axes]:
    """A figure of this size in inches with one pair of axes, which no global list of figures keeps."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()
