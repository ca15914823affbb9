"""What a long command shows: a bar with the rate and the time left, and in the end a line for what needs a person."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from rnnlab.grading.batch import Done
from rnnlab.grading.record import Status

Item = TypeVar("Item")
RATE_SECONDS = 20.0


class RateColumn(ProgressColumn):
    """How many are done in a second, over the last while; slow work is counted by the minute."""

    def render(self, task: Task) -> Text:
        rate = task.finished_speed or task.speed
        if not rate:
            return Text("" if task.completed else "starting")
        return Text(f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.0f}/min", style="progress.data.speed")


def progress(console: Console, items: Iterator[Item], total: int) -> Iterator[Item]:
    """Hand the items on while a bar shows how many are done, how fast, and how long the rest will take.

    Whoever stops drawing also ends the iterator of items, and with it the workers behind it.
    """
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TextColumn("·"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with (
        closing(_generator(items)) as drawn,
        Progress(
            *columns,
            console=console,
            transient=True,
            disable=not console.is_terminal,
            speed_estimate_period=RATE_SECONDS,
            refresh_per_second=4,
        ) as bar,
    ):
        task = bar.add_task("", total=total)
        for item in drawn:
            bar.advance(task)
            yield item


def _generator(items: Iterator[Item]) -> Generator[Item, None, None]:
    yield from items


def summary(console: Console, done: list[Done], seconds: float) -> None:
    """One line for the batch, and one for each submission that needs a person, with the reason."""
    unchanged = sum(each.unchanged for each in done)
    graded = len(done) - unchanged
    line = f"{graded} graded, {unchanged} unchanged since they were last graded"
    if graded:
        line += f", in {_duration(seconds)}"
    console.print(line, highlight=False)
    for each in done:
        if each.status is Status.PERSON:
            reasons = "; ".join(each.reasons)
            console.print(Text(f"{each.student} needs a person: {reasons}"), style="yellow", soft_wrap=True)


def _duration(seconds: float) -> str:
    """A duration as people say it.

    >>> _duration(3.21), _duration(75.0), _duration(4000)
    ('3.2 s', '1 min 15 s', '1 h 6 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
