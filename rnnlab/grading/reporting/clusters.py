"""Wrong answers that no mistake of the catalogue explains, grouped over the class by what they answered.

A large group is a mistake that its author has not thought of: one entry in the catalogue, and everybody in the group
gets a hint at the next run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rnnlab.check import Verdict

MOST_NAMES = 5


@dataclass
class Cluster:
    """The students whose functions gave the same wrong answers to the public probes of one exercise."""

    exercise: str
    signature: str
    verdict: Verdict
    count: int = 0
    students: list[str] = field(default_factory=list)

    @property
    def representative(self) -> str:
        """The student whose code stands for all of them: the first one that was met."""
        return self.students[0]


class Clusters:
    """Groups that grow one student at a time; of each group a few names are kept, and all are counted."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Cluster] = {}

    def add(self, student: str, verdicts: Iterable[Verdict]) -> None:
        """Count a student's wrong answers that have no name."""
        for verdict in verdicts:
            if not verdict.signature or verdict.mistakes:
                continue
            key = (verdict.exercise, verdict.signature)
            cluster = self._found.setdefault(key, Cluster(*key, verdict))
            cluster.count += 1
            if len(cluster.students) < MOST_NAMES:
                cluster.students.append(student)

    @property
    def count(self) -> int:
        """How many different wrong answers there are."""
        return len(self._found)

    def largest(self, most: int) -> list[Cluster]:
        """The largest groups, the largest first; of equal ones the first in the alphabet."""
        return sorted(self._found.values(), key=lambda c: (-c.count, c.exercise, c.signature))[:most]
