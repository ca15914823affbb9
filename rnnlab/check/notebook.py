"""`check`: the one line under an exercise, for the student to run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from rnnlab.check.attempts import Attempts
from rnnlab.check.judge import judge
from rnnlab.check.local import local_caller, value_of
from rnnlab.check.measured import check_measured
from rnnlab.check.question import wrong_form
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.catalogue import find, public_probes
from rnnlab.exercises.spec import Exercise, Measured, Part, Question


class NotYet(Exception):
    """The check did not pass; `verdict` says why. IPython shows the reason in place of a traceback."""

    def __init__(self, verdict: Verdict, hint: int = 1) -> None:
        super().__init__(verdict.as_text(hint))
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        return [f"NotYet: {self.verdict.headline}"]


def check(name: str, answer: Callable[..., Any] | Any, hint: int | None = None) -> Verdict | None:
    """Check an exercise or a question and say in words what came of it; `hint=2` and `hint=3` say more.

    A notebook shows the verdict as a card, with one hint more for each new attempt at the same mistake; elsewhere the
    verdict is returned. Where the public checks do not pass, `NotYet` is raised. The answer to a question is only
    looked at for its form. Raises `UnknownName` for a name that is not there.
    """
    verdict = _verdict(find(name), answer)
    shell = _shell()
    level = hint or _earned(shell, verdict, answer)
    if shell is not None:
        _display(verdict, level)
    if not verdict.passed and verdict.stage != "recorded" and not verdict.earned:
        raise NotYet(verdict, level)
    # nbgrader takes the value of a test cell for its points, so in a notebook there is none.
    return None if shell is not None else verdict


def _verdict(part: Part, answer: Any) -> Verdict:
    if isinstance(part, Question):
        return _recorded(part, answer)
    if isinstance(part, Measured):
        return check_measured(part, local_caller(answer, tensors=True))
    return _checked(part, answer)


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


def _shell() -> Any:
    """The IPython that runs this session; None elsewhere."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def _earned(shell: Any, verdict: Verdict, answer: Any) -> int:
    """The level of hints after so many attempts; the session, which counts them, keeps the count."""
    if shell is None:
        return 1
    return shell.meta.setdefault("rnnlab_attempts", Attempts()).level(verdict, answer)


def _display(verdict: Verdict, level: int) -> None:
    from IPython.display import display

    display({"text/plain": verdict.as_text(level), "text/html": verdict.as_html(level)}, raw=True)
