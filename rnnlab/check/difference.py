"""Plain difference: nothing explains the answer, so show where it lies away from the right one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnlab.check.compare import Tolerance
from rnnlab.check.evidence import Evidence, Trial
from rnnlab.check.verdict import Verdict

SHADES = "░▒▓█"
AGREES = "·"
AXES = {"T": "time", "B": "batch", "H": "unit", "D": "entry", "K": "class"}


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
        picture=_picture(trial, evidence),
    )


def _question(trial: Trial, evidence: Evidence) -> str:
    axes = evidence.exercise.results[0].axes
    if axes[:1] == ("T",):
        return (
            "Compute the first two steps by hand for a sequence of one number. Which is the first "
            "that differs?"
        )
    return "Compute a small case by hand, with sizes of 1 or 2, and print each intermediate value beside it."


def _picture(trial: Trial, evidence: Evidence) -> str:
    """One strip for each axis of the first wrong result: where it agrees, and where it differs most."""
    assert trial.got is not None
    results = zip(evidence.exercise.results, trial.got, trial.want, strict=True)
    for result, got, want in results:
        error = _excess(got, want, trial.within)
        if result.axes and error.any():
            strips = [_strip(error, i, letter) for i, letter in enumerate(result.axes)]
            return "\n".join([*strips, f"        {AGREES} agrees, {SHADES} differs, from little to most"])
    return ""


def _excess(got: NDArray[Any], want: NDArray[Any], within: Tolerance) -> NDArray[np.float64]:
    """The size of the difference where it is beyond the tolerance, 0 elsewhere."""
    with np.errstate(all="ignore"):
        difference = np.nan_to_num(np.abs(got - want.astype(float)), nan=np.inf)
        return np.where(difference > within.atol + within.rtol * np.abs(want), difference, 0.0)


def _strip(error: NDArray[np.float64], axis: int, letter: str) -> str:
    others = tuple(i for i in range(error.ndim) if i != axis)
    heights = error.max(axis=others)
    largest = heights.max()
    cells = (_shade(height / largest if np.isfinite(largest) else float(height > 0)) for height in heights)
    return f"{AXES.get(letter, letter):>6}  {''.join(cells)}"


def _shade(share: float) -> str:
    return AGREES if share <= 0 else SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
