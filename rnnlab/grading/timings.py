"""How long each submission took, kept beside the gradebook: a fact about the machine and not about the submission.

One line a submission in `.cache/timings/<assignment>.csv`; a later line about the same student counts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np


def remember(root: Path, assignment: str, taken: Iterable[tuple[str, float]]) -> None:
    """Add the wall seconds that some students' submissions took; where nothing can be written, only this is lost."""
    path = _path(root, assignment)
    with contextlib.suppress(OSError):  # the marks are written, and no grading may fail for its stopwatch
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{seconds:.4f},{student}\n" for student, seconds in taken)


def recall(root: Path, assignment: str) -> dict[str, float]:
    """The seconds of each student, as last remembered; a line that was cut off by a kill is left out."""
    path = _path(root, assignment)
    if not path.is_file():
        return {}
    found: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        seconds, _, student = line.partition(",")
        if student and seconds.replace(".", "", 1).isdigit():
            found[student] = float(seconds)
    return found


def quantiles(seconds: Iterable[float]) -> tuple[float, float, float]:
    """The median, the 95th percentile and the longest; raises `ValueError` where there is nothing."""
    values = np.fromiter(seconds, dtype=float)
    if not values.size:
        raise ValueError("there are no timings to summarize")
    middle, high, longest = np.quantile(values, (0.5, 0.95, 1.0))
    return float(middle), float(high), float(longest)


def _path(root: Path, assignment: str) -> Path:
    return root / ".cache" / "timings" / f"{assignment}.csv"
