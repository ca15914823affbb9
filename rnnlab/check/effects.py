"""Effects: writing to the inputs, sharing memory with them, answers that change from call to call."""

from __future__ import annotations

import re

from rnnlab.check.compare import agree
from rnnlab.check.evidence import Evidence, Trial
from rnnlab.check.outcome import Raised, Returned, Stopped
from rnnlab.check.verdict import Verdict


def refused_write(evidence: Evidence) -> Verdict | None:
    """The function tried to write to an input; inputs are read-only, so NumPy raised."""
    for trial in evidence.wrong:
        if isinstance(trial.outcome, Raised) and "read-only" in trial.outcome.message:
            return _wrote(evidence, trial, _target(evidence, trial.outcome), trial.outcome)
    return None


def changing_answers(evidence: Evidence) -> Verdict | None:
    """The first probe, asked again at the end, gave another answer."""
    first, again = evidence.trials[0], evidence.again
    if first.got is None or isinstance(again.outcome, Stopped):
        return None
    if again.got is not None and agree(again.got, first.got, first.within):
        return None
    return evidence.verdict(
        "effects",
        f"{evidence.exercise.function_name} gave two different answers to the same question.",
        first,
        where="Does your function draw random numbers, or keep something from one call to the next?",
        idea="A function of its arguments alone can be checked, and can be differentiated.",
        fix="Leave out `global` variables, default arguments such as `states=[]`, and `np.random`.",
    )


def side_effects(evidence: Evidence) -> Verdict | None:
    """An input was changed, or the result is a view of an input."""
    for trial in evidence.trials:
        if isinstance(trial.outcome, Returned) and trial.outcome.wrote_to_input:
            return _wrote(evidence, trial, evidence.parameters[trial.outcome.wrote_to_input[0]])
    return None if evidence.exercise.views else _shared_memory(evidence)


def _target(evidence: Evidence, outcome: Raised) -> str:
    """The argument that the failing line assigns to, or "" where the line does not say."""
    match = re.match(r"\s*(\w+)\s*(\[.*\]\s*)?[-+*/@]?=[^=]", outcome.line or "")
    return match.group(1) if match and match.group(1) in evidence.parameters else ""


def _wrote(evidence: Evidence, trial: Trial, argument: str, outcome: Raised | None = None) -> Verdict:
    name = evidence.exercise.function_name
    what = f"its input {argument}" if argument else "one of its inputs"
    copy = argument or "h_t"
    return evidence.verdict(
        "effects",
        f"{name} writes into {what}: the caller's array would be changed.",
        trial,
        where="Which line changes an array in place (`a[...] = `, `a += `, `out=a`)?",
        idea="`b = a` gives the same array a second name; it makes no copy.",
        fix=(
            f"Make a new array, for instance `{copy} = {copy} + …` in place of `{copy} += …`, or "
            f"start from `{copy}.copy()`."
        ),
        line_number=outcome.line_number if outcome else None,
        line=outcome.line if outcome else None,
    )


def _shared_memory(evidence: Evidence) -> Verdict | None:
    for trial in evidence.trials:
        if isinstance(trial.outcome, Returned) and trial.outcome.aliases_input:
            return evidence.verdict(
                "effects",
                f"{evidence.exercise.function_name} returned an array that shares memory with an input.",
                trial,
                where="Which argument, or view of one, stands after `return`?",
                idea="Whoever changes the result would change the input too.",
                fix="Return a new array, or a `.copy()`.",
            )
    return None
