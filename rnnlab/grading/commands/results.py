"""The commands after grading: feedback for the students, the class report, marks for other platforms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnlab.grading.commands.options import HERE, Assignment, Exit, Root, console, warn
from rnnlab.grading.source import require_assignment

if TYPE_CHECKING:
    from rnnlab.grading.course import Course

PLATFORMS = ("canvas", "moodle", "blackboard")


def feedback(assignment: Assignment, root: Root = HERE) -> None:
    """Write each student's feedback page, with the hint for each mistake, into feedback/.

    Only pages whose marks or comments have changed are written again.
    """
    from rnnlab.grading.commands.progress import progress
    from rnnlab.grading.reporting.pages import Page, write_feedback

    course = _course(root, assignment)
    students = course.students(assignment)
    pages = dict(progress(console, write_feedback(course, assignment, students), len(students)))
    counts = [sum(page is kind for page in pages.values()) for kind in (Page.WRITTEN, Page.UNCHANGED)]
    console.print(f"{counts[0]} feedback pages written, {counts[1]} unchanged")
    if ungraded := [student for student in students if student not in pages]:
        warn(f"Not graded yet, and without a page: {', '.join(ungraded)}")
    if failed := [student for student, page in pages.items() if page is Page.FAILED]:
        warn(f"No page could be written for: {', '.join(failed)}")
        raise typer.Exit(Exit.PERSON)


def report(assignment: Assignment, root: Root = HERE) -> None:
    """Write the class report and print the table of marks with each student's named mistakes.

    The report is a page that you can open without a server, and tables for a spreadsheet. All are in reports/.
    """
    from rnnlab.grading.reporting import show
    from rnnlab.grading.reporting.report import write_report
    from rnnlab.grading.reporting.results import stream

    course = _course(root, assignment)
    page = write_report(course, assignment)
    console.print(show.marks(assignment, stream(course, assignment)))
    console.print(f"Class report: {page.relative_to(course.root)} (and .csv)")


def export(
    assignment: Assignment,
    to: Annotated[
        str, typer.Option("--to", metavar="PLATFORM", help=f"The platform: {', '.join(PLATFORMS)}.")
    ],
    roster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The platform's own gradebook, downloaded: its ids make sure that each mark meets its student.",
        ),
    ] = None,
    root: Root = HERE,
) -> None:
    """Write the marks as a table that Canvas, Moodle or Blackboard takes in, into reports/.

    Who still needs a person is left out and named: an empty cell would wipe out what the platform has.
    """
    from rnnlab.grading.reporting import exports

    if to not in PLATFORMS:
        raise typer.BadParameter(
            f"{to!r} is none of the platforms: {', '.join(PLATFORMS)}", param_hint="--to"
        )
    course = _course(root, assignment)
    left_out: list[str] = []
    path = exports.write(course, assignment, to, roster, left_out.append)
    for sentence in left_out:
        warn(sentence)
    console.print(f"Marks for {exports.Platform(to).title}: {path.relative_to(course.root)}")
    raise typer.Exit(Exit.PERSON if left_out else Exit.FINE)


def _course(root: Path, assignment: str) -> Course:
    """The course, with a gradebook that can be read."""
    from rnnlab.grading import database
    from rnnlab.grading.course import Course

    require_assignment(root, assignment)
    course = Course.open(root)
    database.require(course.directory.db_url)
    return course
