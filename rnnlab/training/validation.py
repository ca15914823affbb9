"""Validation during training: the best parameters are kept, and a run that no longer gets better is ended early."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rnnlab.nets.door import expect_one_of, expect_sizes
from rnnlab.training.runs import Run
from rnnlab.training.schedules import Plateau, plateau_after


class Validation(NamedTuple):
    """How a run is judged on data it does not learn from: score(params), after each `every` steps.

    The parameters with the best score are kept; `better` is "lower" for losses and "higher" for accuracies. The run
    stops early after `patience` scores in a row that are not better, and `plateau` lowers the rate before that. There
    is no extra score at the end, so that a run that goes on later is the same as one that goes through.
    Source: Prechelt 1998; chapter training.
    """

    score: Callable[[Any], float]
    every: int = 100
    better: str = "lower"
    patience: int | None = None
    plateau: Plateau | None = None


def judged(validation: Validation, run: Run, score: float) -> Run:
    """The run after one more validation score: with its parameters as the best ones, or one more to wait.

    >>> from rnnlab.training.optimizers import OptimizerState
    >>> run = Run(100, "weights", OptimizerState(100, None, None), carry=None)
    >>> for score in (0.5, 0.3, 0.4):
    ...     run = judged(Validation(score=len), run, score)
    >>> run.best_score, run.waited
    (0.3, 1)
    """
    plateau = run.plateau
    if validation.plateau is not None:
        plateau = plateau_after(validation.plateau, plateau, score, validation.better)
    best = run.best_score
    if best is None or (score < best if validation.better == "lower" else score > best):
        return run._replace(
            best_params=run.params, best_score=score, best_step=run.step, waited=0, plateau=plateau
        )
    return run._replace(waited=run.waited + 1, plateau=plateau)


def out_of_patience(run: Run, validation: Validation | None) -> bool:
    """Whether so many scores in a row were no better that the run is to stop.

    >>> from rnnlab.training.optimizers import OptimizerState
    >>> run = Run(100, None, OptimizerState(100, None, None), carry=None, waited=3)
    >>> out_of_patience(run, Validation(score=len, patience=3)), out_of_patience(run, None)
    (True, False)
    """
    return validation is not None and validation.patience is not None and run.waited >= validation.patience


def expect_valid(validation: Validation, steps: int | None) -> None:
    """Refuse settings out of range, or a validation that would never take place.

    Raises: ValueError.

    >>> expect_valid(Validation(score=len, every=100), steps=50)
    Traceback (most recent call last):
    ValueError: validation comes after each 100 steps, but there are 50 in all. Choose a smaller every.
    """
    expect_one_of("better", validation.better, ("lower", "higher"))
    expect_sizes(every=validation.every)
    if validation.patience is not None:
        expect_sizes(patience=validation.patience)
    if steps is not None and steps < validation.every:
        raise ValueError(
            f"validation comes after each {validation.every} steps, but there are {steps} in all. "
            "Choose a smaller every."
        )
