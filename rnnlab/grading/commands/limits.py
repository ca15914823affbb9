"""The option `--limit NAME=VALUE`: what a submission may use up, where an assignment needs more or less."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from rnnlab.grading.sandbox.limit_options import LimitError, limit_table, parse_limits

Limiting = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=VALUE",
        show_default=False,
        help="Another limit for each submission, such as cell_seconds=30; may be repeated. See below.",
    ),
]


def parsed(given: Iterable[str] | None) -> dict[str, float]:
    """The limits by their names; raises `BadParameter` with what was expected."""
    try:
        return parse_limits(given or ())
    except LimitError as error:
        raise typer.BadParameter(str(error), param_hint="--limit") from error


def table() -> str:
    """The limits and their defaults, for the help."""
    lines = [f"  {limit.name:<20} {limit.default}" for limit in limit_table()]
    return "\n".join(["Limits and their defaults (an assignment may have its own)", *lines])
