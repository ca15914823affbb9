"""Where exercises are found by name, and the probes that everybody may see.

An assignment's module is imported when one of its parts is first asked for.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from zlib import crc32

import numpy as np

from rnnlab.exercises.spec import Assignment, Exercise, Part, Probe

ASSIGNMENTS = (
    "hidden_state",
    "activations_losses",
    "bptt",
    "gradients",
    "gated",
    "sequences",
    "architectures",
    "project",
)


class UnknownName(LookupError):
    """No exercise, question or assignment has this name; the message proposes the nearest ones."""


def assignment(name: str) -> Assignment:
    """The assignment `name`, such as "hidden_state"."""
    if name not in ASSIGNMENTS:
        raise UnknownName(_not_found("assignment", name, ASSIGNMENTS))
    return import_module(f"rnnlab.exercises.{name}").ASSIGNMENT


def find(name: str) -> Part:
    """The exercise, question or measured function `name`, such as "hidden_state.rnn_step"."""
    home = name.partition(".")[0]
    parts = assignment(home).parts if home in ASSIGNMENTS else ()
    for part in parts:
        if part.name == name:
            return part
    raise UnknownName(_not_found("exercise", name, names()))


def names() -> tuple[str, ...]:
    """The names of all exercises and questions, in the course's order."""
    return tuple(part.name for home in ASSIGNMENTS for part in assignment(home).parts)


@lru_cache(maxsize=64)
def public_probes(exercise: Exercise) -> tuple[Probe, ...]:
    """The probes that `check` uses in a notebook: the same for everybody, every time."""
    return exercise.probes(np.random.default_rng(crc32(exercise.name.encode())))


def _not_found(kind: str, name: str, known: tuple[str, ...]) -> str:
    short = {other.rpartition(".")[2]: other for other in known}
    last = name.rpartition(".")[2]
    near = [other for other in known if other.rpartition(".")[2] == last]
    near += get_close_matches(name, known, n=3, cutoff=0.5)
    near += [short[match] for match in get_close_matches(last, short, n=3, cutoff=0.7)]
    near = list(dict.fromkeys(near))
    advice = f"Did you mean {_either(near)}?" if near else f"There are: {', '.join(known)}."
    return f"There is no {kind} named {name!r}. {advice}"


def _either(options: list[str]) -> str:
    return " or ".join(repr(option) for option in options)
