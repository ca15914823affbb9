"""Stands for `rnnlab.check` where a student's code runs: the names of the real one, which must not be readable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any


class Verdict:
    """What `check` returns here; it says nothing and passes nothing."""

    passed = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        pass

    def __repr__(self) -> str:
        return "the grader runs the checks"

    def _ipython_display_(self) -> None:
        """Show nothing as the value of a cell: `check` has printed it already."""


class NotYet(Exception):
    """Never raised here, so that a notebook can name it."""


def check(*arguments: Any, **options: Any) -> Verdict:
    """Check nothing: the grader does."""
    print("the grader runs the checks")
    return Verdict()


@contextmanager
def illustration(*arguments: Any, **options: Any) -> Iterator[None]:
    """Run a drawing; where it fails, go on without a word. An interrupt at the time limit still ends the cell."""
    with suppress(Exception):
        yield


def as_module() -> ModuleType:
    """Return the stand-in."""
    module = ModuleType("rnnlab.check")
    module.__dict__.update(check=check, illustration=illustration, NotYet=NotYet, Verdict=Verdict)
    return module
