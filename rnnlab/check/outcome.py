"""What became of one call of a student's function, whether it ran here or in the sandbox.

A `Caller` takes a batch of argument tuples and gives back one outcome for each, in order: the diagnosis
asks once and sees nothing else of the student. A caller that was stopped half-way may give back fewer
outcomes, the last one `Stopped`; whatever is not there counts as stopped too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Returned:
    """The call returned. `value` is None, a number, an array, or a tuple of these; all else is None.

    The answer to a question may also be a text. An array is a copy, so that no later call can change it.

    `type_name` is the type of what came back ("ndarray", "list", "Tensor"); `aliases_input` says that a
    returned array shares memory with an argument; `wrote_to_input` names the arguments (by position) that
    were changed.
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
    """The call never came back: `reason` is "time", "memory", "crash" or "protocol"; `detail` is for us."""

    reason: str
    detail: str


Outcome = Returned | Raised | Missing | Stopped
Arguments = tuple[Any, ...]
Caller = Callable[[Sequence[Arguments]], Sequence[Outcome]]
