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
    Isolation.BEST: "the strongest of the next two that is here; the default",
    Isolation.BUBBLEWRAP: "a machine of its own for each grader, and all of landlock inside it",
    Isolation.LANDLOCK: "no network, no programs, no files but Python's and its own",
    Isolation.PROCESS: "limits alone: hostile code could read your files",
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
    table = _table()
    for layer in layers:
        mark, color = _MARKS[layer.state]
        table.add_row(Text(mark, style=color), layer.name, layer.found, Text(layer.purpose, style="dim"))
    return table


def _remedies(lacking: Sequence[Layer]) -> Iterator[RenderableType]:
    """Yield each remedy over the whole width, so that its command can be copied."""
    for layer in lacking:
        mark, color = _MARKS[layer.state]
        optional = " (not needed)" if layer.state is State.ABSENT else " (needed)"
        yield Text.assemble("  ", (mark, color), f" {layer.name}", (optional, "dim"))
        yield Padding(Text(layer.remedy), (0, 0, 0, 4))


def _levels() -> Table:
    table = _table()
    used = doctor.resolve(Isolation.BEST)
    for level, meaning in _MEANINGS.items():
        mark, color = _MARKS[State.ABSENT if doctor.problems(level) else State.THERE]
        shown = f"now {used.value}" if level is Isolation.BEST and not doctor.problems(level) else ""
        table.add_row(Text(mark, style=color), level.value, shown, Text(meaning, style="dim"))
    return table


def _table() -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(width=3, justify="right")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    return table


def _conclusion() -> Text:
    if doctor.problems(Isolation.BEST):
        return Text(
            "\nStudents' code cannot be contained here. Grading stops unless you say --isolation=process.",
            style="bold red",
        )
    return Text.assemble(
        ("\nStudents' code is contained here, by ", "bold green"),
        (f"{doctor.describe(Isolation.BEST)}.", "bold green"),
    )
