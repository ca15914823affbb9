"""Form: the right type, number of results, shape and kind of number, and no NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.check.compare import Arrays, agree_array, kind
from rnnlab.check.evidence import Evidence, Trial
from rnnlab.check.outcome import Returned
from rnnlab.check.shape import describe_shape
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.spec import Result

_LIST_IN_A_TUPLE = "A list becomes an array by `np.array(...)`, a list of arrays by `np.stack(...)`."
_FIXES = {
    "list": "Make an array of the list: `np.array(...)` of numbers, `np.stack(...)` of arrays.",
    "tuple": "Return the array alone: a comma after it makes a tuple.",
}


def wrong_form(evidence: Evidence) -> Verdict | None:
    """The first way in which an answer's form differs from what is wanted."""
    for trial in evidence.wrong:
        verdict = _wrong_type(evidence, trial) or _wrong_count(evidence, trial)
        if verdict is not None:
            return verdict
    if evidence.wrong and (verdict := _wrong_order(evidence, evidence.wrong[0])) is not None:
        return verdict
    for rung in (_wrong_shape, _wrong_kind, _not_finite):
        for trial in evidence.wrong:
            for result, got, want in _pairs(evidence, trial):
                verdict = rung(evidence, trial, result, got, want)
                if verdict is not None:
                    return verdict
    return None


def _pairs(evidence: Evidence, trial: Trial) -> list[tuple[Result, NDArray[Any], NDArray[Any]]]:
    got: Arrays = trial.got if trial.got is not None else ()
    return list(zip(evidence.exercise.results, got, trial.want, strict=True))


def _wrong_type(evidence: Evidence, trial: Trial) -> Verdict | None:
    if trial.got is not None or not isinstance(trial.outcome, Returned):
        return None
    name, came = evidence.exercise.function_name, trial.outcome.type_name
    wanted = "a number" if not evidence.exercise.results[0].axes else "a NumPy array"
    if came == "ndarray":
        headline = f"{name} returned an array that holds something else than numbers."
        where = "What does `result.dtype` print, and which line decides it?"
        fix = "Rows of different lengths, `None` and texts among the numbers make such an array."
        return evidence.verdict("form", headline, trial, where=where, fix=fix)
    if came == "tuple" and trial.outcome.value is None and len(evidence.exercise.results) > 1:
        headline = f"{name} returned a tuple, but not each of its parts is a number or a NumPy array."
        where = "What does `[type(part) for part in result]` print?"
        return evidence.verdict("form", headline, trial, where=where, fix=_LIST_IN_A_TUPLE)
    if len(evidence.exercise.results) > 1:
        return _not_several(evidence, trial, came)
    article = "an" if came[:1].lower() in ("a", "e", "i", "o") else "a"
    headline = f"{name} returned {article} {came} where {wanted} is wanted."
    where = "What does `type(result)` print?"
    return evidence.verdict("form", headline, trial, where=where, fix=_FIXES.get(came, ""))


def _not_several(evidence: Evidence, trial: Trial, came: str) -> Verdict:
    """One thing came where several results belong."""
    names = [result.name for result in evidence.exercise.results]
    name = evidence.exercise.function_name
    headline = f"{name} returned one {came} where {len(names)} results are wanted: {', '.join(names)}."
    where = "What stands after `return`, and in which brackets?"
    fix = f"Separate the results by commas, without square brackets: `return {', '.join(names)}`."
    return evidence.verdict("form", headline, trial, where=where, fix=fix)


def _wrong_count(evidence: Evidence, trial: Trial) -> Verdict | None:
    results = evidence.exercise.results
    if trial.got is None or len(trial.got) == len(results):
        return None
    names = ", ".join(result.name for result in results)
    name = evidence.exercise.function_name
    came = "1 value" if len(trial.got) == 1 else f"{len(trial.got)} values"
    headline = f"{name} returned {came} where {len(results)} should come: {names}."
    where = "What stands after `return`, and how many commas?"
    fix = f"End with `return {names}`." if len(results) > 1 else f"Return {names} alone."
    return evidence.verdict("form", headline, trial, where=where, fix=fix)


def _wrong_order(evidence: Evidence, trial: Trial) -> Verdict | None:
    """The right results, but not in the order in which they are wanted."""
    results = evidence.exercise.results
    if trial.got is None or len(results) < 2:
        return None
    places = [_place(got, trial) for got in trial.got]
    if None in places or len(set(places)) < len(results):
        return None
    wanted = ", ".join(result.name for result in results)
    came = ", ".join(results[place].name for place in places if place is not None)
    headline = (
        f"{evidence.exercise.function_name} returned its results in the order {came}; {wanted} is wanted."
    )
    fix = f"End with `return {wanted}`."
    return evidence.verdict("form", headline, trial, where="What stands after `return`?", fix=fix)


def _place(got: NDArray[Any], trial: Trial) -> int | None:
    """Which of the right results this one is."""
    found = (place for place, want in enumerate(trial.want) if agree_array(got, want, trial.within))
    return next(found, None)


def _wrong_shape(
    evidence: Evidence, trial: Trial, result: Result, got: NDArray[Any], want: NDArray[Any]
) -> Verdict | None:
    if got.shape == want.shape:
        return None
    came = f"{evidence.exercise.function_name} returned {result.name} with shape {got.shape}"
    if result.axes:
        wanted = f"({', '.join(result.axes)}) = {want.shape} is wanted"
        headline = f"{came}, but {wanted}: {describe_shape(got.shape, want.shape, result.axes)}."
    else:
        headline = f"{came}, but a single number is wanted."
    where = "Print the shape after each line of your function. After which line is it not what you expect?"
    return evidence.verdict("form", headline, trial, where=where)


def _wrong_kind(
    evidence: Evidence, trial: Trial, result: Result, got: NDArray[Any], want: NDArray[Any]
) -> Verdict | None:
    came, wanted = kind(got), kind(want)
    if came == wanted and came != "other":
        return None
    headline = (
        f"{evidence.exercise.function_name} returned {result.name} as {got.dtype} numbers, "
        f"but {wanted} numbers are wanted."
    )
    where = "What does `result.dtype` print, and which line decides it?"
    return evidence.verdict("form", headline, trial, where=where)


def _not_finite(
    evidence: Evidence, trial: Trial, result: Result, got: NDArray[Any], want: NDArray[Any]
) -> Verdict | None:
    bad = ~np.isfinite(got) & np.isfinite(want)
    if not bad.any():
        return None
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    value = "NaN" if np.isnan(got[first]) else "infinite"
    place = f"{result.name}[{', '.join(map(str, first))}]" if first else result.name
    headline = f"{evidence.exercise.function_name} returned {value} numbers, the first at {place}."
    fix = "Exponentials of large numbers overflow; NumPy's own functions, such as `np.tanh`, do not."
    large = "large" in trial.probe.traits
    where = (
        "What does each line give for inputs beyond ±1000?"
        if large
        else "Which line divides, or takes a root or logarithm?"
    )
    return evidence.verdict("form", headline, trial, where=where, fix=fix if large else "")
