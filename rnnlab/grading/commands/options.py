"""What the commands share: their common options, where they print, and how they number their ends."""

from __future__ import annotations

import enum
import inspect
from pathlib import Path
from typing import Annotated, Any

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


def _isolation(default: bool | str) -> Any:
    return typer.Option(
        "--isolation",
        metavar="LEVEL",
        show_default=default,
        help="How students' code is contained: bubblewrap or landlock, both safe; best, the stronger one that is here; "
        "or process, with limits of time and memory alone, NOT safe for hostile code. See rnnlab doctor.",
    )


Isolated = Annotated[Isolation, _isolation(default=True)]
IsolatedAsConfigured = Annotated[
    Isolation | None, _isolation(default=f"nbgrader_config.py's, else {Isolation.BEST.value}")
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


def examples(*lines: str, more: str = "", codes: str = EXIT_CODES) -> str:
    """A command's closing lines: its examples, what else there is to say, and the exit codes."""
    shown = "\n".join(["Examples", *(f"  {line}" for line in lines)])
    return "\n\n".join(part for part in (shown, more, codes) if part).replace("[", r"\[")


def flowing(text: str | None) -> str:
    """A docstring's paragraphs, each on one line, for a terminal of any width."""
    paragraphs = inspect.cleandoc(text or "").split("\n\n")
    return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)


def complain(message: object) -> None:
    """Print one sentence to standard error, as it is."""
    errors.print(f"rnnlab: {message}", style="red", markup=False, highlight=False, soft_wrap=True)


def warn(message: str) -> None:
    """Print something that a person should see, as it is."""
    console.print(message, style="yellow", markup=False, highlight=False, soft_wrap=True)
