"""Turn what a student's function returned or raised into plain data, without trusting it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from numpy import asarray, generic, may_share_memory, ndarray

from . import tensors
from .recording import clean

_KINDS = "biufc"
_MAX_TEXT = 10_000
_MAX_MESSAGE = 2_000
_MAX_DEPTH = 10
_MAX_INTEGER_BITS = 4096


def describe_result(value: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Return the fields of `Returned` for a value."""
    return {
        "kind": "returned",
        "value": plain(value),
        "type_name": name_of(type(value)),
        "aliases_input": _aliases(value, arguments),
    }


def plain(value: Any, depth: int = 0) -> Any:
    """Return `value` as None, a number, text, an array or a tuple of these; None for anything else, as for a list."""
    kind = type(value)
    if kind in (bool, float, complex):
        return value
    if kind is int:
        return value if value.bit_length() <= _MAX_INTEGER_BITS else None
    if kind is str:
        return clean(value[:_MAX_TEXT])
    if issubclass(kind, ndarray):
        return _plain_array(value)
    if tensors.is_tensor_type(kind):
        array = tensors.as_array(value)
        return None if array is None else _plain_array(array)
    if issubclass(kind, generic):
        scalar = _plain_array(asarray(value))
        return None if scalar is None else scalar[()]
    if issubclass(kind, tuple) and depth < _MAX_DEPTH:
        return tuple(plain(item, depth + 1) for item in value)
    return None


def _plain_array(value: ndarray) -> ndarray | None:
    array = ndarray.view(value, ndarray)
    if array.dtype.kind not in _KINDS:
        return None
    if array.dtype.kind in "fc" and array.dtype.itemsize > (8 if array.dtype.kind == "f" else 16):
        return array.astype("f8" if array.dtype.kind == "f" else "c16")
    return array


def _aliases(value: Any, arguments: tuple[Any, ...]) -> bool:
    inputs = list(_arrays(arguments))
    return any(may_share_memory(result, given) for result in _arrays(value) for given in inputs)


def _arrays(value: Any, depth: int = 0) -> list[ndarray]:
    if issubclass(type(value), ndarray):
        return [ndarray.view(value, ndarray)]
    if tensors.is_tensor_type(type(value)):
        array = tensors.as_array(value)
        return [] if array is None else [array]
    if issubclass(type(value), list | tuple) and depth < _MAX_DEPTH:
        return [array for item in value for array in _arrays(item, depth + 1)]
    return []


def describe_error(error: BaseException, sources: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of `Raised`; `sources` maps a cell's file name to the cell."""
    number, line = _place(error, sources)
    return {"kind": name_of(type(error)), "message": message_of(error), "line_number": number, "line": line}


def _place(error: BaseException, sources: Mapping[str, str]) -> tuple[int | None, str | None]:
    """Return the line number within the student's cell, counted from 1, and the line."""
    try:
        frames = [
            (frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(error.__traceback__)
        ]
        if isinstance(error, SyntaxError):
            frames.append((error.filename or "", error.lineno or 0))
        name, number = next(place for place in reversed(frames) if place[0] in sources)
        return number, clean(sources[name].splitlines()[number - 1].strip()[:_MAX_MESSAGE])
    except Exception:
        return None, None


def name_of(kind: Any) -> str:
    """Return a type's name, whatever its metaclass does."""
    return clean(type.__getattribute__(kind, "__name__"))[:200]


def message_of(error: Any) -> str:
    """Return an exception's message, also where its `__str__` fails."""
    try:
        return clean(str(error)[:_MAX_MESSAGE])
    except BaseException:
        return ""
