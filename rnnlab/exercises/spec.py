"""What an author writes down about a graded function: probes, reference, tolerance, mistakes and hints.

One module per assignment (`rnnlab/exercises/hidden_state.py`) builds these records and hands them on as
`ASSIGNMENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator


@dataclass(frozen=True)
class Formula:
    """A function as an argument of a probe, written as an expression of NumPy: it can be sent to the sandbox as text.

    >>> Formula("lambda x: np.sum(x**2)")(np.array([1.0, 2.0]))
    np.float64(5.0)
    """

    expression: str

    def __call__(self, *arguments: Any) -> Any:
        return _compiled(self.expression)(*arguments)


@lru_cache(maxsize=256)
def _compiled(expression: str) -> Callable[..., Any]:
    return eval(expression, {"np": np})


@dataclass(frozen=True)
class Probe:
    """One call of the student's function: positional arguments, and a label ("T=5, B=2, D=3, H=4").

    `sizes` gives the label's numbers by letter; `traits` says what is special about this probe: "square" (D
    = H), "single" (B = 1), "large" (inputs of ±1000), "float32", "strided" (not contiguous in memory),
    "small" (T = H = 1).
    """

    label: str
    arguments: tuple[Any, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Hints:
    """Three hints, each saying more than the last: a question, the idea with its chapter, nearly the fix."""

    where: str
    idea: str
    fix: str


@dataclass(frozen=True)
class Mistake:
    """A typical wrong solution: the reference's source with one deliberate change.

    `edits` are (old, new) pairs applied to the reference's source; each `old` must occur exactly once.
    """

    name: str
    summary: str
    tag: str
    hints: Hints
    edits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Result:
    """One array (or number) that the function returns: its name and its axes, () for a plain number."""

    name: str
    axes: tuple[str, ...]


@dataclass(frozen=True)
class Exercise:
    """A graded function. `name` is "assignment.function"; `probes(rng)` draws a fresh, full set of probes.

    `alternatives` are functions whose answers differ from the reference's and are accepted as right. `equivalents` are
    the tool-made changes of the reference that change no result, each with the reason, and `without` the traits that
    its probes lack, each with the reason.
    """

    name: str
    reference: Callable[..., Any]
    probes: Callable[[Generator], tuple[Probe, ...]]
    results: tuple[Result, ...]
    points: int
    chapter: str
    mistakes: tuple[Mistake, ...]
    rtol: float = 1e-7
    atol: float = 1e-9
    alternatives: tuple[Callable[..., Any], ...] = ()
    equivalents: Mapping[str, str] = field(default_factory=dict, hash=False)
    without: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def function_name(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Question:
    """A graded answer: a choice among `options` (`answer` is its key) or a number (`options` is empty).

    `wrong` maps a typical wrong answer to the sentence that the student then reads.
    """

    name: str
    answer: str | float
    points: int
    chapter: str
    options: dict[str, str] = field(default_factory=dict)
    wrong: dict[str | float, str] = field(default_factory=dict)
    tolerance: float = 0.0


@dataclass(frozen=True)
class Assignment:
    """The graded parts of one notebook, in the notebook's order."""

    name: str
    title: str
    parts: tuple[Exercise | Question, ...]
