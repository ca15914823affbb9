"""The command `rnnlab`: its steps in the order in which an instructor takes them."""

from __future__ import annotations

import typer

from rnnlab.grading.commands import course, results
from rnnlab.grading.commands.autograde import autograde
from rnnlab.grading.commands.options import EXIT_CODES, Exit, complain, console, examples
from rnnlab.grading.sandbox import Isolation, IsolationUnavailable
from rnnlab.grading.source import UnknownAssignment

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)

PREPARE, GRADE, HAND_BACK, TRY = "1  Prepare", "2  Grade", "3  Hand back", "Try it out"


def main() -> None:
    """Run the command; what the user can mend ends in one sentence, never in a traceback."""
    from rnnlab.grading.course import CourseError
    from rnnlab.grading.seeds import DamagedSecret

    try:
        app()
    except (CourseError, UnknownAssignment, IsolationUnavailable, DamagedSecret) as error:
        complain(error)
        raise SystemExit(Exit.REFUSED) from None


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Release assignments, grade what comes back in a sandbox, and hand it back with the mistakes named.

    Run it in the course's folder. The boxes below stand in the order of use. Each command explains itself with --help.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(rich_help_panel=PREPARE, epilog=EXIT_CODES)
def doctor() -> None:
    """Say what this machine offers for running students' code safely, what is missing and how to get it."""
    from rnnlab.grading import show
    from rnnlab.grading.sandbox import doctor as machine

    problems = {level: machine.problems(level) for level in Isolation}
    console.print(show.isolation_table({level: machine.describe(level) for level in Isolation}, problems))
    raise typer.Exit(1 if problems[Isolation.LANDLOCK] else 0)


app.command(rich_help_panel=PREPARE, epilog=examples("rnnlab release hidden_state"))(course.release)
app.command(
    rich_help_panel=GRADE,
    epilog=examples("rnnlab autograde hidden_state", "rnnlab autograde hidden_state --student ada --force"),
)(autograde)
app.command(rich_help_panel=HAND_BACK, epilog=examples("rnnlab feedback hidden_state"))(results.feedback)
app.command(rich_help_panel=HAND_BACK, epilog=examples("rnnlab report hidden_state"))(results.report)
app.command("hand-in-class", rich_help_panel=TRY, epilog=EXIT_CODES)(course.hand_in_class)
app.command(rich_help_panel=TRY, epilog=EXIT_CODES)(course.serve)
