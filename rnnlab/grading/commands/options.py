"""What the commands share: their common options, where they print, and how they number their ends."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rnnlab.grading.sandbox import Isolation

HERE = Path(".")
console = Console()
errors = Console(stderr=True)

Assignment = Annotated[
    str, typer.Argument(metavar="ASSIGNMENT", help="The assignment's name, such as hidden_state.")
]
Root = Annotated[
    Path,
    typer.Option(
        "--course-root",
        metavar="FOLDER",
        help="The course's folder: the one with nbgrader_config.py.",
    ),
]
Isolated = Annotated[
    Isolation,
    typer.Option(
        "--isolation",
        metavar="LEVEL",
        help="How students' code is contained. landlock: safe; Linux. "
        "process: limits of time and memory alone, NOT safe for hostile code. See rnnlab doctor.",
    ),
]


class Exit(enum.IntEnum):
    """How a command ends."""

    FINE = 0
    PERSON = 1
    REFUSED = 2
    INTERRUPTED = 130


EXIT_CODES = """Exit codes
  0    all is well
  1    something needs a person; each case has a line that says why
  2    the command could not be carried out; one sentence says why
  130  interrupted with Ctrl+C; what was finished is kept"""


def examples(*lines: str) -> str:
    """A command's closing lines: its examples, then the exit codes."""
    return "\n".join(["Examples", *(f"  {line}" for line in lines), "", EXIT_CODES])


def complain(message: object) -> None:
    """Print one sentence to standard error, as it is."""
    errors.print(f"rnnlab: {message}", style="red", markup=False, highlight=False, soft_wrap=True)


def warn(message: str) -> None:
    """Print something that a person should see, as it is."""
    console.print(message, style="yellow", markup=False, highlight=False, soft_wrap=True)
