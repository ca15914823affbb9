"""Beam search drawn as a tree: which beginnings are kept, which are dropped, and which have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.style import BLUE, DARK_GREEN, INK, PAGE_WIDTH, figure_of, house_style, new_axes

DROPPED = "#757575"
ROW, LETTER = 0.36, 0.115  # inches: the height of a row, the width of a letter
STYLES: Mapping[str, tuple[str, str, float]] = {
    "kept": (BLUE, "-", 2.2),
    "dropped": (DROPPED, ":", 1.4),
    "ended": (DARK_GREEN, "-", 2.2),
}


@dataclass(frozen=True)
class Branch:
    """A beginning that the search looked at: its tokens, its probability, and its fate, a key of `STYLES`."""

    tokens: tuple[str, ...]
    probability: float
    fate: str


def beam_tree(branches: Sequence[Branch], ax: Axes | None = None) -> Figure:
    """The beginnings from left to right by their length, each joined with the one that it extends.

    A label is the last token and the probability of the whole beginning. Blue ones are kept, gray ones dropped, green
    ones have ended. Raises: ValueError for an unknown fate, or a branch whose beginning is not there.
    """
    _expect_tree(branches)
    known = {branch.tokens: branch for branch in branches}
    heights = _heights(known)
    depth, rows = max(map(len, known)), max(heights.values()) + 1
    slot = (depth + 0.55) / PAGE_WIDTH
    figure, axes = new_axes(PAGE_WIDTH, 0.5 + ROW * rows) if ax is None else (figure_of(ax), ax)
    with house_style():
        for tokens, branch in known.items():
            color, style, width = STYLES[branch.fate]
            x, y, before = len(tokens), heights[tokens], heights.get(tokens[:-1], heights[()])
            left = x - 0.42 if x == 1 else x - 1 + LETTER * len(_label(known[tokens[:-1]])) * slot
            axes.plot([left, x - 0.04], [before, y], style, color=color, linewidth=width)
            weight = "normal" if branch.fate == "dropped" else "bold"
            axes.text(x, y, _label(branch), color=color, va="center", fontsize=12.5, weight=weight)
        axes.text(0.56, heights[()], "start", color=INK, va="center", ha="right", fontsize=12.5)
    axes.set(xlim=(0.2, depth + 0.75), ylim=(rows - 0.4, -0.6))
    axes.axis("off")
    return figure


def _label(branch: Branch) -> str:
    return f"{branch.tokens[-1]}  {branch.probability:.2g}"


def _heights(known: Mapping[tuple[str, ...], Branch]) -> dict[tuple[str, ...], float]:
    """A row for each branch that nothing extends, and for the others the middle of those that extend them."""
    heights: dict[tuple[str, ...], float] = {}

    def place(tokens: tuple[str, ...], free: float) -> float:
        next_ones = sorted(
            (other for other in known if other[:-1] == tokens and other),
            key=lambda other: -known[other].probability,
        )
        if not next_ones:
            heights[tokens] = free
            return free + 1
        for other in next_ones:
            free = place(other, free)
        heights[tokens] = (heights[next_ones[0]] + heights[next_ones[-1]]) / 2
        return free

    place((), 0)
    return heights


def _expect_tree(branches: Sequence[Branch]) -> None:
    if not branches:
        raise ValueError("a tree needs a branch at least.")
    known = {branch.tokens for branch in branches}
    for branch in branches:
        if branch.fate not in STYLES:
            raise ValueError(f"a branch must be one of {', '.join(STYLES)}, but one is {branch.fate!r}.")
        if not branch.tokens or (len(branch.tokens) > 1 and branch.tokens[:-1] not in known):
            raise ValueError(f"{branch.tokens} extends a beginning that is not in the tree.")
