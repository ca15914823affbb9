"""Mistaken functions, made from the reference's source by small edits, so that the two cannot drift apart."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import lru_cache
from textwrap import dedent
from typing import Any

import numpy as np

from rnnlab.exercises.spec import Exercise, Mistake


class EditError(ValueError):
    """An edit does not fit its reference: the text to replace is missing or occurs more than once."""


@lru_cache(maxsize=256)
def source_of(function: Callable[..., Any]) -> str:
    """The source of a function, without indentation."""
    return dedent(inspect.getsource(function))


@lru_cache(maxsize=1024)
def mistaken(exercise: Exercise, *mistakes: Mistake) -> Callable[..., Any]:
    """The reference with the edits of these mistakes. Raises `EditError` where an edit does not fit."""
    source = source_of(exercise.reference)
    for mistake in mistakes:
        source = edited(source, mistake)
    return compiled(source, exercise.reference)


def mistaken_together(exercise: Exercise, pair: tuple[Mistake, Mistake]) -> Callable[..., Any] | None:
    """The reference with both mistakes, in an order in which the edits fit; None where there is none."""
    for order in (pair, pair[::-1]):
        try:
            return mistaken(exercise, *order)
        except (EditError, SyntaxError):
            continue
    return None


def edited(source: str, mistake: Mistake) -> str:
    """The source after all edits of one mistake."""
    for old, new in mistake.edits:
        count = source.count(old)
        if count != 1:
            raise EditError(
                f"mistake {mistake.name!r}: the text {old!r} must occur exactly once in the "
                f"reference's source, but occurs {count} times"
            )
        source = source.replace(old, new)
    return source


def compiled(source: str, reference: Callable[..., Any]) -> Callable[..., Any]:
    """The function that `source` defines under the reference's name, with the reference's globals and `np`."""
    namespace = inspect.unwrap(reference).__globals__ | {"np": np}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # a mutant may be nonsense that Python sees at once
        exec(compile(source, f"<{reference.__name__}, changed>", "exec"), namespace)
    return namespace[reference.__name__]
