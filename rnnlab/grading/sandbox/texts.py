"""Make a text from the sandbox fit to store and to print: bounded, valid Unicode, without a word to the terminal."""

from __future__ import annotations

import re

MAX_MESSAGE = 2_000
MAX_LINE = 2_000
MAX_NAME = 200
MAX_ANSWER = 10_000

# A whole escape sequence goes, so that a colored text does not leave "[31m" behind.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
)
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
_IN_MESSAGES = dict.fromkeys(_CONTROLS) | {number: chr(number) for number in b"\n\t"}
_IN_OUTPUTS = _IN_MESSAGES | {0x0D: "\r"}
_IN_LINES = dict.fromkeys(_CONTROLS) | dict.fromkeys(b"\n\t\r", " ")


def message(text: str, limit: int = MAX_MESSAGE) -> str:
    """Return at most `limit` characters of a text that may have several lines."""
    return _without_controls(text[:limit], _IN_MESSAGES)


def one_line(text: str, limit: int = MAX_LINE) -> str:
    """Return at most `limit` characters of a text, on one line."""
    return _without_controls(text[:limit], _IN_LINES)


def printed(text: str) -> str:
    """Return what a cell printed; a carriage return stays, for progress bars."""
    return _without_controls(text, _IN_OUTPUTS)


def valid(text: str) -> str:
    """Return `text` as valid Unicode: half surrogate pairs become question marks."""
    return text.encode("utf-8", "replace").decode()


def _without_controls(text: str, table: dict[int, str | None]) -> str:
    return _SEQUENCE.sub("", valid(text)).translate(table)
