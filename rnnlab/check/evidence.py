"""What is known about one answer: each probe, what the student's function made of it, and what is right."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import is_
from typing import Any

import numpy as np

from rnnlab.check.compare import Arrays, Tolerance, agree, as_arrays, kind, tolerance
from rnnlab.check.outcome import Caller, Outcome, Returned, Stopped
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.catalogue import public_probes
from rnnlab.exercises.spec import Exercise, Probe

NO_ANSWER = Stopped("protocol", "no answer came back")


@dataclass(frozen=True)
class Trial:
    """One probe: the student's outcome beside the right answer."""

    probe: Probe
    outcome: Outcome
    want: Arrays
    within: Tolerance

    @cached_property
    def got(self) -> Arrays | None:
        """What came back as arrays; None where nothing usable did, which text or objects in an array are not."""
        if not isinstance(self.outcome, Returned) or self.outcome.value is None:
            return None
        value = self.outcome.value
        if isinstance(value, tuple) and (len(value) < 2 or any(isinstance(part, tuple) for part in value)):
            return None
        arrays = as_arrays(value)
        return None if any(kind(array) == "other" for array in arrays) else arrays

    @cached_property
    def right(self) -> bool:
        return self.got is not None and agree(self.got, self.want, self.within)


@dataclass(frozen=True)
class Evidence:
    """All trials of one exercise, and the first one again: the same probe, asked once more at the end."""

    exercise: Exercise
    trials: tuple[Trial, ...]
    again: Trial

    @cached_property
    def wrong(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if not trial.right)

    @property
    def all_right(self) -> bool:
        return bool(self.trials) and not self.wrong and self.again.right

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's arguments, as in the notebook's stub."""
        return tuple(inspect.signature(self.exercise.reference).parameters)

    def verdict(self, stage: str, headline: str, trial: Trial | None = None, **details: Any) -> Verdict:
        """A verdict of "not passed" on this exercise, seen in `trial`."""
        return Verdict(
            exercise=self.exercise.name,
            passed=False,
            stage=stage,
            headline=headline,
            chapter=self.exercise.chapter,
            probe=trial.probe.label if trial else "",
            **details,
        )


def gather(exercise: Exercise, call: Caller, probes: Sequence[Probe]) -> Evidence:
    """Ask the function everything at once, the first probe a second time, and work out what is right."""
    outcomes = list(call([probe.arguments for probe in (*probes, *probes[:1])]))
    last = outcomes[-1] if outcomes and isinstance(outcomes[-1], Stopped) else NO_ANSWER
    outcomes += [last] * (len(probes) + 1 - len(outcomes))
    outcomes = outcomes[: len(probes) + 1]
    accounts = [
        _account(exercise, function, probes, outcomes)
        for function in (exercise.reference, *exercise.alternatives)
    ]
    return min(accounts, key=lambda account: len(account.wrong))


def _account(
    exercise: Exercise, function: Callable[..., Any], probes: Sequence[Probe], outcomes: Sequence[Outcome]
) -> Evidence:
    """The evidence if this function is the measure of what is right."""
    wants = _right_answers(exercise, function, probes)
    *trials, again = (
        Trial(probe, outcome, want, tolerance(exercise, probe))
        for probe, outcome, want in zip((*probes, probes[0]), outcomes, (*wants, wants[0]), strict=True)
    )
    return Evidence(exercise, tuple(trials), again)


def _right_answers(
    exercise: Exercise, function: Callable[..., Any], probes: Sequence[Probe]
) -> tuple[Arrays, ...]:
    """What the function gives on each probe; on the public ones, with which every check begins, it is known."""
    public = public_probes(exercise)
    same = len(probes) >= len(public) and all(map(is_, public, probes))
    known = _public_answers(exercise, function) if same else ()
    with quiet():
        return known + tuple(as_arrays(function(*probe.arguments)) for probe in probes[len(known) :])


@lru_cache(maxsize=256)
def _public_answers(exercise: Exercise, function: Callable[..., Any]) -> tuple[Arrays, ...]:
    with quiet():
        return tuple(as_arrays(function(*probe.arguments)) for probe in public_probes(exercise))


def run(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """The value of one of our own functions, without its warnings; a mistake may overflow on purpose."""
    with quiet():
        return function(*arguments)


@contextmanager
def quiet() -> Iterator[None]:
    """Neither Python's warnings nor NumPy's."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def shapes(evidence: Evidence, trial: Trial) -> str:
    """The arguments of a trial by name and shape: "x_t (6, 2), h_prev (6, 4), …"."""
    described = (
        f"{name} {np.shape(argument)}" if np.ndim(argument) else f"{name} = {argument}"
        for name, argument in zip(evidence.parameters, trial.probe.arguments, strict=True)
    )
    return ", ".join(described)
