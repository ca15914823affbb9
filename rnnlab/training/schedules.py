"""Learning-rate schedules: the share of the optimizer's rate that is used at each step.

A schedule is a function of the number of updates done before, 0 at the first one, so it is the same after a restart. It
gives a factor, mostly from 0 to 1, and the rate itself is written once, in the optimizer. `plateau_after` is the
exception: it answers to validation scores, and what it remembers is passed in and out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from rnnlab.nets.door import expect_one_of, expect_sizes

Schedule = Callable[[int], float]


def constant() -> Schedule:
    """Always the whole rate: factor 1.

    >>> constant()(100)
    1.0
    """
    return lambda step: 1.0


def step_decay(every: int, factor: float = 0.1) -> Schedule:
    """The rate times `factor` after each `every` steps: factor^⌊step / every⌋.

    Raises: ValueError unless `every` is a positive whole number and 0 < factor ≤ 1.
    Source: torch.optim.lr_scheduler.StepLR.

    >>> [step_decay(every=2, factor=0.5)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    expect_sizes(every=every)
    _expect_factor(factor)
    return lambda step: float(factor) ** (step // every)


def exponential(factor: float) -> Schedule:
    """The rate times `factor` after each step: factor^step.

    Raises: ValueError unless 0 < factor ≤ 1. Source: torch.optim.lr_scheduler.ExponentialLR.

    >>> [exponential(0.5)(step) for step in range(3)]
    [1.0, 0.5, 0.25]
    """
    _expect_factor(factor)
    return lambda step: float(factor) ** step


def linear_warmup(steps: int, then: Schedule | None = None) -> Schedule:
    """From rate / steps at the first step in equal rises to the whole rate: min(1, (step + 1) / steps).

    The schedule `then` follows, and counts its own steps from 0. Adam's means of squares are poor estimates at first;
    small steps wait for better ones.

    Raises: ValueError unless `steps` is a positive whole number. Source: Vaswani et al. 2017; Ma and Yarats 2021.

    >>> [linear_warmup(4)(step) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    """
    expect_sizes(steps=steps)
    after = then or constant()
    return lambda step: (step + 1) / steps if step < steps else after(step - steps)


def cosine(steps: int, warmup: int = 0, floor: float = 0.0) -> Schedule:
    """Half a cosine wave from 1 down to `floor` at `steps`, after a linear warm-up of `warmup` steps.

    floor + (1 − floor) (1 + cos(π u)) / 2 with u = (step − warmup) / (steps − warmup), and `floor` from `steps` on.

    Raises: ValueError unless 0 ≤ warmup < steps and 0 ≤ floor ≤ 1. Source: Loshchilov and Hutter 2017.

    >>> [round(cosine(steps=6, warmup=2)(step), 3) for step in range(7)]
    [0.5, 1.0, 1.0, 0.854, 0.5, 0.146, 0.0]
    """
    expect_sizes(steps=steps)
    if not 0 <= warmup < steps:
        raise ValueError(f"warmup must lie between 0 and steps = {steps}, without steps, but is {warmup!r}.")
    if not 0 <= floor <= 1:
        raise ValueError(f"floor must lie between 0 and 1, but is {floor!r}.")

    def wave(step: int) -> float:
        u = min(1.0, step / (steps - warmup))
        return floor + (1 - floor) * (1 + math.cos(math.pi * u)) / 2

    return linear_warmup(warmup, wave) if warmup else wave


class Plateau(NamedTuple):
    """When to lower the rate: by `factor` after more than `patience` scores in a row that are no better than the best.

    A score counts as better when it beats the best one by more than the share `threshold` of it. The factor never falls
    below `floor`. Source: torch.optim.lr_scheduler.ReduceLROnPlateau.
    """

    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    floor: float = 0.0


class PlateauState(NamedTuple):
    """What a plateau schedule remembers: the best score, how many came since, and the share of the rate in use."""

    best: float | None = None
    waited: int = 0
    share: float = 1.0


def plateau_after(plateau: Plateau, state: PlateauState, score: float, better: str = "lower") -> PlateauState:
    """The state after one more validation score; its `share` is the share of the rate to use from now on.

    `better` is "lower" for losses and "higher" for accuracies.

    Raises: ValueError for settings out of range. Source: torch.optim.lr_scheduler.ReduceLROnPlateau.

    >>> state = PlateauState()
    >>> for score in (1.0, 0.5, 0.6, 0.7):
    ...     state = plateau_after(Plateau(factor=0.5, patience=1), state, score)
    >>> state
    PlateauState(best=0.5, waited=0, share=0.5)
    """
    expect_one_of("better", better, ("lower", "higher"))
    _expect_factor(plateau.factor)
    if state.best is None or _beats(score, state.best, plateau.threshold, better):
        return PlateauState(score, 0, state.share)
    if state.waited < plateau.patience:
        return PlateauState(state.best, state.waited + 1, state.share)
    return PlateauState(state.best, 0, max(plateau.floor, state.share * plateau.factor))


def _beats(score: float, best: float, threshold: float, better: str) -> bool:
    margin = threshold * abs(best)
    return score < best - margin if better == "lower" else score > best + margin


def _expect_factor(factor: float) -> None:
    if not 0 < factor <= 1:
        raise ValueError(f"factor must lie above 0 and at most at 1, but is {factor!r}.")
