"""An assignment's results, read from the gradebook (points) and the autograded notebooks (verdicts, repairs)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from rnnlab import exercises
from rnnlab.check import Verdict
from rnnlab.exercises.spec import Exercise
from rnnlab.grading import notebooks, outputs
from rnnlab.grading.course import Course
from rnnlab.grading.record import Record, Status


@dataclass(frozen=True)
class Part:
    """One graded cell of one student: its points, and the verdict where a check gave one."""

    name: str
    score: float
    max_score: float
    needs_grading: bool
    verdict: Verdict | None


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


@dataclass(frozen=True)
class StudentResult:
    """One student's result for an assignment."""

    student: str
    record: Record
    parts: tuple[Part, ...]
    in_order: bool = True

    @property
    def score(self) -> float:
        return sum(part.score for part in self.parts)

    @property
    def max_score(self) -> float:
        return sum(part.max_score for part in self.parts)

    @property
    def needs_grading(self) -> bool:
        return any(part.needs_grading for part in self.parts)

    @property
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


def collect(course: Course, assignment: str) -> tuple[StudentResult, ...]:
    """Every student's result, in alphabetical order."""
    with course.gradebook() as gradebook:
        return tuple(
            _student_result(gradebook, assignment, student, notebook)
            for student, notebook in course.autograded_notebooks(assignment)
        )


def mistake_counts(results: tuple[StudentResult, ...]) -> list[tuple[str, str, str, int]]:
    """(exercise, mistake, summary, number of students) for each named mistake, the most frequent first."""
    counts = Counter(
        (finding.verdict.exercise, mistake)
        for result in results
        for finding in result.failed
        for mistake in finding.verdict.mistakes
    )
    return [(exercise, name, _summary(exercise, name), n) for (exercise, name), n in counts.most_common()]


def part_names(results: tuple[StudentResult, ...]) -> tuple[str, ...]:
    """The graded parts in the notebook's order, as the most complete result has them."""
    longest = max(results, key=lambda result: (len(result.parts), result.in_order), default=None)
    return tuple(part.name for part in longest.parts) if longest else ()


def as_csv(results: tuple[StudentResult, ...]) -> str:
    """One line a student: status, points of each part, total, and the named mistakes; empty where there is no part."""
    table = io.StringIO()
    names = part_names(results)
    fields = ["student", "status", *names, "score", "max_score", "mistakes", "unwritten"]
    writer = csv.DictWriter(table, fields, lineterminator="\n", restval="")
    writer.writeheader()
    for result in results:
        row = {part.name: f"{part.score:g}" for part in result.parts if part.name in names}
        row |= {
            "student": result.student,
            "status": result.record.status,
            "unwritten": " ".join(result.unwritten),
        }
        row |= {"score": f"{result.score:g}", "max_score": f"{result.max_score:g}"}
        row["mistakes"] = "; ".join(
            f"{finding.function}: {finding.verdict.label}" for finding in result.failed
        )
        writer.writerow({field: _inert(str(value)) for field, value in row.items()})
    return table.getvalue()


def _inert(value: str) -> str:
    """A spreadsheet must not run a cell that a student's name or text began with a formula sign."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _student_result(
    gradebook: Gradebook, assignment: str, student: str, notebook: NotebookNode | None
) -> StudentResult:
    if notebook is None:
        record, verdicts = Record(status=Status.PERSON, problems=("not graded yet",)), {}
    else:
        record, verdicts = Record.read(notebook), _verdicts(notebook)
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return StudentResult(student, record, ())
    grades = {grade.name: grade for nb in submission.notebooks for grade in nb.grades}
    order = [name for name in verdicts if name in grades]
    parts = tuple(_part(grades[name], verdicts.get(name)) for name in order or sorted(grades))
    return StudentResult(student, record, parts, in_order=bool(order))


def _verdicts(notebook: NotebookNode) -> dict[str, Verdict | None]:
    """The verdict of every graded cell in the notebook's order; `None` for a cell that no check looks at."""
    return {
        name: Verdict.from_dict(cell.metadata[outputs.VERDICT]) if outputs.VERDICT in cell.metadata else None
        for cell in notebook.cells
        if (name := notebooks.grade_id(cell))
    }


def _part(grade: Any, verdict: Verdict | None) -> Part:
    """`grade` is a row of nbgrader's gradebook, whose columns have no static types."""
    return Part(
        name=str(grade.name),
        score=float(grade.score),
        max_score=float(grade.max_score),
        needs_grading=bool(grade.needs_manual_grade),
        verdict=verdict,
    )


def _summary(exercise: str, mistake: str) -> str:
    part = exercises.find(exercise)
    known = {m.name: m.summary for m in part.mistakes} if isinstance(part, Exercise) else {}
    return known.get(mistake, "")
