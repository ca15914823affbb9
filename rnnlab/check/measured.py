"""Judging a function whose answers are measured: their form first, then their score, then why it is bad."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace

from rnnlab.check.compare import Tolerance
from rnnlab.check.contract import did_not_return, not_there
from rnnlab.check.evidence import NO_ANSWER, Evidence, Trial
from rnnlab.check.form import wrong_form
from rnnlab.check.outcome import Caller, Outcome, Raised, Returned, Stopped
from rnnlab.check.verdict import Verdict
from rnnlab.exercises.spec import Exercise, Failing, Measured, Measurement, Probe, Sample

EXACT = Tolerance(0.0, 0.0)
NOT_SHOWN = "its message is not shown, for it may tell what is held out; `check` in your notebook shows it"
USUAL_TYPES = {
    "ndarray",
    "Tensor",
    "list",
    "tuple",
    "dict",
    "set",
    "str",
    "int",
    "float",
    "bool",
    "int64",
    "float64",
    "NoneType",
}


def check_measured(measured: Measured, call: Caller) -> Verdict:
    """Measure on the public samples: what the score would earn, and what the grade is measured on."""
    verdict = _judged(measured, call, measured.public_samples())
    scored = verdict.passed or verdict.stage == "measured" or verdict.earned is not None
    return replace(verdict, headline=f"{verdict.headline} {measured.public_note}") if scored else verdict


def judge_measured(measured: Measured, call: Caller, samples: Sequence[Sample]) -> Verdict:
    """Measure the function behind `call` on samples that nobody may hear of. Raises `ValueError` where none counts.

    A student's function could put what it was given into the words of an exception, and read them in the feedback.
    """
    return _judged(measured, lambda arguments: list(map(_without_words, call(arguments))), samples)


def _judged(measured: Measured, call: Caller, samples: Sequence[Sample]) -> Verdict:
    if not any(sample.role == "measured" for sample in samples):
        raise ValueError(f"{measured.name} cannot be measured without samples: there would be no score")
    evidence = _gather(measured, call, samples)
    for rung in (not_there, did_not_return, wrong_form):
        verdict = rung(evidence)
        if verdict is not None:
            return verdict
    answers = [trial.got[0] for trial in evidence.trials if trial.got is not None]
    return _scored(measured, measurement_of(measured, samples, answers))


def measurement_of(measured: Measured, samples: Sequence[Sample], answers: Sequence) -> Measurement:
    """The scores of these answers, one to each sample."""
    pairs = list(zip(samples, answers, strict=True))
    given = [pair for pair in pairs if pair[0].role == "given"]
    return Measurement(
        samples=tuple(samples),
        answers=tuple(answers),
        value=measured.metric.score([pair for pair in pairs if pair[0].role == "measured"]),
        given=measured.metric.score(given) if given else None,
    )


def earned_by(measured: Measured, value: float) -> float:
    """The points of a score."""
    reached = [points for score, points in measured.thresholds if measured.metric.reaches(value, score)]
    return max(reached, default=0.0)


def _gather(measured: Measured, call: Caller, samples: Sequence[Sample]) -> Evidence:
    """The answers as evidence on an exercise whose right answers would be those of the right form."""
    outcomes = list(call([sample.arguments for sample in samples]))
    last = outcomes[-1] if outcomes and isinstance(outcomes[-1], Stopped) else NO_ANSWER
    outcomes = (outcomes + [last] * len(samples))[: len(samples)]
    face = Exercise(
        name=measured.name,
        reference=measured.stub,
        probes=lambda rng: (),
        results=(measured.result,),
        points=0,
        chapter=measured.chapter,
        mistakes=(),
    )
    trials = tuple(
        Trial(Probe(sample.label, sample.arguments), outcome, (sample.form,), EXACT)
        for sample, outcome in zip(samples, outcomes, strict=True)
    )
    return Evidence(face, trials, trials[0])


def _without_words(outcome: Outcome) -> Outcome:
    """The outcome without the names and messages that the student's code chose."""
    if isinstance(outcome, Raised):
        known = hasattr(builtins, outcome.kind) and outcome.kind.isidentifier()
        return replace(outcome, kind=outcome.kind if known else "an exception of its own", message=NOT_SHOWN)
    if isinstance(outcome, Returned) and outcome.type_name not in USUAL_TYPES:
        return replace(outcome, type_name="object")
    return outcome


def _scored(measured: Measured, found: Measurement) -> Verdict:
    """The verdict on answers of the right form."""
    failing = next((failing for failing in measured.mistakes if failing.seen(found)), None)
    if failing is not None and failing.fatal:
        headline = f"In {measured.function_name}, {failing.summary}. Until that is mended, no score counts."
        return _not_yet(measured, headline, 0.0, failing)
    earned = earned_by(measured, found.value)
    if earned >= measured.points:
        headline = f"{_score(measured, found)} Such a score earns all {measured.points:g} points."
        return Verdict(measured.name, True, "passed", headline, picture=measured.metric.describe(found))
    reason = f"In {measured.function_name}, {failing.summary}. " if failing is not None else ""
    headline = f"{reason}{_score(measured, found)} {_prospect(measured, earned)}"
    picture = "" if failing is not None else measured.metric.describe(found)
    return _not_yet(measured, headline, earned, failing, picture)


def _score(measured: Measured, found: Measurement) -> str:
    """One sentence with the score."""
    (label, *_) = [sample.label for sample, _ in found.of("measured")]
    name = measured.metric.name
    return f"{name[:1].upper()}{name[1:]} is {measured.metric.written(found.value)} on {label}."


def _prospect(measured: Measured, earned: float) -> str:
    """What a score earns, and where the next threshold lies."""
    threshold, points = next(pair for pair in measured.thresholds if pair[1] > earned)
    bound = "from {} on" if measured.metric.higher_is_better else "at {} or below"
    bound = bound.format(measured.metric.written(threshold))
    now = (
        f"Such a score earns {earned:g} of {measured.points:g} points"
        if earned
        else "Such a score earns no points yet"
    )
    return f"{now}; {bound}, it earns {points:g}."


def _not_yet(
    measured: Measured, headline: str, earned: float, failing: Failing | None, picture: str = ""
) -> Verdict:
    hints = failing.hints if failing is not None else measured.advice
    return Verdict(
        exercise=measured.name,
        passed=False,
        stage="mistake" if failing is not None else "measured",
        headline=headline,
        mistakes=(failing.name,) if failing is not None else (),
        where=hints.where,
        idea=hints.idea,
        fix=hints.fix,
        chapter=measured.chapter,
        picture=picture,
        earned=earned or None,
    )
