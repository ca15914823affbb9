"""An assignment's results, read from the gradebook (points) and the autograded notebooks (verdicts, repairs)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rnnlab import exercises
from rnnlab.check import Verdict
from rnnlab.grading.course import Course
from rnnlab.grading.record import Record, Status
from rnnlab.grading.reporting import graded
from rnnlab.grading.reporting.graded import Block
from rnnlab.grading.reporting.sheets import Mark, Sheet, sheets


@dataclass(frozen=True)
class Part:
    """One graded cell of one student: its points, and the verdict where a check gave one.

    `written` marks an answer in words, which no check looks at; `by_hand` says that a person gave the points.
    """

    name: str
    score: float
    max_score: float
    needs_grading: bool
    verdict: Verdict | None
    by_hand: bool = False
    extra_credit: float = 0.0
    written: bool = False

    @property
    def title(self) -> str:
        """The part's name for people: the function, question or explanation."""
        return self.name.removeprefix("test_")


def state_of(part: Part) -> str:
    """What became of a part: "waiting", "unwritten", "by hand", "full", "partial", "none" or "ungraded".

    The gradebook's points decide, and not the verdict: a person may have changed them.
    """
    if part.needs_grading:
        return "waiting"
    untouched = part.written if part.verdict is None else part.verdict.stage == "unwritten"
    if untouched and not part.by_hand and part.score == 0:
        return "unwritten"
    if part.verdict is None:
        return "by hand" if part.by_hand else "full" if part.written else "ungraded"
    if part.score >= part.max_score:
        return "full"
    return "partial" if part.score > 0 else "none"


@dataclass(frozen=True)
class Finding:
    """What a check said about one part of one student."""

    verdict: Verdict

    @property
    def function(self) -> str:
        return self.verdict.exercise.rpartition(".")[2]

    @property
    def unwritten(self) -> bool:
        return self.verdict.stage == "unwritten"

    @property
    def says(self) -> str:
        """What the student read, without the function's name at its beginning: for tables that name it already."""
        headline = self.verdict.headline
        for beginning in (f"In {self.function}, ", f"{self.function} "):
            headline = headline.removeprefix(beginning)
        return headline


@dataclass(frozen=True)
class StudentResult:
    """One student's result for an assignment."""

    student: str
    record: Record
    parts: tuple[Part, ...]
    in_order: bool = True
    late_penalty: float = 0.0
    comments: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    @property
    def score(self) -> float:
        """The points of all parts, before a late penalty."""
        return sum(part.score for part in self.parts)

    @property
    def final_score(self) -> float:
        """What goes to the registrar: the points less the late penalty, never below 0."""
        return max(0.0, self.score - self.late_penalty)

    @property
    def max_score(self) -> float:
        return sum(part.max_score for part in self.parts)

    @property
    def needs_grading(self) -> bool:
        return any(part.needs_grading for part in self.parts)

    @property
    def finished(self) -> bool:
        """Whether nothing waits for a person any more."""
        return bool(self.parts) and not self.needs_grading and self.record.status is not Status.PERSON

    @cached_property
    def failed(self) -> tuple[Finding, ...]:
        """What the checks found in the parts that are written and not passed."""
        return tuple(
            finding for finding in self._findings if not finding.verdict.passed and not finding.unwritten
        )

    @property
    def unwritten(self) -> tuple[str, ...]:
        """The parts that the student left as they were."""
        return tuple(finding.function for finding in self._findings if finding.unwritten)

    @property
    def _findings(self) -> tuple[Finding, ...]:
        return tuple(Finding(part.verdict) for part in self.parts if part.verdict is not None)


def stream(course: Course, assignment: str, students: Iterable[str] | None = None) -> Iterator[StudentResult]:
    """The results of these students (of everybody, in alphabetical order), one at a time in flat memory."""
    names = course.students(assignment) if students is None else students
    with course.gradebook() as gradebook:
        for sheet in sheets(gradebook, assignment, names):
            yield result_of(course, assignment, sheet)


def mistake_summary(exercise: str, mistake: str) -> str:
    """The mistake's sentence in the catalogue; empty where the catalogue has changed since."""
    try:
        part = exercises.find(exercise)
    except LookupError:
        return ""
    known = {m.name: m.summary for m in getattr(part, "mistakes", ())}
    return known.get(mistake, "")


def part_names(results: Iterable[StudentResult]) -> tuple[str, ...]:
    """The graded parts in the notebook's order, as the most complete result has them."""
    longest = max(results, key=lambda result: (len(result.parts), result.in_order), default=None)
    return tuple(part.name for part in longest.parts) if longest else ()


def csv_lines(results: Iterable[StudentResult], names: tuple[str, ...]) -> Iterator[str]:
    """The table of marks, a line at a time: the heading, then one line a student."""
    fields = ["student", "status", *names, "score", "max_score", "mistakes", "unwritten"]
    yield line_of(fields)
    for result in results:
        points = {part.name: f"{part.score:g}" for part in result.parts}
        mistakes = "; ".join(f"{finding.function}: {finding.verdict.label}" for finding in result.failed)
        yield line_of(
            [
                result.student,
                str(result.record.status),
                *(points.get(name, "") for name in names),
                f"{result.score:g}",
                f"{result.max_score:g}",
                mistakes,
                " ".join(result.unwritten),
            ]
        )


def line_of(values: Iterable[object]) -> str:
    """One line of a CSV table in which no cell is a formula."""
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerow([inert(str(value)) for value in values])
    return table.getvalue()


def inert(value: str) -> str:
    """A spreadsheet must not run a cell that a student's name or text began with a formula sign."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def result_of(course: Course, assignment: str, sheet: Sheet) -> StudentResult:
    """One student's result: the gradebook's sheet together with the graded notebook."""
    notebook = graded.read(course.autograded(assignment, sheet.student))
    if notebook is None:
        record, blocks = (
            Record(status=Status.PERSON, problems=("not graded yet; run `rnnlab autograde`",)),
            (),
        )
    else:
        record, blocks = Record.read(notebook), tuple(graded.blocks(notebook))
    known = {block.name: block for block in blocks}
    order = [name for name in known if name in sheet.marks]
    parts = tuple(_part(sheet.marks[name], known.get(name)) for name in order or sorted(sheet.marks))
    return StudentResult(
        sheet.student, record, parts, bool(order), sheet.late_penalty, sheet.comments, blocks
    )


def _part(mark: Mark, block: Block | None) -> Part:
    return Part(
        name=mark.name,
        score=mark.score,
        max_score=mark.max_score,
        needs_grading=mark.needs_grading,
        verdict=block.verdict if block else None,
        by_hand=mark.by_hand,
        extra_credit=mark.extra_credit,
        written=block is not None and block.by_hand,
    )
