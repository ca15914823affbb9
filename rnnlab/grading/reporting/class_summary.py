"""What a class's results come to, gathered one student at a time: sums and short lists, never all of the class.

Ten thousand results pass through here, and what stays in memory is a few kilobytes a student at most.
"""

from __future__ import annotations

import heapq
import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from rnnlab.grading import notebooks
from rnnlab.grading.record import Status
from rnnlab.grading.reporting.clusters import Clusters
from rnnlab.grading.reporting.copies import Copies
from rnnlab.grading.reporting.results import Part, StudentResult, state_of

MOST_ROWS = 400
MOST_LISTED = 100
BINS = 10
TAMPERED = re.compile(r"test cell|locked cell|interfered with the grader")
INTERFERED = "interfered with the grader"


@dataclass
class PartSummary:
    """How the class did in one part."""

    name: str
    max_score: float = 0.0
    points: float = 0.0
    states: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """The students whose points stand."""
        return self.states.total() - self.states["waiting"]

    @property
    def share(self) -> float:
        """The class's points as a share of all that could be had; 1 where nobody has been graded."""
        most = self.count * self.max_score
        return self.points / most if most else 1.0

    def add(self, part: Part, state: str) -> None:
        self.max_score = max(self.max_score, part.max_score)
        self.states[state] += 1
        if state != "waiting":
            self.points += part.score


@dataclass(frozen=True)
class Listed:
    """A student with the reasons for being on a list."""

    student: str
    reasons: tuple[str, ...]


class ClassSummary:
    """The class so far."""

    def __init__(self, names: tuple[str, ...], template: Iterable[str] = ()) -> None:
        self.parts = {name: PartSummary(name) for name in names}
        self.statuses: Counter[Status] = Counter()
        self.mistakes: Counter[tuple[str, str]] = Counter()
        self.isolations: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()
        self.clusters = Clusters()
        self.copies = Copies(template)
        self.persons: list[Listed] = []
        self.tampered: list[Listed] = []
        self.tampered_count = 0
        self.waiting = 0
        self._shares = array("d")
        self._seconds: list[tuple[float, str]] = []
        self._total_seconds = 0.0
        self._rows: list[tuple[float, str, StudentResult]] = []

    def add(self, result: StudentResult) -> None:
        """Count one student."""
        self.statuses[result.record.status] += 1
        self.waiting += result.needs_grading
        if result.record.status is Status.PERSON:
            _list(self.persons, Listed(result.student, result.record.problems))
        else:
            self.isolations[result.record.isolation] += 1
        for part in result.parts:
            self.parts.setdefault(part.name, PartSummary(part.name)).add(part, state_of(part))
        findings = result.failed
        self.mistakes.update({(f.verdict.exercise, m) for f in findings for m in f.verdict.mistakes})
        self.clusters.add(result.student, (finding.verdict for finding in findings))
        self.copies.add(result.student, own_cells(result))
        self._add_flags(result)
        share = result.final_score / result.max_score if result.max_score else 0.0
        if result.parts:  # who has no points yet has not got 0 of them
            self._shares.append(share)
        self._keep_row(share, result)

    @property
    def count(self) -> int:
        """How many students there are."""
        return self.statuses.total()

    @property
    def shares(self) -> tuple[float, float, float]:
        """The quartiles of the shares of all points: lower, median, upper; zeros for an empty class."""
        if not self._shares:
            return 0.0, 0.0, 0.0
        low, middle, high = np.quantile(np.asarray(self._shares), (0.25, 0.5, 0.75))
        return float(low), float(middle), float(high)

    @property
    def mean(self) -> float:
        """The mean share of all points."""
        return float(np.mean(np.asarray(self._shares))) if self._shares else 0.0

    def histogram(self) -> list[int]:
        """How many students lie in each tenth of all points, from 0 to 100 %; more than 100 % counts as 100 %."""
        counts, _ = np.histogram(np.clip(np.asarray(self._shares), 0, 1), bins=BINS, range=(0, 1))
        return [int(count) for count in counts]

    def marks_in_words(self) -> str:
        """The histogram for a reader who does not see it."""
        step = 100 // BINS
        said = [f"{n} from {step * i} to {step * (i + 1)} %" for i, n in enumerate(self.histogram()) if n]
        return f"Students by their share of the points: {', '.join(said) or 'none'}"

    def hardest(self) -> list[PartSummary]:
        """The parts, the hardest first; those that a person has still to grade come last."""
        return sorted(self.parts.values(), key=lambda part: (part.states["waiting"] > 0, part.share))

    def rows(self) -> tuple[list[StudentResult], bool]:
        """The students by name, and whether these are all; of a large class those with the fewest points."""
        everybody = self.count <= MOST_ROWS
        chosen = sorted(self._rows, reverse=True)
        chosen = chosen if everybody else chosen[:MOST_LISTED]
        return sorted((result for _, _, result in chosen), key=lambda result: result.student), everybody

    def _keep_row(self, share: float, result: StudentResult) -> None:
        """Keep a bounded number of results, those with the smallest shares; without their notebooks."""
        entry = (-share, result.student, replace(result, blocks=()))
        if len(self._rows) < MOST_ROWS:
            heapq.heappush(self._rows, entry)
        else:
            heapq.heappushpop(self._rows, entry)

    def _add_flags(self, result: StudentResult) -> None:
        names = {part.name for part in result.parts}
        names |= {str(notebooks.grade_id(cell)) for block in result.blocks for cell in block.answers}
        self.repairs.update({without_names(repair, names) for repair in result.record.repairs})
        if flags := flags_of(result):
            self.tampered_count += 1
            alike = Counter(without_names(flag, names) for flag in flags)
            reasons = (flag if n == 1 else f"{flag} ({n} times)" for flag, n in alike.items())
            _list(self.tampered, Listed(result.student, tuple(reasons)))


def flags_of(result: StudentResult) -> tuple[str, ...]:
    """What looks as if somebody had tried to reach the tests or the grader; honest accidents look the same."""
    flags = [repair for repair in result.record.repairs if TAMPERED.search(repair)]
    cells = (cell for block in result.blocks for cell in (*block.added, *block.answers))
    errors = (o for cell in cells for o in cell.get("outputs", ()) if o.output_type == "error")
    if any(error.ename == "Stopped" and INTERFERED in error.evalue for error in errors):
        flags.append(f"a cell was stopped because it {INTERFERED}")
    return tuple(flags)


def without_names(repair: str, names: Iterable[str]) -> str:
    """A repair's sentence without the name of the cell, so that equal repairs can be counted.

    >>> without_names("the test cell test_embed was missing", {"test_embed", "embed"})
    'the test cell … was missing'
    """
    words = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"\b(?:{words})\b", "…", repair) if words else repair


def own_cells(result: StudentResult) -> list[str]:
    """All code cells that the student wrote."""
    cells = (cell for block in result.blocks for cell in (*block.added, *block.answers))
    return [cell.source for cell in cells if cell.cell_type == "code" and cell.source.strip()]


def _list(listed: list[Listed], entry: Listed) -> None:
    if len(listed) < MOST_LISTED:
        listed.append(entry)
