"""What the command line prints: a progress bar, a summary, a table of marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from textwrap import shorten
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from rnnlab.grading.batch import Done
from rnnlab.grading.record import Status
from rnnlab.grading.results import Finding, StudentResult
from rnnlab.grading.sandbox import Isolation

Item = TypeVar("Item")
MOST_ROWS = 200


def progress(console: Console, items: Iterator[Item], total: int) -> Iterator[Item]:
    """Hand the items on while a bar shows how many are done and how long the rest will take."""
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        for item in items:
            bar.advance(task)
            yield item


def summary(console: Console, done: list[Done]) -> None:
    """One line for the batch, and one for each submission that needs a person."""
    unchanged = sum(d.unchanged for d in done)
    console.print(f"{len(done) - unchanged} graded, {unchanged} unchanged since they were last graded")
    for d in done:
        if d.status is Status.PERSON:
            console.print(
                Text(f"{d.student} needs a person: {'; '.join(d.reasons)}"), style="yellow", soft_wrap=True
            )


def isolation_table(
    descriptions: Mapping[Isolation, str], problems: Mapping[Isolation, Sequence[str]]
) -> Table:
    """What each isolation means on this machine, and what is missing for it."""
    table = Table(title="How students' code can be contained here", title_justify="left", show_lines=True)
    for heading in ("--isolation", "available", "what it is, or what to do"):
        table.add_column(heading)
    for level, missing in problems.items():
        available = Text("no", style="red") if missing else Text("yes", style="green")
        table.add_row(level.value, available, Text("\n".join(missing) or descriptions[level]))
    return table


def marks(assignment: str, results: Iterable[StudentResult], most: int = MOST_ROWS) -> Table:
    """A table with each student's points and what went wrong in each part, for the first `most` students."""
    table = Table(title=f"Marks for {assignment}", title_justify="left", show_lines=False)
    table.add_column("student")
    table.add_column("points", justify="right")
    table.add_column("what went wrong")
    results = iter(results)
    for result in islice(results, most):
        waiting = " + ?" if result.needs_grading else ""
        table.add_row(
            Text(result.student), f"{result.final_score:g}{waiting} / {result.max_score:g}", _reasons(result)
        )
    if next(results, None) is not None:
        table.caption = "The class is larger than this table; the class report has everybody."
    return table


def _in_short(finding: Finding) -> str:
    """The named mistake; where there is no name for what happened, the sentence that the student read."""
    return finding.verdict.label if finding.verdict.mistakes else shorten(finding.says, 90, placeholder=" …")


def _reasons(result: StudentResult) -> Text:
    lines = [Text.assemble((f.function, "bold"), f": {_in_short(f)}") for f in result.failed]
    if result.unwritten:
        lines.append(Text("not written: " + ", ".join(result.unwritten), style="dim"))
    if result.record.status is Status.PERSON:
        lines.append(Text("needs a person: " + "; ".join(result.record.problems), style="yellow"))
    if result.late_penalty:
        lines.append(Text(f"late: {result.late_penalty:g} points taken off", style="dim"))
    lines += [Text(f"mended: {repair}", style="dim") for repair in result.record.repairs[:1]]
    if len(result.record.repairs) > 1:
        lines.append(Text(f"mended: and {len(result.record.repairs) - 1} more", style="dim"))
    return Text("\n").join(lines) if lines else Text("–", style="dim")
