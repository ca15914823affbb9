"""The diagnosis: a ladder of questions about an answer, asked in order; the first with an answer speaks.

It knows the student's function only by its outcomes, so it is the same in a notebook and under grading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rnnlab.check.contract import did_not_return, not_there
from rnnlab.check.difference import plain_difference, with_strips
from rnnlab.check.effects import changing_answers, refused_write, side_effects
from rnnlab.check.evidence import Evidence, gather
from rnnlab.check.form import wrong_form
from rnnlab.check.naming import one_mistake, two_mistakes
from rnnlab.check.outcome import Caller
from rnnlab.check.relation import related
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.spec import Exercise, Probe

# A mistake's name says more than its symptom, so naming comes before a wrong shape or an exception.
LADDER: tuple[Callable[[Evidence], Verdict | None], ...] = (
    not_there,
    one_mistake,
    two_mistakes,
    refused_write,
    changing_answers,
    did_not_return,
    wrong_form,
    side_effects,
    related,
)


def judge(exercise: Exercise, call: Caller, probes: Sequence[Probe]) -> Verdict:
    """Judge the function behind `call` on these probes. Raises `ValueError` where there are none."""
    if not probes:
        raise ValueError(
            f"{exercise.name} cannot be judged without probes: an empty check would pass anything"
        )
    evidence = gather(exercise, call, probes)
    for rung in LADDER:
        verdict = rung(evidence)
        if verdict is not None:
            return with_strips(verdict, evidence)
    if evidence.all_right:
        return _passed(exercise, len(probes))
    return with_strips(plain_difference(evidence), evidence)


def _passed(exercise: Exercise, count: int) -> Verdict:
    headline = f"{exercise.function_name} gives the right answer on all {count} inputs of this check."
    return Verdict(exercise.name, True, "passed", headline)
