"""When a submission was handed in: the one line of `timestamp.txt` beside it, which a student may have written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

NAME = "timestamp.txt"
LONGEST = 100


@dataclass(frozen=True)
class Timestamp:
    """A time in UTC and the file's text, both empty where none is given; a problem where it makes no sense."""

    text: str = ""
    when: datetime | None = None
    problem: str = ""


def read_timestamp(folder: Path) -> Timestamp:
    """The time at which the submission in `folder` was handed in."""
    path = folder / NAME
    if not path.is_symlink() and not path.exists():
        return Timestamp()
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST:
        return Timestamp(problem=_problem())
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.strip():
        return Timestamp()
    try:
        return Timestamp(text, parse_utc(text.strip()))
    except (ValueError, OverflowError, TypeError):
        return Timestamp(text, problem=_problem())


def _problem() -> str:
    return (
        f"{NAME} holds no time that can be read, so nobody knows whether it was late; "
        "write the time into it, such as 2026-11-21 18:00:00 UTC, and grade again"
    )
