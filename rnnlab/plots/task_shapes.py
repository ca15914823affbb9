"""Diagrams drawn by code: what a network is fed at each step, what is read off, and which outputs the loss counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.plots.shapes import arrow, box
from rnnlab.plots.style import (
    BLUE,
    CREAM,
    GREEN,
    ORANGE,
    PAPER,
    PURPLE,
    figure_of,
    house_style,
    new_axes,
)

# All lengths are inches, so that boxes and letters keep their size whatever the number of steps.
HALF_BOX, PITCH, MARGIN, GAP, TITLE = 0.21, 0.64, 0.12, 0.26, 1.25
X_ROW, H_ROW, Y_ROW, TITLE_ROW = 0.32, 1.12, 1.92, 2.38
HEIGHT = 2.6
GRAY = "#6B6B6B"
WRITING = "#F6E6F0"
_arrow = partial(arrow, head=11, linewidth=1.8)


@dataclass(frozen=True)
class Step:
    """One time step of a drawing: what is fed, what is read off, and whether the loss counts it.

    Empty texts draw nothing. `own` marks an input that is the network's own output of the step before; `writes` a step
    of a second cell with weights of its own.
    """

    fed: str = ""
    out: str = ""
    scored: bool = True
    own: bool = False
    writes: bool = False


def _numbered(steps: int) -> range:
    return range(1, steps + 1)


FIVE: dict[str, tuple[Step, ...]] = {
    "one-to-one": (Step("$x$", "$y$"),),
    "one-to-many": (
        Step("$x$", "$y_1$"),
        *(Step(f"$k_{t}$", f"$y_{t + 1}$", own=True) for t in _numbered(3)),
    ),
    "many-to-one": (*(Step(f"$x_{t}$", f"$y_{t}$", scored=t == 4) for t in _numbered(4)),),
    "many-to-many": (*(Step(f"$x_{t}$", f"$y_{t}$") for t in _numbered(3)),),
    "encoder–decoder": (
        *(Step(f"$x_{t}$") for t in _numbered(3)),
        Step("$s$", "$y_1$", writes=True),
        *(Step(f"$k_{t}$", f"$y_{t + 1}$", own=True, writes=True) for t in _numbered(2)),
    ),
}


def five_shapes() -> Figure:
    """The five shapes in two rows, with a key to the boxes and arrows."""
    rows = (("one-to-one", "one-to-many", "many-to-one"), ("many-to-many", "encoder–decoder"))
    key = 0.75
    width = max(2 * MARGIN + sum(_slot(FIVE[name]) + GAP for name in names) - GAP for names in rows)
    figure, axes = new_axes(width, 2 * HEIGHT + key)
    with house_style():
        for row, names in enumerate(rows):
            left, bottom = MARGIN, key + (1 - row) * HEIGHT
            for name in names:
                _sequence(axes, FIVE[name], left, bottom)
                axes.text(left, bottom + TITLE_ROW, name, fontsize=14, va="center", weight="bold")
                left += _slot(FIVE[name]) + GAP
        _key(axes, 0.3)
    return _finished(figure, axes, width, 2 * HEIGHT + key)


def task_shape(steps: Sequence[Step], ax: Axes | None = None) -> Figure:
    """One network unrolled over these steps, drawn from left to right.

    A box at the bottom is fed, the one in the middle is the state, the one above is read off it; blue outputs are
    counted by the loss, gray dashed ones are not. A dashed arrow feeds an output back as the next input.

    Raises: ValueError where there is no step, or a step is fed an output that the step before it does not have.
    """
    _expect_drawable(steps)
    width = 2 * MARGIN + len(steps) * PITCH
    figure, axes = new_axes(width, TITLE_ROW) if ax is None else (figure_of(ax), ax)
    with house_style():
        _sequence(axes, steps, MARGIN, 0)
    return _finished(figure, axes, width, TITLE_ROW)


def _slot(steps: Sequence[Step]) -> float:
    """The width of a drawing, or that of its title where there are few steps."""
    return max(TITLE, len(steps) * PITCH)


def _sequence(axes: Axes, steps: Sequence[Step], left: float, bottom: float) -> None:
    places = [left + PITCH * (t + 0.5) for t in range(len(steps))]
    x_row, h_row, y_row = (bottom + row for row in (X_ROW, H_ROW, Y_ROW))
    for t, (step, place) in enumerate(zip(steps, places, strict=True)):
        _box(axes, place, h_row, "$h$", PURPLE if step.writes else ORANGE, WRITING if step.writes else CREAM)
        if t:
            color = PURPLE if step.writes else ORANGE
            _arrow(axes, (places[t - 1] + HALF_BOX, h_row), (place - HALF_BOX, h_row), color)
        if step.fed:
            _box(axes, place, x_row, step.fed, GRAY if step.own else GREEN)
            _arrow(axes, (place, x_row + HALF_BOX), (place, h_row - HALF_BOX), GRAY if step.own else GREEN)
        if step.out:
            _output(axes, place, h_row, y_row, step)
        if step.own:
            start, end = (places[t - 1] + HALF_BOX, y_row), (place - HALF_BOX, x_row)
            _arrow(axes, start, end, GRAY, linestyle=(0, (3, 2)), linewidth=1.4)


def _output(axes: Axes, place: float, h_row: float, y_row: float, step: Step) -> None:
    color = BLUE if step.scored else GRAY
    style = "-" if step.scored else (0, (2, 2))
    _box(axes, place, y_row, step.out, color, "#DCEBF5" if step.scored else PAPER, style)
    _arrow(axes, (place, h_row + HALF_BOX), (place, y_row - HALF_BOX), color, linestyle=style)


def _key(axes: Axes, row: float) -> None:
    """What the boxes mean, under the drawings."""
    place = MARGIN + 0.2
    for text, color, fill, style, step in (
        ("fed", GREEN, PAPER, "-", 1.05),
        ("its own output, fed back", GRAY, PAPER, "-", 2.85),
        ("counted", BLUE, "#DCEBF5", "-", 1.4),
        ("not counted", GRAY, PAPER, (0, (2, 2)), 1.4),
    ):
        _box(axes, place, row, "", color, fill, style, half=0.12)
        axes.text(place + 0.2, row, text, va="center", fontsize=13)
        place += step


def _box(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    color: str,
    fill: str = PAPER,
    style: object = "-",
    half: float = HALF_BOX,
) -> None:
    size = 15 if len(text) <= 2 or "$" in text else 12
    text = "␣" if text == " " else text
    box(axes, x, y, text, color, fill, half=half, corner=0.05, size=size, linewidth=1.8, linestyle=style)


def _finished(figure: Figure, axes: Axes, width: float, height: float) -> Figure:
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return figure


def _expect_drawable(steps: Sequence[Step]) -> None:
    if not steps:
        raise ValueError("steps must hold at least one step to draw, but is empty.")
    for t, step in enumerate(steps):
        if step.own and (t == 0 or not steps[t - 1].out):
            raise ValueError(
                f"step {t + 1} is fed the network's own output, but the step before it has none. "
                "Give that step an `out`, or leave `own` away."
            )
