"""Naming: a wrong answer that equals a known mistake's answer on every probe is that mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

from rnnlab.check.compare import agree, as_arrays
from rnnlab.check.evidence import Evidence, Trial, run
from rnnlab.check.outcome import Raised
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.mistakes import mistaken, mistaken_together
from rnnlab.exercises.spec import Mistake


def one_mistake(evidence: Evidence) -> Verdict | None:
    """The first mistake of the catalogue that answers as the student's function does, on every probe."""
    if not _can_be_named(evidence):
        return None
    for mistake in evidence.exercise.mistakes:
        if behaves_like(evidence, mistaken(evidence.exercise, mistake)):
            return _named(evidence, mistake)
    return None


def two_mistakes(evidence: Evidence) -> Verdict | None:
    """The first pair of mistakes that together answer as the student's function does."""
    if not _can_be_named(evidence):
        return None
    for pair in combinations(evidence.exercise.mistakes, 2):
        function = mistaken_together(evidence.exercise, pair)
        if function is not None and behaves_like(evidence, function):
            return _named(evidence, *pair)
    return None


def behaves_like(evidence: Evidence, function: Callable[..., Any]) -> bool:
    """Whether the student's outcomes are this function's on every probe; where it raises, they raise too."""
    return all(_matches(trial, function) for trial in evidence.trials)


def _can_be_named(evidence: Evidence) -> bool:
    """Whether there is a wrong answer to compare; that two functions raise everywhere says nothing about why."""
    return bool(evidence.wrong) and any(trial.got is not None for trial in evidence.trials)


def _matches(trial: Trial, function: Callable[..., Any]) -> bool:
    try:
        value = run(function, trial.probe.arguments)
    except Exception:  # a mistake may raise anything, for instance where shapes do not fit
        # At the smallest size a mistake may raise where another way to make it returns an empty array.
        small = "small" in trial.probe.traits and not trial.right
        return small or isinstance(trial.outcome, Raised)
    return trial.got is not None and agree(trial.got, as_arrays(value), trial.within)


def _named(evidence: Evidence, *mistakes: Mistake) -> Verdict:
    name = evidence.exercise.function_name
    if len(mistakes) == 1:
        stage, headline = "mistake", f"In {name}, {mistakes[0].summary}."
    else:
        first, second = mistakes
        stage, headline = "mistakes", f"In {name}, two things at once: {first.summary}; and {second.summary}."
    return evidence.verdict(
        stage,
        headline,
        mistakes=tuple(mistake.name for mistake in mistakes),
        where=_joined(mistake.hints.where for mistake in mistakes),
        idea=_joined(mistake.hints.idea for mistake in mistakes),
        fix=_joined(mistake.hints.fix for mistake in mistakes),
    )


def _joined(hints: Iterable[str]) -> str:
    """The hints one after the other, each said once."""
    return " ".join(dict.fromkeys(hints))
