"""Judging the answer to a question: a choice among options, or a number."""

from __future__ import annotations

from math import inf, isclose, isfinite
from typing import Any

import numpy as np

from rnnlab.check.outcome import Missing, Outcome, Raised, Returned
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.spec import Question


def judge_question(question: Question, outcome: Outcome) -> Verdict:
    """Whether the answer is right; a typical wrong answer gets its own sentence."""
    problem = wrong_form(question, outcome)
    if problem is not None:
        return problem
    assert isinstance(outcome, Returned)
    answer = normalized(question, outcome.value)
    if _equal(question, answer, question.answer):
        return Verdict(question.name, True, "passed", "That is the right answer.")
    known = [says for wrong, says in question.wrong.items() if _equal(question, answer, wrong)]
    headline = known[0] if known else "That is not the right answer."
    return _not_yet(question, "question", headline)


def wrong_form(question: Question, outcome: Outcome) -> Verdict | None:
    """The verdict on an answer that is missing or not of the right kind; None where its form is right."""
    name = answer_name(question)
    if isinstance(outcome, Missing):
        return _not_yet(question, "unwritten", f"There is no {name} yet: {outcome.why}.")
    if isinstance(outcome, Raised) or (
        isinstance(outcome, Returned) and outcome.type_name in ("NoneType", "ellipsis")
    ):
        return _not_yet(question, "unwritten", f"{name} has no value yet.")
    if isinstance(outcome, Returned) and normalized(question, outcome.value) is not None:
        return None
    if question.options:
        keys = ", ".join(repr(key) for key in question.options)
        return _not_yet(question, "form", f"{name} should be one of {keys}.")
    return _not_yet(question, "form", f"{name} should be a number.")


def normalized(question: Question, value: Any) -> str | float | None:
    """The answer as a key of the options or as a float; None where it is neither. Never raises.

    Types are compared exactly: a bool is an int to Python, and a subclass may do anything in its methods.
    """
    value = _plain(value)
    if question.options:
        keys = {key.strip().casefold(): key for key in question.options}
        return keys.get(value.strip().strip("().").casefold()) if type(value) is str else None
    if type(value) is int:
        return _as_float(value)
    return value if type(value) is float and isfinite(value) else None


def _plain(value: Any) -> Any:
    """A NumPy number, text or array of no axes as Python's own; anything else as it is."""
    scalar = isinstance(value, np.generic) or (type(value) is np.ndarray and value.ndim == 0)
    return value.item() if scalar and value.dtype.kind in "iufU" else value


def _as_float(number: int) -> float:
    """The nearest float; infinity for a number too large for one, which is wrong but a number."""
    try:
        return float(number)
    except OverflowError:
        return inf


def answer_name(question: Question) -> str:
    """The name of the student's variable: "answer_sharing" for "hidden_state.question_sharing"."""
    return question.name.rpartition(".")[2].replace("question_", "answer_", 1)


def _equal(question: Question, answer: str | float | None, other: str | float) -> bool:
    if isinstance(answer, str) or isinstance(other, str) or answer is None:
        return answer == other
    return isclose(answer, other, rel_tol=1e-9, abs_tol=question.tolerance)


def _not_yet(question: Question, stage: str, headline: str) -> Verdict:
    return Verdict(question.name, False, stage, headline, chapter=question.chapter)
