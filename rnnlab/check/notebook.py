"""`check`: the one line under an exercise, for the student to run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from rnnlab.check.judge import judge
from rnnlab.check.local import local_caller, value_of
from rnnlab.check.measured import judge_measured
from rnnlab.check.question import wrong_form
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.catalogue import find, public_probes
from rnnlab.exercises.spec import Exercise, Measured, Question


class NotYet(Exception):
    """The check did not pass; `verdict` says why. IPython shows the reason in place of a traceback."""

    def __init__(self, verdict: Verdict, hint: int = 1) -> None:
        super().__init__(verdict.as_text(hint))
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        return [f"NotYet: {self.verdict.headline}"]


def check(name: str, answer: Callable[..., Any] | Any, hint: int = 1) -> Verdict | None:
    """Check an exercise or a question and say in words what came of it; `hint=2` and `hint=3` say more.

    A notebook shows the verdict as a card; elsewhere it is returned. Where the public checks do not pass, `NotYet` is
    raised. The answer to a question is only looked at for its form. Raises `UnknownName` for a name that is not there.
    """
    part = find(name)
    if isinstance(part, Question):
        verdict = _recorded(part, answer)
    elif isinstance(part, Measured):
        verdict = judge_measured(part, local_caller(answer, tensors=True), part.public_samples())
    else:
        verdict = _checked(part, answer)
    shown = _show(verdict, hint)
    if not verdict.passed and verdict.stage != "recorded" and not verdict.earned:
        raise NotYet(verdict, hint)
    # nbgrader takes the value of a test cell for its points, so in a notebook there is none.
    return None if shown else verdict


def _checked(exercise: Exercise, answer: Any) -> Verdict:
    verdict = judge(exercise, local_caller(answer), public_probes(exercise))
    if not verdict.passed:
        return verdict
    headline = f"The public checks of {exercise.function_name} pass. Grading adds inputs of its own."
    return Verdict(exercise.name, True, "passed", headline)


def _recorded(question: Question, answer: Any) -> Verdict:
    problem = wrong_form(question, value_of(answer))
    if problem is not None:
        return problem
    headline = f"Your answer is {answer!r}. Whether it is right is said after grading."
    return Verdict(question.name, False, "recorded", headline)


def _show(verdict: Verdict, hint: int) -> bool:
    """Display the card where IPython runs, and say whether it does."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        return False
    display({"text/plain": verdict.as_text(hint), "text/html": verdict.as_html(hint)}, raw=True)
    return True
