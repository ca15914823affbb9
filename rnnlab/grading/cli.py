"""The command `rnnlab`: its steps in the order in which an instructor takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import typer
from typer.core import TyperGroup

from rnnlab.grading.commands import course, limits, results
from rnnlab.grading.commands.autograde import autograde
from rnnlab.grading.commands.grade_one import LINES, grade_one
from rnnlab.grading.commands.options import Exit, complain, console, examples, flowing
from rnnlab.grading.sandbox import Isolation, IsolationUnavailable
from rnnlab.grading.source import UnknownAssignment

DOCTOR_EXIT_CODES = """Exit codes
  0    students' code can be contained here
  1    it cannot; what is missing is named, with how to get it"""

PREPARE, GRADE, HAND_BACK, TRY = "1  Prepare", "2  Grade", "3  Hand back", "Try it out"


class Steps(TyperGroup):
    """The commands in the order in which they are added; Ctrl+C ends each of them with one line."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            complain("interrupted; what was finished is kept, and the same command goes on from there")
            raise typer.Exit(Exit.INTERRUPTED) from None


app = typer.Typer(
    cls=Steps,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("rnnlab doctor", "rnnlab autograde hidden_state", "rnnlab autograde --help"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what the user can mend ends in one sentence, never in a traceback."""
    try:
        app(args=None if arguments is None else list(arguments))
    except Exception as error:
        if (sentence := _sentence(error)) is None:
            raise
        complain(sentence)
        raise SystemExit(Exit.REFUSED) from None


def _sentence(error: Exception) -> str | None:
    """What the user can mend, in one sentence; `None` for a fault of ours."""
    from sqlalchemy.exc import SQLAlchemyError

    from rnnlab.grading.cluster import ClusterUnavailable
    from rnnlab.grading.course import CourseError
    from rnnlab.grading.database import complaint
    from rnnlab.grading.grade_one import CannotGrade
    from rnnlab.grading.seeds import DamagedSecret
    from rnnlab.grading.work import OtherGrader

    mendable = (CannotGrade, ClusterUnavailable, CourseError, DamagedSecret, OtherGrader)
    if isinstance(error, SQLAlchemyError):
        return complaint(error)
    return str(error) if isinstance(error, (*mendable, IsolationUnavailable, UnknownAssignment)) else None


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Release assignments, grade what comes back in a sandbox, and hand it back with the mistakes named.

    Run it in the course's folder. The boxes below stand in the order of use. Each command has its own --help.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(rich_help_panel=PREPARE, epilog=examples("rnnlab doctor", codes=DOCTOR_EXIT_CODES))
def doctor() -> None:
    """Say what this machine offers for running students' code safely, what is missing and how to get it."""
    from rnnlab.grading.sandbox import doctor as machine
    from rnnlab.grading.sandbox import doctor_page, survey

    console.print(doctor_page.page(survey.survey()))
    raise typer.Exit(Exit.PERSON if machine.problems(Isolation.BEST) else Exit.FINE)


def _step(panel: str, command: Callable[..., None], *lines: str, more: str = "") -> None:
    """Add a command to a box of the help, with examples; its name is the function's."""
    app.command(
        command.__name__.replace("_", "-"),
        help=flowing(command.__doc__),
        rich_help_panel=panel,
        epilog=examples(*lines, more=more),
    )(command)


_step(PREPARE, course.release, "rnnlab release hidden_state")
_step(
    GRADE,
    autograde,
    "rnnlab autograde hidden_state",
    "rnnlab autograde hidden_state --student ada --student boris --force",
    "rnnlab autograde hidden_state -j 8 --limit cell_seconds=30",
    "rnnlab autograde hidden_state --scheduler tcp://10.0.0.5:8786",
    more=limits.table(),
)
_step(
    GRADE,
    grade_one,
    "rnnlab grade-one ada.ipynb --assignment hidden_state",
    "rnnlab grade-one - < ada.ipynb",
    "rnnlab grade-one ada.ipynb --format gradescope > results.json",
    """echo '{"id": 1, "notebook": "ada.ipynb"}' | rnnlab grade-one --lines""",
    more=LINES,
)
_step(HAND_BACK, results.feedback, "rnnlab feedback hidden_state")
_step(HAND_BACK, results.report, "rnnlab report hidden_state")
_step(
    HAND_BACK,
    results.export,
    "rnnlab export hidden_state --to canvas --roster grades.csv",
    "rnnlab export hidden_state --to moodle",
)
_step(TRY, course.hand_in_class, "rnnlab hand-in-class hidden_state")
_step(TRY, course.serve, "rnnlab serve --port 8001")
