"""What became of one call of a student's function, whether it ran here or in the sandbox.

A caller is any function from an argument tuple to an `Outcome`; the diagnosis sees nothing else of the student.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Returned:
    """The call returned. `value` is None, a number, an array, or a tuple of these; anything else is None and named.

    `type_name` is the type of what came back ("ndarray", "list", "Tensor"); `aliases_input` says that a returned
    array shares memory with an argument; `wrote_to_input` names the arguments (by position) that were changed.
    """

    value: Any
    type_name: str
    aliases_input: bool = False
    wrote_to_input: tuple[int, ...] = ()


@dataclass(frozen=True)
class Raised:
    """The call raised. `line` is the line of the student's cell where it happened, `None` where unknown."""

    kind: str
    message: str
    line_number: int | None = None
    line: str | None = None


@dataclass(frozen=True)
class Missing:
    """No such name was defined, or it is not a function; `why` says which."""

    why: str


@dataclass(frozen=True)
class Stopped:
    """The call never came back: `reason` is "time", "memory", "crash" or "protocol"; `detail` is for people."""

    reason: str
    detail: str


Outcome = Returned | Raised | Missing | Stopped
Caller = Callable[[tuple[Any, ...]], Outcome]
