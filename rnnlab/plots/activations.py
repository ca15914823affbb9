"""Curves of the activations and their slopes, and histograms of pre-activations; gray is where a unit is saturated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from rnnlab.nets.activations import ACTIVATIONS, Activation
from rnnlab.plots.style import BLUE, INK, PAGE_WIDTH, VERMILION, house_style

SHADE = "#DDDDDD"
NAMES = {"relu": "ReLU"}


def activation_curves(reach: float = 5.0, saturated: float = 0.1) -> Figure:
    """Every activation h = f(a) for |a| ≤ `reach`, with its slope dh/da.

    Gray are the pre-activations at which the slope is below the share `saturated` of the largest slope.

    Raises: ValueError unless reach is positive and saturated lies between 0 and 1.
    """
    if not reach > 0 or not 0 < saturated < 1:
        raise ValueError(
            f"reach must be positive and saturated between 0 and 1, but they are {reach} and {saturated}."
        )
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 5.6), layout="constrained")
        panels = figure.subplots(2, 2, sharex=True, sharey=True)
        for axes, f in zip(panels.flat, ACTIVATIONS.values(), strict=True):
            _curves(axes, f, np.linspace(-reach, reach, 1001), saturated)
        for axes in panels[-1]:
            axes.set_xlabel("pre-activation $a$")
        lines = panels[0, 0].get_lines()
        figure.legend(lines[:2], ["$h = f(a)$", "slope $dh/da$"], loc="outside upper center", ncols=2)
    return figure


def _curves(axes: Axes, f: Activation, a: np.ndarray, saturated: float) -> None:
    h = f.function(a)
    slope = f.derivative_from_output(h)
    axes.plot(a, h, color=BLUE)
    axes.plot(a, slope, color=VERMILION, linestyle="--")
    flat = slope < saturated * slope.max()
    _shade(axes, a, flat)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=0.5)
    axes.set(ylim=(-1.4, 2.1), xlim=(a[0], a[-1]))
    axes.set_title(NAMES.get(f.name, f.name))


def tanh_histograms(
    pre_activations: Mapping[str, ArrayLike], reach: float = 9.0, saturated: float = 0.1
) -> Figure:
    """One histogram of pre-activations below the other, of any shape each, with the share that saturates a tanh.

    The gray edges lie where the slope 1 − tanh² a is `saturated`.

    Raises: ValueError for no samples at all.
    """
    if not pre_activations:
        raise ValueError("pre_activations must hold at least one sample, but is empty.")
    edge = float(np.arctanh(np.sqrt(1 - saturated)))
    with house_style():
        figure = Figure(figsize=(PAGE_WIDTH, 1.0 + 1.25 * len(pre_activations)), layout="constrained")
        panels = figure.subplots(len(pre_activations), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (name, a) in zip(panels, pre_activations.items(), strict=True):
            a = np.ravel(a)
            places = np.array([-reach, -edge, edge, reach])
            _shade(axes, places[:2], np.array([True, True]))
            _shade(axes, places[2:], np.array([True, True]))
            axes.hist(
                a,
                bins=np.linspace(-reach, reach, 73).tolist(),
                color=BLUE,
                weights=np.full(a.size, 100 / a.size),
            )
            share = np.mean(np.abs(a) > edge)
            axes.text(0.985, 0.9, f"{share:.0%} in gray", transform=axes.transAxes, ha="right", va="top")
            axes.text(0.015, 0.9, name, transform=axes.transAxes, ha="left", va="top")
            axes.set(xlim=(-reach, reach))
        panels[-1].set_xlabel("pre-activation $a$")
        figure.supylabel("share of units and steps (%)", fontsize=13)
    return figure


def _shade(axes: Axes, a: np.ndarray, where: np.ndarray) -> None:
    """Gray from top to bottom over the pre-activations `a` at which `where` is True."""
    bottom_to_top = axes.get_xaxis_transform()
    axes.fill_between(a, 0, 1, where=list(where), color=SHADE, linewidth=0, zorder=0, transform=bottom_to_top)
