"""Relation: what the answer has to do with the right one: a multiple, shifted, right here only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.check.compare import Tolerance, close
from rnnlab.check.evidence import Evidence, Trial
from rnnlab.check.outcome import Returned
from rnnlab.check.verdict import Verdict

Finding = tuple[str, str]
A_FEW_DIGITS = Tolerance(rtol=5e-3, atol=1e-3)
TRAITS = {
    "large": ("right for small inputs only", "What does each line give for inputs beyond ±1000?"),
    "float32": ("right for float64 inputs only", "Does a line depend on the inputs' dtype?"),
    "strided": (
        "wrong for arrays that are views of others",
        "Does a line rely on how an array lies in memory?",
    ),
    "small": (
        "wrong for one step or one unit only",
        "Does a line count on more than one step or unit, or squeeze axes of size 1?",
    ),
    "single": ("wrong for a batch of one sequence only", "Does a line drop or squeeze axes of size 1?"),
}


def related(evidence: Evidence) -> Verdict | None:
    """The first relation that holds on every probe; where there are several results, also which of them are wrong."""
    if evidence.all_right:
        return None
    parts = [_of_result(evidence, k) for k in range(len(evidence.exercise.results))]
    wrong = [part for part in parts if part.wrong]
    findings = {_relation(part) for part in wrong}
    names = [part.exercise.results[0].name for part in wrong]
    if len(findings) == 1 and (finding := findings.pop()) is not None:
        says, where = finding
        what = f" as {_listed(names)}" if len(parts) > 1 else ""
        headline = f"What {evidence.exercise.function_name} returns{what} is {says}."
        return evidence.verdict("relation", headline, evidence.wrong[0], where=where)
    return _wrong_in_part(evidence, names) if 0 < len(wrong) < len(parts) else None


def _relation(part: Evidence) -> Finding | None:
    """What one result has to do with the right one."""
    with np.errstate(all="ignore"):
        findings = (find(part) for find in FINDERS)
        return next((finding for finding in findings if finding is not None), None)


def _wrong_in_part(evidence: Evidence, wrong: list[str]) -> Verdict:
    right = [result.name for result in evidence.exercise.results if result.name not in wrong]
    headline = (
        f"{evidence.exercise.function_name} returns the right {_listed(right)}, but a wrong {_listed(wrong)}."
    )
    where = f"Which lines does {_listed(wrong)} depend on, and {_listed(right)} not?"
    return evidence.verdict("relation", headline, evidence.wrong[0], where=where)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _of_result(evidence: Evidence, k: int) -> Evidence:
    """The evidence as if the function returned its result k alone; earlier rungs have seen to shapes and counts."""
    result = evidence.exercise.results[k]
    trials = tuple(
        replace(trial, outcome=Returned(trial.got[k], type(trial.got[k]).__name__), want=(trial.want[k],))
        for trial in evidence.trials
        if trial.got is not None
    )
    return Evidence(replace(evidence.exercise, results=(result,)), trials, trials[0])


def _one(trial: Trial) -> tuple[NDArray[Any], NDArray[Any]]:
    """What came and what is wanted; the rungs before this one have seen to equal shapes."""
    assert trial.got is not None
    return trial.got[0], trial.want[0]


def _imprecise(evidence: Evidence) -> Finding | None:
    if all(close(*_one(trial), A_FEW_DIGITS) for trial in evidence.trials):
        return "right to a few digits only", "Does a line compute in float32, round, or add a small constant?"
    return None


def _scaled(evidence: Evidence) -> Finding | None:
    factors = [_factor(trial) for trial in evidence.trials]
    known = [factor for factor in factors if factor is not None]
    if len(known) < len(factors) or np.allclose(known, 0.0):
        return None
    if np.allclose(known, -1.0):
        return (
            "the right result with the opposite sign",
            "Where is something subtracted that should be added?",
        )
    for name, value in _named_factors(evidence):
        if np.allclose(known, [value(trial.probe.sizes) for trial in evidence.trials], rtol=1e-5):
            return f"{name} times the right result", "Where does your code average, sum or scale?"
    if np.allclose(known, known[0], rtol=1e-5):
        return f"{known[0]:.4g} times the right result", "Which constant factor does your code have?"
    return None


def _factor(trial: Trial) -> float | None:
    """The number c with got = c·want, if there is one."""
    got, want = _one(trial)
    square = float(np.sum(want * want))
    if square == 0:
        return None
    factor = float(np.sum(got * want)) / square
    return factor if close(got, factor * want, trial.within) else None


def _named_factors(evidence: Evidence) -> list[tuple[str, Callable[[Any], float]]]:
    letters = evidence.trials[0].probe.sizes
    named: list[tuple[str, Callable[[Any], float]]] = [("2", lambda sizes: 2.0), ("1/2", lambda sizes: 0.5)]
    for letter in letters:
        named += [
            (f"1/{letter}", lambda sizes, a=letter: 1 / sizes[a]),
            (letter, lambda sizes, a=letter: sizes[a]),
            (f"1/√{letter}", lambda sizes, a=letter: 1 / sqrt(sizes[a])),
            (f"√{letter}", lambda sizes, a=letter: sqrt(sizes[a])),
        ]
    if {"T", "B"} <= letters.keys():
        named.append(("1/(T·B)", lambda sizes: 1 / (sizes["T"] * sizes["B"])))
    return named


def _moved_in_time(evidence: Evidence) -> Finding | None:
    if evidence.exercise.results[0].axes[:1] != ("T",):
        return None
    where = "Which input does the first turn of your loop read, and when is its state stored?"
    moves = {
        "one step late: each step holds the result of the step before": (slice(1, None), slice(None, -1)),
        "one step early: each step holds the result of the step after": (slice(None, -1), slice(1, None)),
        "the right result in reversed order of time": (slice(None, None, -1), slice(None)),
    }
    for says, (mine, right) in moves.items():
        if all(close(_one(t)[0][mine], _one(t)[1][right], t.within) for t in evidence.trials):
            return says, where
    return None


def _right_at_first_only(evidence: Evidence) -> Finding | None:
    places = {
        "T": ("right at the first step only", "What does the second step start from?"),
        "B": (
            "right for the first sequence of the batch only",
            "What does your code do with the second sequence?",
        ),
    }
    axes = evidence.exercise.results[0].axes
    for letter, finding in places.items():
        if letter in axes and _only_first_right(evidence, axes.index(letter)):
            return finding
    return None


def _only_first_right(evidence: Evidence, axis: int) -> bool:
    """Whether index 0 along this axis is right everywhere and the others are wrong.

    Large inputs drive tanh to ±1 whatever the state, so that others may happen to be right there.
    """
    telling = [trial for trial in evidence.wrong if "large" not in trial.probe.traits] or evidence.wrong
    firsts = [_right_along(trial, axis)[0] for trial in evidence.trials]
    others = [right for trial in telling for right in _right_along(trial, axis)[1:]]
    return all(firsts) and not any(others)


def _right_along(trial: Trial, axis: int) -> list[bool]:
    """For each index along an axis whether the answer is right there."""
    got, want = (np.moveaxis(array, axis, 0) for array in _one(trial))
    return [close(g, w, trial.within) for g, w in zip(got, want, strict=True)]


def _right_for_some(evidence: Evidence) -> Finding | None:
    for trait, finding in TRAITS.items():
        if all(trial.right != (trait in trial.probe.traits) for trial in evidence.trials):
            return finding
    telling = [trial for trial in evidence.trials if "small" not in trial.probe.traits]
    if all(not trial.right for trial in telling):
        return None
    where = "Which line mixes up two axes, so that it works only where they are equal or of size 1?"
    for trait, says in (("single", "right for B = 1 only"), ("square", "right where D = H only")):
        if all(trial.right == (trait in trial.probe.traits) for trial in telling):
            return says, where
    return None


FINDERS = (_imprecise, _scaled, _moved_in_time, _right_at_first_only, _right_for_some)
