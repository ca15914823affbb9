"""Drawings of what the student's own code does, in cells that are not graded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def illustration(needs: str) -> Iterator[None]:
    """Run a drawing that needs the student's function `needs`; where it fails, say what it waits for."""
    try:
        yield
    except ImportError as problem:
        print(f"This drawing needs a package that is not installed here ({problem}). Nothing else does.")
    except Exception as problem:
        print(f"This drawing appears once {needs} works ({type(problem).__name__}: {problem}).")
