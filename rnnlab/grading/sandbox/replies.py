"""Read what came from the sandbox: every field is checked before it becomes a record that the grader trusts."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnlab.check.outcome import Missing, Outcome, Raised, Returned, Stopped

from . import recording, texts
from .frames import ProtocolError

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_MAX_DEPTH = 12
_MAX_NUMBER = 2**31


@dataclass(frozen=True)
class CellResult:
    """What became of one cell: its outputs as a notebook stores them, and how it ended if not well."""

    outputs: tuple[dict[str, Any], ...]
    error: Raised | None
    stopped: Stopped | None
    seconds: float


def read_outcome(reply: dict[str, Any]) -> Outcome:
    """Return the outcome of a call that a reply describes."""
    match reply:
        case {"kind": "returned", "value": value, "type_name": str(name), "aliases_input": bool(aliases)}:
            return Returned(_checked_value(value), texts.one_line(name, texts.MAX_NAME), aliases)
        case {"kind": "raised", "error": dict(error)}:
            return read_error(error)
        case {"kind": "missing", "why": str(why)}:
            return Missing(texts.message(why))
    raise ProtocolError("a reply to a call says returned, raised or missing")


def read_cell(reply: dict[str, Any], seconds: float, output_bytes: int) -> CellResult:
    """Return the result of a cell that a reply describes, with no more outputs than fit into `output_bytes`."""
    match reply:
        case {"outputs": list(outputs), "error": None | dict() as error}:
            checked = _within([_checked_output(output) for output in outputs], output_bytes)
            return CellResult(checked, None if error is None else read_error(error), None, seconds)
    raise ProtocolError("a reply to a cell has outputs and an error or None")


def read_error(error: dict[str, Any]) -> Raised:
    """Return the exception that a reply describes; the student's process may have lifted every bound of its own."""
    match error:
        case {"kind": str(kind), "message": str(message), "line_number": number, "line": line}:
            kind, message = texts.one_line(kind, texts.MAX_NAME), texts.message(message)
            if number is None and line is None:
                return Raised(kind, message)
            if type(number) is int and isinstance(line, str):
                known = 0 < number < _MAX_NUMBER
                return Raised(kind, message, number, texts.one_line(line)) if known else Raised(kind, message)
    raise ProtocolError("an error has a kind, a message, and a line number with its line")


def _checked_value(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return texts.message(value, texts.MAX_ANSWER)
    if value is None or isinstance(value, bool | int | float | complex | np.ndarray | np.generic):
        return value
    if isinstance(value, tuple) and depth < _MAX_DEPTH:
        return tuple(_checked_value(item, depth + 1) for item in value)
    raise ProtocolError("a value is None, a number, text, an array or a tuple of these")


def _within(outputs: list[dict[str, Any]], limit: int) -> tuple[dict[str, Any], ...]:
    """Return the outputs that fit; an honest recorder has cut them already and said so."""
    left = limit + recording.ROOM_FOR_NOTE
    for number, output in enumerate(outputs):
        left -= recording.size_of(output)
        if left < 0:
            return (*outputs[:number], {"output_type": "stream", "name": "stderr", "text": recording.CUT})
    return tuple(outputs)


def _checked_output(output: Any) -> dict[str, Any]:
    """Return an output made anew of the keys that its type has."""
    match output:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": texts.printed(text)}
        case {"output_type": "error", "ename": str(kind), "evalue": str(message), "traceback": list(lines)}:
            if all(isinstance(line, str) for line in lines):
                kind, message = texts.one_line(kind, texts.MAX_NAME), texts.message(message)
                shown = [texts.printed(line) for line in lines]
                return {"output_type": "error", "ename": kind, "evalue": message, "traceback": shown}
        case {"output_type": "execute_result", "data": dict(data), "execution_count": number}:
            if number is None or (type(number) is int and 0 <= number < _MAX_NUMBER):
                shown = {"data": _checked_data(data), "metadata": {}}
                return {"output_type": "execute_result", "execution_count": number, **shown}
        case {"output_type": "display_data", "data": dict(data)}:
            return {"output_type": "display_data", "data": _checked_data(data), "metadata": {}}
    raise ProtocolError("an output is a stream, an error, an execute_result or display_data")


def _checked_data(data: dict[str, Any]) -> dict[str, str]:
    checked = {}
    for name, content in data.items():
        match name, content:
            case "text/plain", str():
                checked[name] = texts.printed(content)
            case "image/png", str() if _BASE64.fullmatch(content):
                checked[name] = content
            case _:
                raise ProtocolError("shown data is text/plain, or image/png in base64")
    return checked


def read_death(status: int, cpu_seconds: float, cpu_limit: int, can_kill_itself: bool) -> Stopped:
    """Return why a child died that the controller did not kill; `status` is that of wait(2)."""
    number = status & 0x7F
    if number == 0:
        return Stopped("crash", f"the process exited with status {status >> 8}")
    if number == signal.SIGXCPU or (number == signal.SIGKILL and cpu_seconds >= cpu_limit):
        return Stopped("time", f"stopped after {cpu_limit} s of processor time")
    if number == signal.SIGKILL and not can_kill_itself:
        return Stopped("memory", "the system killed the process, most likely for want of memory")
    return Stopped("crash", f"the process was killed by {signal.Signals(number).name}")
