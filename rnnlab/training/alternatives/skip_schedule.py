"""How the strength of skip connections goes to zero, so that what has been trained is a network without any.

Source: Soo, Goudar and Wang 2023, which lets the share β = 1 − s of the plain step grow from a small value to 1 in the
course of training; by which rule we could not read. Both rules here are our own. Chapter beyond-bptt.
"""

from __future__ import annotations

from rnnlab.nets.door import expect_sizes


def annealed(step: int, steps: int, start: float = 0.9) -> float:
    """The strength after `step` of `steps` updates, on a straight line from `start` down to 0, and 0 from then on.

    s = start · max(0, 1 − step / steps).

    Raises: ValueError for a negative step, a number of steps below 1 or a start outside of 0 to 1.

    >>> [round(annealed(step, steps=100), 3) for step in (0, 50, 100, 200)]
    [0.9, 0.45, 0.0, 0.0]
    """
    expect_sizes(steps=steps)
    _expect_strength("start", start)
    if step < 0:
        raise ValueError(f"step must be a count of updates, 0 or more, but is {step!r}.")
    return start * max(0.0, 1 - step / steps)


def lowered(strength: float, solved: bool, by: float = 0.1) -> float:
    """The next strength where skips go as fast as the network can do without: lower by `by` if the task is solved now.

    The task is solved for good when it is solved at strength 0.

    Raises: ValueError for a strength outside of 0 to 1, or unless `by` is positive.

    >>> lowered(0.25, solved=False), lowered(0.25, solved=True), lowered(0.05, solved=True)
    (0.25, 0.15, 0.0)
    """
    _expect_strength("strength", strength)
    if not by > 0:
        raise ValueError(f"by must be a positive number, but is {by!r}.")
    return max(0.0, strength - by) if solved else strength


def _expect_strength(name: str, strength: float) -> None:
    if not 0 <= strength <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, but is {strength!r}.")
