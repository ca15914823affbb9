"""Calling the student's function in this process, as a caller whose outcomes the diagnosis can read."""

from __future__ import annotations

import linecache
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnlab.check.outcome import Arguments, Caller, Missing, Outcome, Raised, Returned

PLAIN_NUMBERS = (bool, int, float, complex, np.generic)


def local_caller(function: Any, tensors: bool = False) -> Caller:
    """The caller of a function that was defined in this process; with `tensors`, torch's count as arrays."""

    def call(batch: Sequence[Arguments]) -> list[Outcome]:
        return [call_once(function, arguments, tensors) for arguments in batch]

    return call


def call_once(function: Any, arguments: Arguments, tensors: bool = False) -> Outcome:
    """What becomes of one call. Warnings are not shown, and none of the student's exceptions gets out."""
    if not callable(function):
        return Missing(f"what was given is of type {type(function).__name__}")
    before = tuple(_copy(argument) for argument in arguments)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = function(*arguments)
    except Exception as error:
        return _raised(error, function)
    wrote = tuple(i for i, (old, now) in enumerate(zip(before, arguments, strict=True)) if _changed(old, now))
    type_name, value = type(value).__name__, _array(value) if tensors else value
    return Returned(_carried(value), type_name, _shares_memory(value, arguments), wrote)


def value_of(answer: Any) -> Outcome:
    """The outcome of a question: the answer itself."""
    return Returned(answer, type(answer).__name__)


def _raised(error: Exception, function: Any) -> Raised:
    filename = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    if not frames:
        return Raised(type(error).__name__, str(error))
    number = frames[-1].lineno
    line = linecache.getline(frames[-1].filename, number or 0).strip()
    return Raised(type(error).__name__, str(error), number, line or None)


def _array(value: Any) -> Any:
    """A tensor in the processor's memory as an array; anything else as it is."""
    torch = sys.modules.get("torch")
    return value.detach().cpu().numpy() if torch is not None and isinstance(value, torch.Tensor) else value


def _carried(value: Any) -> Any:
    """A copy of a number, an array or a tuple of these; None for anything else."""
    if isinstance(value, tuple):
        parts = tuple(_carried(part) for part in value)
        return None if any(part is None for part in parts) else parts
    if isinstance(value, np.ndarray):
        return np.array(value, subok=False)
    return value if isinstance(value, PLAIN_NUMBERS) else None


def _copy(argument: Any) -> Any:
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _changed(old: Any, now: Any) -> bool:
    return isinstance(now, np.ndarray) and not np.array_equal(old, now, equal_nan=now.dtype.kind == "f")


def _shares_memory(value: Any, arguments: Arguments) -> bool:
    arrays = [
        part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, np.ndarray)
    ]
    inputs = [argument for argument in arguments if isinstance(argument, np.ndarray)]
    return any(np.may_share_memory(array, argument) for array in arrays for argument in inputs)
