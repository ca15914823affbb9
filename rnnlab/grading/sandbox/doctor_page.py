"""How `rnnlab doctor` looks: the layers, how to get those that are missing, and the isolation that will be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from . import doctor
from .isolation import Isolation
from .survey import Layer, State

_MARKS = {State.THERE: ("✓", "green"), State.ABSENT: ("–", "yellow"), State.MISSING: ("✗", "red")}
_MEANINGS = {
    Isolation.BEST: "the default: the stronger of the next two",
    Isolation.BUBBLEWRAP: "landlock, in a machine where nothing else can be seen",
    Isolation.LANDLOCK: "no network, no programs, no files but Python's and its own",
    Isolation.PROCESS: "limits alone; hostile code could read your files",
}


def page(layers: Sequence[Layer]) -> RenderableType:
    """Return the whole page for the layers of `survey.survey()`."""
    return Group(*_parts(layers))


def _parts(layers: Sequence[Layer]) -> Iterator[RenderableType]:
    yield Text("What this machine offers for running students' code", style="bold")
    yield _layers(layers)
    lacking = [layer for layer in layers if layer.state is not State.THERE]
    if lacking:
        yield Text("\nHow to get the rest", style="bold")
        yield from _remedies(lacking)
    yield Text("\nWhat --isolation can be", style="bold")
    yield _levels()
    yield _conclusion()


def _layers(layers: Sequence[Layer]) -> Table:
    table = _table(columns=4)
    for layer in layers:
        mark, color = _MARKS[layer.state]
        table.add_row(Text(mark, style=color), layer.name, layer.found, Text(layer.purpose, style="dim"))
    return table


def _remedies(lacking: Sequence[Layer]) -> Iterator[RenderableType]:
    """Yield each remedy over the whole width, with its commands on lines of their own, to be copied."""
    for layer in lacking:
        mark, color = _MARKS[layer.state]
        needed = " (needed)" if layer.state is State.MISSING else " (can be done without)"
        yield Text.assemble("  ", (mark, color), f"  {layer.name}", (needed, "dim"))
        yield Padding(Text(layer.remedy), (0, 0, 0, 5))
        for command in layer.commands:
            yield Padding(Text(command, style="cyan", overflow="fold"), (0, 0, 0, 7))


def _levels() -> Table:
    table = _table(columns=3)
    for level, meaning in _MEANINGS.items():
        possible = not doctor.problems(level)
        mark, color = _MARKS[State.THERE if possible else State.ABSENT]
        color = color if level.locks else "yellow"
        here = f", here {doctor.resolve(level).value}" if level is Isolation.BEST and possible else ""
        table.add_row(Text(mark, style=color), level.value, Text(meaning + here, style="dim"))
    return table


def _table(columns: int) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(width=3, justify="right")
    for _ in range(columns - 2):
        table.add_column(no_wrap=True)
    table.add_column()
    return table


def _conclusion() -> Text:
    if doctor.problems(Isolation.BEST):
        return Text(
            "\nStudents' code cannot be contained here. Grading stops unless you say --isolation=process.",
            style="bold red",
        )
    return Text(
        f"\nStudents' code is contained here, by {doctor.describe(Isolation.BEST)}.", style="bold green"
    )
