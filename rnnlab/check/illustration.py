"""Drawings of what the student's own code does, in cells that are not graded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def illustration(needs: str) -> Iterator[None]:
    """Run a drawing that needs the student's function `needs`; where it cannot be drawn yet, say so kindly."""
    try:
        yield
    except Exception as problem:
        print(f"This drawing appears once {needs} works ({type(problem).__name__}: {problem}).")
