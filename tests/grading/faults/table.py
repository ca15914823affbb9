"""The instructors' table: every fault, what it tries, and how it ends."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from tests.grading.faults.grading import Ending, worth
from tests.grading.faults.topics import TOPICS

# How Python calls it when the system refuses something; which of them differs with the isolation in force.
REFUSALS = {
    "PermissionError",
    "FileNotFoundError",
    "OSError",
    "URLError",
    "gaierror",
    "OperationalError",
    "AssertionError",
}
FIELDS = ("topic", "fault", "tries", "status", "points", "ends")


def as_csv(endings: Mapping[str, Ending]) -> str:
    """The table; `endings` holds the ending of every fault by its name."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    everything = sum(worth().values())
    for topic, faults in TOPICS.items():
        for fault in faults:
            ending = endings[fault.name]
            points = f"{sum(ending.points.values()):g} of {everything:g}"
            ends = fault.ends or in_short(ending)
            writer.writerow((topic, fault.name, fault.tries, ending.record.status, points, ends))
    return text.getvalue()


def in_short(ending: Ending) -> str:
    """Why a person must look, or what became of the attempt, or what was mended."""
    said = [
        _without_details(ending.headlines[part]) for part in sorted(ending.lost) if ending.headlines[part]
    ]
    for sentences in (ending.record.problems, said, ending.record.repairs):
        if sentences:
            return " ".join(sentences[0].split())
    return "full marks"


def _without_details(headline: str) -> str:
    """What the check said, without the paths, limits and numbers that each machine has its own of."""
    if stopped := re.search(r"this cell (was stopped: it [a-z ]+|ended its process)", headline):
        return f"its cell {stopped[1].strip()}"
    if raised := re.search(r"raised (\w+)", headline):
        return "it is refused" if raised[1] in REFUSALS else f"it fails: {raised[1]}"
    return headline
