"""The command `rnnlab`: what an instructor does with an assignment, in the order in which it is done.

Exit codes: 0 all is well · 1 something needs a person · 2 the command could not be carried out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rnnlab.grading.sandbox import Isolation, IsolationUnavailable
from rnnlab.grading.source import (
    UnknownAssignment,
    assignment_names,
    require_assignment,
    write_source_notebook,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
console = Console()
errors = Console(stderr=True)

Assignment = Annotated[str, typer.Argument(help="The assignment's name, such as hidden_state.")]
Root = Annotated[
    Path, typer.Option("--course-root", help="The course's folder (it holds nbgrader_config.py).")
]
HERE = Path(".")


def main() -> None:
    """Run the command; what the user can mend ends in one sentence, never in a traceback."""
    from rnnlab.grading.course import CourseError
    from rnnlab.grading.seeds import DamagedSecret

    try:
        app()
    except (CourseError, UnknownAssignment, IsolationUnavailable, DamagedSecret) as error:
        errors.print(f"rnnlab: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(2) from None


@app.command()
def doctor() -> None:
    """Say what this machine offers for running students' code safely, what is missing and how to get it."""
    from rnnlab.grading import show
    from rnnlab.grading.sandbox import doctor as machine

    problems = {level: machine.problems(level) for level in Isolation}
    console.print(show.isolation_table({level: machine.describe(level) for level in Isolation}, problems))
    raise typer.Exit(1 if problems[Isolation.LANDLOCK] else 0)


@app.command()
def release(assignment: Assignment, root: Root = HERE) -> None:
    """Make the students' notebook in exercises/ from the text source in solutions/."""
    from rnnlab.grading.course import Course, CourseError

    require_assignment(root, assignment)
    course = Course.open(root)
    write_source_notebook(course.root, assignment)
    with console.status(f"Releasing {assignment}"):
        result = course.api.generate_assignment(assignment, force=True, create=True)
    if not result["success"]:
        raise CourseError(
            f"nbgrader could not release {assignment}:\n{result.get('log', '')}{result.get('error', '')}"
        )
    console.print(f"Released {course.released(assignment).relative_to(course.root)}")


@app.command()
def autograde(
    assignment: Assignment,
    student: Annotated[str, typer.Option(help="Grade this student alone.")] = "",
    isolation: Annotated[
        Isolation,
        typer.Option(
            help="landlock: safe, Linux. process: time and memory limits only, NOT safe for hostile code."
        ),
    ] = Isolation.LANDLOCK,
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
        console.print(f"Skipped the folder {name}: rename it to a student's id", style="yellow", markup=False)
    chosen = course.require_students(assignment, student)
    done = list(show.progress(console, batch.autograde(course, assignment, chosen, force), len(chosen)))
    show.summary(console, done)
    weak = isolation is not Isolation.LANDLOCK
    console.print(
        f"Isolation: {machine.describe(isolation)}", style="yellow" if weak else "", highlight=False
    )
    raise typer.Exit(1 if any(d.reasons for d in done) else 0)


@app.command()
def feedback(assignment: Assignment, root: Root = HERE) -> None:
    """Write each student's feedback page, with the hint for each mistake, into feedback/."""
    from rnnlab.grading import show
    from rnnlab.grading.course import Course
    from rnnlab.grading.pages import Page, write_feedback

    require_assignment(root, assignment)
    course = Course.open(root)
    students = course.students(assignment)
    pages = dict(show.progress(console, write_feedback(course, assignment, students), len(students)))
    failed = [student for student, page in pages.items() if page is Page.FAILED]
    written = sum(page is Page.WRITTEN for page in pages.values())
    console.print(f"{written} feedback pages written, {len(students) - written - len(failed)} unchanged")
    if failed:
        console.print(f"No page could be written for: {', '.join(failed)}", style="yellow", markup=False)
        raise typer.Exit(1)


@app.command()
def report(assignment: Assignment, root: Root = HERE) -> None:
    """Write the class report and print the table of marks with each student's named mistakes."""
    from rnnlab.grading import show
    from rnnlab.grading.course import Course
    from rnnlab.grading.report import write_report
    from rnnlab.grading.results import collect

    require_assignment(root, assignment)
    course = Course.open(root)
    page = write_report(course, assignment)
    console.print(show.marks(assignment, collect(course, assignment)))
    console.print(f"Class report: {page.relative_to(course.root)} (and .csv)")


@app.command("hand-in-class")
def hand_in_class(assignment: Assignment, root: Root = HERE) -> None:
    """Hand in the bundled synthetic class, to see the grader at work."""
    from rnnlab.grading.course import Course
    from rnnlab.grading.synthetic_class import hand_in

    require_assignment(root, assignment)
    names = hand_in(Course.open(root), assignment)
    console.print(f"Handed in {len(names)} synthetic submissions for {assignment} in submitted/")


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port on this machine.")] = 8000,
    root: Root = HERE,
) -> None:
    """Show the site and the class reports in a browser on this machine; Ctrl+C ends it."""
    from rnnlab.grading.serve import make_server

    server = make_server(root.resolve(), port)
    console.print(f"The site:         http://127.0.0.1:{port}/")
    for name in assignment_names(root.resolve()):
        if (root / "reports" / f"{name}.html").is_file():
            console.print(f"The class report: http://127.0.0.1:{port}/reports/{name}.html")
    console.print("Ctrl+C ends it.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
