"""When two answers are the same: exact shape and kind of number first, then finiteness, then closeness.

`np.allclose` alone broadcasts, so that an empty or a smaller array can agree with anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.exercises.spec import Exercise, Probe

Arrays = tuple[NDArray[Any], ...]
KINDS = {"f": "float", "i": "integer", "u": "integer", "b": "bool", "c": "complex"}


@dataclass(frozen=True)
class Tolerance:
    """How far an answer may lie from the right one: |got − want| ≤ atol + rtol·|want|."""

    rtol: float
    atol: float


SINGLE_PRECISION = Tolerance(rtol=1e-4, atol=1e-5)


def tolerance(exercise: Exercise, probe: Probe) -> Tolerance:
    """The exercise's tolerance, wider where the probe holds float32 numbers."""
    if any(getattr(argument, "dtype", None) == np.float32 for argument in probe.arguments):
        return SINGLE_PRECISION
    return Tolerance(exercise.rtol, exercise.atol)


def as_arrays(value: Any) -> Arrays:
    """One array for each result of a function that returned a number, an array or a tuple of these."""
    return tuple(np.asarray(part) for part in (value if isinstance(value, tuple) else (value,)))


def kind(array: NDArray[Any]) -> str:
    """The kind of number in plain words: "float", "integer", "bool", "complex" or "other"."""
    return KINDS.get(array.dtype.kind, "other")


def agree(got: Arrays, want: Arrays, within: Tolerance) -> bool:
    """Whether `got` is an acceptable answer where `want` is the right one."""
    return len(got) == len(want) and all(map(lambda g, w: agree_array(g, w, within), got, want))


def agree_array(got: NDArray[Any], want: NDArray[Any], within: Tolerance) -> bool:
    """Whether one array is acceptable: shape, kind, then finiteness and closeness."""
    if got.shape != want.shape or kind(got) != kind(want) or kind(got) == "other":
        return False
    return close(got, want, within)


def close(got: NDArray[Any], want: NDArray[Any], within: Tolerance) -> bool:
    """Whether all numbers of two arrays of equal shape lie close; NaN equals NaN, and an infinity itself alone."""
    with np.errstate(all="ignore"):
        if got.dtype.kind == want.dtype.kind == "f" and np.isfinite(want).all():
            # what np.allclose does for such numbers, in a fifth of its time: a check compares a thousand times;
            # what is not finite in `got` differs by an infinity or by NaN, neither of which is within anything
            return bool((np.abs(got - want) <= within.atol + within.rtol * np.abs(want)).all())
        return bool(np.allclose(got, want, rtol=within.rtol, atol=within.atol, equal_nan=True))
