"""`rnnlab autograde`: grade what was handed in for an assignment."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from rnnlab.grading.commands import limits
from rnnlab.grading.commands.options import (
    HERE,
    Assignment,
    Exit,
    IsolatedAsConfigured,
    Root,
    console,
    warn,
)
from rnnlab.grading.sandbox import Isolation
from rnnlab.grading.source import require_assignment

if TYPE_CHECKING:
    from rnnlab.grading.course import Course
    from rnnlab.grading.executors import Executor


def processors() -> int:
    """The processors that this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def autograde(
    assignment: Assignment,
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Grade this student alone; may be repeated.")
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", show_default="one a processor", help="Grade N at once."
        ),
    ] = processors(),
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Grade on the Dask cluster of this scheduler instead.")
    ] = "",
    force: Annotated[
        bool,
        typer.Option(
            "--force", metavar="", help="Grade again what is unchanged too; the marks stay the same."
        ),
    ] = False,
    reseed: Annotated[
        bool,
        typer.Option(
            "--reseed", metavar="", help="Draw new inputs for the checks, and grade again with them."
        ),
    ] = False,
    isolation: IsolatedAsConfigured = None,
    limit: limits.Limiting = None,
    root: Root = HERE,
) -> None:
    """Grade what was handed in, in a sandbox, and write the marks into the gradebook.

    What has not changed since it was graded keeps its marks and costs a look-up, so that you can run this again at any
    time: after late submissions, or after an interruption, even by a power cut. Manual grades stay.
    """
    from rnnlab.grading import batch, database
    from rnnlab.grading.commands.progress import progress, summary
    from rnnlab.grading.course import Course
    from rnnlab.grading.sandbox import doctor as machine

    require_assignment(root, assignment)
    asked = {"isolation": isolation.value} if isolation else {}
    limited = {"limits": limits.parsed(limit)} if limit else {}
    course = Course.open(root, **asked, **limited)
    level = Isolation(course.isolation)
    if not scheduler:
        machine.require(level)
    database.require(course.directory.db_url)
    for name in course.unusable_names(assignment):
        warn(f"Skipped the folder {name}: rename it to a student's id")
    chosen = _chosen(course, assignment, student or [""])
    began = time.monotonic()
    with executor_at(scheduler) as executor:
        options = batch.Options(force, reseed, min(jobs, len(chosen)), executor)
        graded = batch.autograde(course, assignment, chosen, options)
        done = list(progress(console, graded, len(chosen)))
    summary(console, done, time.monotonic() - began)
    here = f"{level.value}, on each worker" if scheduler else machine.describe(level)
    console.print(f"Isolation: {here}", style="" if level.locks else "yellow", highlight=False)
    raise typer.Exit(Exit.PERSON if any(each.reasons for each in done) else Exit.FINE)


def _chosen(course: Course, assignment: str, names: list[str]) -> tuple[str, ...]:
    """The students to grade, each once; an empty name stands for everybody."""
    return tuple(
        dict.fromkeys(found for name in names for found in course.require_students(assignment, name))
    )


@contextmanager
def executor_at(scheduler: str) -> Iterator[Executor | None]:
    """The cluster of this scheduler; `None` where none was asked for."""
    if not scheduler:
        yield None
        return
    from rnnlab.grading.cluster import Cluster

    with Cluster(scheduler) as cluster:
        console.print(f"Grading on {cluster.description}", highlight=False, markup=False)
        yield cluster
