"""`rnnlab autograde`: grade what was handed in for an assignment."""

from __future__ import annotations

from typing import Annotated

import typer

from rnnlab.grading.commands.options import HERE, Assignment, Exit, Isolated, Root, console, warn
from rnnlab.grading.sandbox import Isolation
from rnnlab.grading.source import require_assignment


def autograde(
    assignment: Assignment,
    student: Annotated[str, typer.Option(help="Grade this student alone.")] = "",
    isolation: Isolated = Isolation.LANDLOCK,
    force: Annotated[bool, typer.Option("--force", help="Grade unchanged submissions again too.")] = False,
    root: Root = HERE,
) -> None:
    """Grade what was handed in; unchanged submissions keep their marks and cost a look-up."""
    from rnnlab.grading import batch, show
    from rnnlab.grading.course import Course
    from rnnlab.grading.sandbox import doctor as machine

    require_assignment(root, assignment)
    machine.require(isolation)
    course = Course.open(root, isolation=isolation.value)
    for name in course.unusable_names(assignment):
        warn(f"Skipped the folder {name}: rename it to a student's id")
    chosen = course.require_students(assignment, student)
    done = list(show.progress(console, batch.autograde(course, assignment, chosen, force), len(chosen)))
    show.summary(console, done)
    weak = isolation is not Isolation.LANDLOCK
    console.print(
        f"Isolation: {machine.describe(isolation)}", style="yellow" if weak else "", highlight=False
    )
    raise typer.Exit(Exit.PERSON if any(d.reasons for d in done) else Exit.FINE)
