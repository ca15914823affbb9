"""The warm sandboxes of this process: one for each isolation and each set of libraries and limits that is asked for."""

from __future__ import annotations

import atexit
import functools
import math
from collections.abc import Mapping
from dataclasses import replace

from rnnlab import exercises
from rnnlab.grading.sandbox import Isolation, Libraries, Limits, Sandbox


def open_sandbox(
    assignment: str, isolation: Isolation, changed: Mapping[str, float] | None = None
) -> Sandbox:
    """The warm sandbox for an assignment; it serves one submission after another and ends with this process.

    `changed` are limits by their names that the instructor set. Raises `IsolationUnavailable` where this machine cannot
    contain code so.
    """
    libraries, limits = needs(assignment)
    return _warm(isolation, libraries, replace(limits, **(changed or {})))


def needs(assignment: str) -> tuple[Libraries, Limits]:
    """What an assignment's submissions may import and use up; an unknown assignment gets the defaults."""
    try:
        wanted = exercises.assignment(assignment)
    except exercises.UnknownName:
        return Libraries.NUMPY, Limits()
    limits = Limits()
    return Libraries(wanted.libraries), replace(
        limits,
        cell_seconds=wanted.cell_seconds,
        call_seconds=wanted.call_seconds,
        session_seconds=wanted.submission_seconds,
        cpu_seconds=max(limits.cpu_seconds, math.ceil(wanted.submission_seconds)),
    )


@functools.cache
def _warm(isolation: Isolation, libraries: Libraries, limits: Limits) -> Sandbox:
    sandbox = Sandbox(limits, isolation, libraries=libraries)
    atexit.register(sandbox.close)
    return sandbox
