"""What an author writes down about a graded function: probes, reference, tolerance, mistakes and hints.

One module per assignment (`rnnlab/exercises/hidden_state.py`) builds these records and hands them on as
`ASSIGNMENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray


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


@dataclass(frozen=True, eq=False)  # one object for each, so that what is remembered of it is found at once
class Exercise:
    """A graded function. `name` is "assignment.function"; `probes(rng)` draws a fresh, full set of probes.

    `alternatives` are functions whose answers differ from the reference's and are accepted as right. `equivalents` are
    the tool-made changes of the reference that change no result, each with the reason, and `without` the traits that
    its probes lack, each with the reason. `views` says that a result may share memory with an argument.
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
    views: bool = False

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
class Sample:
    """One call of a function that is measured, and what its answer is measured against.

    `form` has the shape and the kind of number that an answer must have. `role` says what the call is for: "measured"
    counts; "given" holds data that the student was given to learn from; all else belongs to a failing that asks for it.
    """

    label: str
    arguments: tuple[Any, ...]
    form: NDArray[Any]
    truth: NDArray[Any]
    role: str = "measured"


@dataclass(frozen=True)
class Measurement:
    """What a function answered to each sample, and its score on those that count and on those that were given."""

    samples: tuple[Sample, ...]
    answers: tuple[NDArray[Any], ...]
    value: float
    given: float | None = None

    def of(self, role: str) -> tuple[tuple[Sample, NDArray[Any]], ...]:
        """The samples of a role, each with its answer."""
        pairs = zip(self.samples, self.answers, strict=True)
        return tuple((sample, answer) for sample, answer in pairs if sample.role == role)


@dataclass(frozen=True)
class Failing:
    """A typical reason for a bad score: `seen` recognizes it in what was measured.

    Where it is `fatal` nothing is earned whatever the score, because the score does not mean what it says.
    """

    name: str
    summary: str
    hints: Hints
    seen: Callable[[Measurement], bool]
    fatal: bool = False


@dataclass(frozen=True)
class Metric:
    """A score: its name in a sentence, how it is written, and which direction is better.

    `describe` says more about a measurement in one sentence, such as which class is worst; it may say nothing.
    """

    name: str
    score: Callable[[Sequence[tuple[Sample, NDArray[Any]]]], float]
    form: str = "{:.2f}"
    higher_is_better: bool = True
    describe: Callable[[Measurement], str] = lambda measurement: ""

    def reaches(self, value: float, threshold: float) -> bool:
        """Whether a score is as good as the threshold, or better."""
        return value >= threshold if self.higher_is_better else value <= threshold

    def written(self, value: float) -> str:
        """The score as text, with its unit."""
        return self.form.format(value)


@dataclass(frozen=True)
class Measured:
    """A graded function whose answers are measured, and not compared with right ones.

    `stub` has the signature of the student's function. `samples(rng)` draws what the grade is measured on, and
    `public_samples()` gives what `check` measures on in a notebook. `thresholds` are (score, points) pairs from the
    easiest to the hardest; the last one earns all points. `advice` helps where no failing explains a score, and
    `public_note` says in a notebook what the grade is measured on.
    """

    name: str
    stub: Callable[..., Any]
    samples: Callable[[Generator], tuple[Sample, ...]]
    public_samples: Callable[[], tuple[Sample, ...]]
    result: Result
    metric: Metric
    thresholds: tuple[tuple[float, float], ...]
    chapter: str
    advice: Hints
    public_note: str
    mistakes: tuple[Failing, ...]

    @property
    def function_name(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def points(self) -> float:
        """What the hardest threshold earns."""
        return self.thresholds[-1][1]


Part = Exercise | Question | Measured


@dataclass(frozen=True)
class Assignment:
    """The graded parts of one notebook, in the notebook's order, and what its notebook needs under grading.

    `libraries` names what its sandbox imports beforehand: "numpy", or "torch", which comes with NumPy. The limits are
    wall seconds of one cell, of one call of a student's function, and of a whole submission.
    """

    name: str
    title: str
    parts: tuple[Part, ...]
    libraries: str = "numpy"
    cell_seconds: float = 10.0
    call_seconds: float = 5.0
    submission_seconds: float = 120.0
