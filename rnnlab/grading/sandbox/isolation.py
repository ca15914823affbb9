"""The kinds of containment that the grader knows, and the error when a machine lacks the one asked for."""

from __future__ import annotations

import enum


class Isolation(enum.Enum):
    """How a student's code is contained.

    BEST: the strongest of the next two that this machine offers, and never less.
    BUBBLEWRAP: as LANDLOCK, in a machine of its own: other files and processes do not even exist (needs bubblewrap).
    LANDLOCK: no network, no new programs, no files but libraries and its own folder (Linux 5.13 or later).
    PROCESS: a separate process with limits only; it can read what the instructor can read.
    """

    BEST = "best"
    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    PROCESS = "process"

    @property
    def locks(self) -> bool:
        """Whether files, network and system calls are closed to the code."""
        return self is not Isolation.PROCESS


class IsolationUnavailable(RuntimeError):
    """This machine cannot contain code as asked; the message says what is missing and what to do next."""
