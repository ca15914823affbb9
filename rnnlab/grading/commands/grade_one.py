"""`rnnlab grade-one`: one notebook in, one line of JSON out; no gradebook, and of the course the released notebook."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rnnlab.grading.commands.options import HERE, Exit, Isolated, Root
from rnnlab.grading.platforms import Format
from rnnlab.grading.sandbox import Isolation

FORMS = ", ".join(Format)
LINES = """With --lines, each line of the standard input is an object:
  notebook     a path, or a whole notebook
  assignment   optional, as is student
  id           optional; it comes back with the answer
A line that cannot be graded is answered with an object that has an error."""


def grade_one(
    notebook: Annotated[
        str, typer.Argument(metavar="NOTEBOOK", help="The student's notebook; - is the standard input.")
    ] = "",
    assignment: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The assignment. Without it, the notebook's own check lines say which one it is.",
        ),
    ] = "",
    student: Annotated[
        str, typer.Option(metavar="ID", help="The student's id, for the result and the probes.")
    ] = "",
    form: Annotated[
        Format, typer.Option("--format", metavar="FORM", help=f"The form of the result: {FORMS}.")
    ] = Format.JSON,
    json: Annotated[bool, typer.Option("--json", metavar="", help="The same as --format json.")] = False,
    released: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The released notebook, where it is not in exercises/."),
    ] = None,
    lines: Annotated[
        bool,
        typer.Option(
            "--lines",
            metavar="",
            help="Stay, and answer each line of the standard input with a line: see below.",
        ),
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", metavar="", help="Print the JSON Schema of the result.")
    ] = False,
    isolation: Isolated = Isolation.BEST,
    root: Root = HERE,
) -> None:
    """Grade one notebook and print the result as one line of JSON.

    For Gradescope, PrairieLearn, or a program of yours. It needs no gradebook and no course: the released notebook is
    taken from exercises/, or else from the installed package. Where the folder has a .course-secret, the marks are
    those of `rnnlab autograde`; elsewhere the inputs of the checks are new in each run.
    """
    from rnnlab.grading import line_worker, platforms
    from rnnlab.grading.grade_one import Grader, HandedIn

    if schema:
        sys.stdout.write(platforms.schema())
        return
    _require_sense(notebook, lines, json, form)
    grader = Grader(root.resolve(), isolation.value, released)
    if lines:
        line_worker.serve(grader, sys.stdin.buffer, sys.stdout, form)
        return
    handed_in = HandedIn.from_stream(sys.stdin.buffer) if notebook == "-" else HandedIn.at(Path(notebook))
    result = grader.grade(handed_in, assignment, student)
    sys.stdout.write(platforms.write(result, form) + "\n")
    raise typer.Exit(Exit.PERSON if result.problems else Exit.FINE)


def _require_sense(notebook: str, lines: bool, json: bool, form: Format) -> None:
    if bool(notebook) == lines:
        raise typer.BadParameter("give either one NOTEBOOK or --lines")
    if json and form is not Format.JSON:
        raise typer.BadParameter(f"--json and --format {form.value} contradict each other; give one of them")
