"""The two kinds of containment that the grader knows, and the error when a machine lacks the one asked for."""

from __future__ import annotations

import enum


class Isolation(enum.Enum):
    """How a student's code is contained.

    LANDLOCK: no network, no new programs, no files but libraries and its own folder (Linux 5.13 or later).
    PROCESS: a separate process with limits only; it can read what the instructor can read.
    """

    LANDLOCK = "landlock"
    PROCESS = "process"


class IsolationUnavailable(RuntimeError):
    """This machine cannot contain code as asked; the message says what is missing and what to do next."""
