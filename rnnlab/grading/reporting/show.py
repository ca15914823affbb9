"""The table of marks that `rnnlab report` prints."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from textwrap import shorten

from rich.table import Table
from rich.text import Text

from rnnlab.grading.record import Status
from rnnlab.grading.reporting.results import Finding, StudentResult

MOST_ROWS = 200


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
