"""Mark sheets: what the gradebook holds about each student of an assignment, read in batches.

nbgrader's objects load their columns one query at a time; a class of 10 000 is read here with a few queries for every
200 students, and no more than that is in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from nbgrader import api
from nbgrader.api import Gradebook
from sqlalchemy import FromClause, Select, func, select

BATCH = 200

# The tables themselves: nbgrader's classes would load what hangs on each row, one query at a time.
_ASSIGNMENTS: FromClause = api.Assignment.__table__
_SUBMISSIONS: FromClause = api.SubmittedAssignment.__table__
_NOTEBOOKS: FromClause = api.SubmittedNotebook.__table__
_CELLS: FromClause = api.BaseCell.__table__
_GRADE_CELLS: FromClause = api.GradeCell.__table__
_TASK_CELLS: FromClause = api.TaskCell.__table__
_GRADES: FromClause = api.Grade.__table__
_COMMENTS: FromClause = api.Comment.__table__


@dataclass(frozen=True)
class Mark:
    """One graded cell in the gradebook: its points, and whether a person gave them or still has to."""

    name: str
    score: float
    max_score: float
    needs_grading: bool = False
    by_hand: bool = False
    extra_credit: float = 0.0


@dataclass(frozen=True)
class Sheet:
    """All that the gradebook holds about one student's submission; `marks` is empty where there is no entry."""

    student: str
    marks: Mapping[str, Mark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    late_penalty: float = 0.0


def sheets(gradebook: Gradebook, assignment: str, students: Iterable[str]) -> Iterator[Sheet]:
    """The sheet of each of these students, in the order in which they are given."""
    waiting = iter(students)
    while batch := tuple(islice(waiting, BATCH)):
        marks = _marks(gradebook, assignment, batch)
        comments = _comments(gradebook, assignment, batch)
        penalties = _penalties(gradebook, assignment, batch)
        for student in batch:
            yield Sheet(
                student, marks.get(student, {}), comments.get(student, {}), penalties.get(student, 0.0)
            )


def graded_cells(gradebook: Gradebook, assignment: str) -> frozenset[str]:
    """The names of all cells of the assignment that somebody has points for, or could have."""
    source = api.Notebook.__table__
    graded = (_GRADE_CELLS.c.id.is_not(None)) | (_TASK_CELLS.c.id.is_not(None))
    rows = (
        _CELLS.join(source, source.c.id == _CELLS.c.notebook_id)
        .join(_ASSIGNMENTS, _ASSIGNMENTS.c.id == source.c.assignment_id)
        .outerjoin(_GRADE_CELLS, _GRADE_CELLS.c.id == _CELLS.c.id)
        .outerjoin(_TASK_CELLS, _TASK_CELLS.c.id == _CELLS.c.id)
    )
    query = select(_CELLS.c.name).select_from(rows).where(_ASSIGNMENTS.c.name == assignment, graded)
    return frozenset(gradebook.db.execute(query).scalars())


def _marks(gradebook: Gradebook, assignment: str, batch: tuple[str, ...]) -> dict[str, dict[str, Mark]]:
    most = func.coalesce(_GRADE_CELLS.c.max_score, _TASK_CELLS.c.max_score, 0.0)
    rows = (
        _GRADES.join(_CELLS, _CELLS.c.id == _GRADES.c.cell_id)
        .outerjoin(_GRADE_CELLS, _GRADE_CELLS.c.id == _CELLS.c.id)
        .outerjoin(_TASK_CELLS, _TASK_CELLS.c.id == _CELLS.c.id)
        .join(_NOTEBOOKS, _NOTEBOOKS.c.id == _GRADES.c.notebook_id)
    )
    grade = _GRADES.c
    wanted = (grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade, most)
    query = _of(select(_SUBMISSIONS.c.student_id, _CELLS.c.name, *wanted), rows, assignment, batch)
    found: dict[str, dict[str, Mark]] = {}
    for student, name, auto, manual, extra, needs, max_score in gradebook.db.execute(query):
        given = auto if manual is None else manual
        # nbgrader adds the extra credit only where there is a score to add it to
        score = 0.0 if given is None else given + (extra or 0.0)
        found.setdefault(student, {})[name] = Mark(
            name, float(score), float(max_score), bool(needs), manual is not None, float(extra or 0.0)
        )
    return found


def _comments(gradebook: Gradebook, assignment: str, batch: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """What a person wrote under a cell; nbgrader's own "No response." is none of these."""
    rows = _COMMENTS.join(_CELLS, _CELLS.c.id == _COMMENTS.c.cell_id).join(
        _NOTEBOOKS, _NOTEBOOKS.c.id == _COMMENTS.c.notebook_id
    )
    query = _of(
        select(_SUBMISSIONS.c.student_id, _CELLS.c.name, _COMMENTS.c.manual_comment), rows, assignment, batch
    )
    found: dict[str, dict[str, str]] = {}
    for student, name, text in gradebook.db.execute(query.where(_COMMENTS.c.manual_comment.is_not(None))):
        if text.strip():
            found.setdefault(student, {})[name] = text.strip()
    return found


def _penalties(gradebook: Gradebook, assignment: str, batch: tuple[str, ...]) -> dict[str, float]:
    penalty = func.sum(func.coalesce(_NOTEBOOKS.c.late_submission_penalty, 0.0))
    query = _of(select(_SUBMISSIONS.c.student_id, penalty), _NOTEBOOKS, assignment, batch)
    return {
        student: float(total or 0.0)
        for student, total in gradebook.db.execute(query.group_by(_SUBMISSIONS.c.student_id))
    }


def _of(columns: Select, rows: FromClause, assignment: str, batch: tuple[str, ...]) -> Select:
    """Select from these rows (which hold submitted notebooks) those of this assignment and these students."""
    joined = rows.join(_SUBMISSIONS, _SUBMISSIONS.c.id == _NOTEBOOKS.c.assignment_id).join(
        _ASSIGNMENTS, _ASSIGNMENTS.c.id == _SUBMISSIONS.c.assignment_id
    )
    return columns.select_from(joined).where(
        _ASSIGNMENTS.c.name == assignment, _SUBMISSIONS.c.student_id.in_(batch)
    )
