"""Plain difference: nothing explains the answer, so say where it lies away from the right one."""

from __future__ import annotations

from dataclasses import replace

from rnnlab.check.evidence import Evidence, Trial
from rnnlab.check.heat import EVERYWHERE, heat, read
from rnnlab.check.verdict import Verdict


def plain_difference(evidence: Evidence) -> Verdict:
    """A verdict that says on how many inputs the answer differs, with a picture of where."""
    trial = evidence.wrong[0]
    count, total = len(evidence.wrong), len(evidence.trials)
    return evidence.verdict(
        "difference",
        f"{evidence.exercise.function_name} has the right form, but other numbers than it should, "
        f"on {'every input' if count == total else f'{count} of {total} inputs'}.",
        trial,
        where=_question(trial, evidence),
    )


def _question(trial: Trial, evidence: Evidence) -> str:
    axes = evidence.exercise.results[0].axes
    if axes[:1] == ("T",):
        return (
            "Compute the first two steps by hand for a sequence of one number. Which is the first "
            "that differs?"
        )
    return "Compute a small case by hand, with sizes of 1 or 2, and print each intermediate value beside it."


def with_strips(verdict: Verdict, evidence: Evidence) -> Verdict:
    """The verdict with strips of where the answer differs, if it is about numbers and the strips say more than it."""
    if verdict.stage not in ("mistake", "mistakes", "relation", "difference"):
        return verdict
    strips = where_it_differs(evidence)
    if verdict.stage != "difference" and all(strip.words == EVERYWHERE for strip in read(strips)):
        return verdict
    return replace(verdict, picture=strips)


def where_it_differs(evidence: Evidence) -> str:
    """The strips of the first wrong result of the first wrong trial that came back in the right form; else ""."""
    for trial in evidence.wrong:
        got = trial.got
        if got is None or [part.shape for part in got] != [part.shape for part in trial.want]:
            continue
        for result, mine, right in zip(evidence.exercise.results, got, trial.want, strict=True):
            if strips := heat(mine, right, trial.within, result.name, result.axes):
                return strips
    return ""
