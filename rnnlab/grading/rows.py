"""A submission's rows in nbgrader's gradebook: made, or brought up to date, as `nbgrader autograde` leaves them.

nbgrader asks and commits for each cell by itself; here a few statements serve a whole batch. The tables are its own.
Manual scores, extra credit and comments by a person are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from rnnlab.grading.course import CourseError
from rnnlab.grading.task import Mark, Remark

Penalty = Callable[[str, float, float], float | None]
"""The points to take off: of (student, score, seconds late); `None` for no penalty."""


@dataclass(frozen=True)
class Plan:
    """The rows that the released assignment has in the gradebook: identifiers, and each cell's by its name."""

    assignment: str
    notebook: str
    due: datetime | None
    graded: Mapping[str, str]
    written: Mapping[str, str]
    tasks: Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """What is to be written for one student."""

    student: str
    timestamp: datetime | None
    marks: tuple[Mark, ...]
    remarks: tuple[Remark, ...]


def plan(connection: Connection, assignment: str) -> Plan:
    """The assignment's own rows; raises `CourseError` where it was never released into this gradebook."""
    own, notebook = cast("Any", Assignment), cast("Any", Notebook)  # nbgrader's classes have no static types
    notebooks = connection.execute(
        select(own.id, own.duedate, notebook.id.label("notebook"), notebook.name)
        .join(notebook, notebook.assignment_id == own.id)
        .where(own.name == assignment)
    ).all()
    if assignment not in {row.name for row in notebooks}:
        raise CourseError(f"{assignment} is not in the gradebook; run `rnnlab release {assignment}` first")
    if len(notebooks) > 1:
        raise CourseError(
            f"{assignment} has {len(notebooks)} notebooks and rnnlab grades one; use `nbgrader autograde {assignment}`"
        )
    found = notebooks[0]
    cells = {
        kind: {
            row.name: row.id
            for row in connection.execute(
                select(kind.id, kind.name).where(kind.notebook_id == found.notebook)
            )
        }
        for kind in (GradeCell, SolutionCell, TaskCell)
    }
    return Plan(
        found.id, found.notebook, found.duedate, cells[GradeCell], cells[SolutionCell], cells[TaskCell]
    )


def complete(connection: Connection, plan: Plan, students: Sequence[str]) -> frozenset[str]:
    """Those of these students who have a row for every graded cell."""
    counts = connection.execute(
        select(SubmittedAssignment.student_id, func.count(Grade.id).label("grades"))
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .where(SubmittedAssignment.assignment_id == plan.assignment)
        .where(SubmittedAssignment.student_id.in_(students))
        .group_by(SubmittedAssignment.student_id)
    )
    wanted = len(plan.graded) + len(plan.tasks)
    return frozenset(row.student_id for row in counts if row.grades == wanted)


def write(connection: Connection, plan: Plan, entries: Sequence[Entry], penalty: Penalty | None) -> None:
    """Make or update all rows of these students, each of whom stands in `entries` once."""
    by_student = {entry.student: entry for entry in entries}
    _make_missing(connection, Student.__table__, "id", {}, by_student)
    submissions = _submissions(connection, plan, by_student)
    notebooks = _notebooks(connection, plan, submissions)
    owner = {notebooks[submission]: by_student[student] for student, submission in submissions.items()}
    _write_grades(connection, plan, owner)
    _write_comments(connection, plan, owner)
    renew_penalties(connection, plan, list(by_student), penalty)


def _submissions(connection: Connection, plan: Plan, by_student: Mapping[str, Entry]) -> dict[str, str]:
    """The identifier of each student's submission, made where there was none; a time that is given replaces the old."""
    table = SubmittedAssignment.__table__
    fixed = {"assignment_id": plan.assignment}
    found = _make_missing(connection, table, "student_id", fixed, by_student)
    times = [
        {"row": found[student], "at": entry.timestamp}
        for student, entry in by_student.items()
        if entry.timestamp is not None
    ]
    _execute(
        connection,
        update(table).where(table.c.id == bindparam("row")).values(timestamp=bindparam("at")),
        times,
    )
    return found


def _notebooks(connection: Connection, plan: Plan, submissions: Mapping[str, str]) -> dict[str, str]:
    """The identifier of the submitted notebook, by that of its submission."""
    fixed = {"notebook_id": plan.notebook, "flagged": False}
    return _make_missing(
        connection, SubmittedNotebook.__table__, "assignment_id", fixed, submissions.values(), ("flagged",)
    )


def _make_missing(
    connection: Connection,
    table: Any,
    key: str,
    fixed: Mapping[str, Any],
    values: Iterable[str],
    defaults: Sequence[str] = (),
) -> dict[str, str]:
    """The identifiers of the rows that have these values under `key` and match `fixed`; missing rows are made.

    `defaults` names the columns of `fixed` that a new row gets and an old one need not have.
    """
    values = list(values)
    query = select(table.c.id, table.c[key]).where(table.c[key].in_(values))
    for name, value in fixed.items():
        if name not in defaults:
            query = query.where(table.c[name] == value)
    found = {row[1]: row[0] for row in connection.execute(query)}
    missing = [value for value in values if value not in found]
    made = {value: value if key == "id" else new_uuid() for value in missing}
    _execute(connection, insert(table), [{**fixed, key: value, "id": made[value]} for value in missing])
    return found | made


def _write_grades(connection: Connection, plan: Plan, owner: Mapping[str, Entry]) -> None:
    """The points of each graded cell. A part that a person has marked before is to be looked at again."""
    table = Grade.__table__
    found = {
        (row.notebook_id, row.cell_id): row
        for row in connection.execute(
            select(table.c.id, table.c.notebook_id, table.c.cell_id, table.c.manual_score).where(
                table.c.notebook_id.in_(owner)
            )
        )
    }
    new, changed = [], []
    for notebook, entry in owner.items():
        for mark in entry.marks:
            cell = _known(plan.graded, mark.cell)
            old = found.get((notebook, cell))
            by_hand = mark.points is None or (old is not None and old.manual_score is not None)
            if old is None:
                new.append(_grade(notebook, cell, mark.points, by_hand))
            else:
                changed.append({"row": old.id, "points": mark.points, "by_hand": by_hand})
        marked = {_known(plan.graded, mark.cell) for mark in entry.marks}
        others = {*plan.graded.values(), *plan.tasks.values()} - marked
        new += [
            _grade(notebook, cell, None, True) for cell in sorted(others) if (notebook, cell) not in found
        ]
    _execute(connection, insert(table), new)
    values = {"auto_score": bindparam("points"), "needs_manual_grade": bindparam("by_hand")}
    _execute(connection, update(table).where(table.c.id == bindparam("row")).values(values), changed)


def _known(cells: Mapping[str, str], name: str) -> str:
    """The identifier of a cell; raises `CourseError` for a cell that the gradebook has never seen."""
    if name not in cells:
        raise CourseError(
            f"the released notebook has a cell {name} that the gradebook does not know; release the assignment again"
        )
    return cells[name]


def _grade(notebook: str, cell: str, points: float | None, by_hand: bool) -> dict[str, Any]:
    return {
        "id": new_uuid(),
        "notebook_id": notebook,
        "cell_id": cell,
        "auto_score": points,
        "needs_manual_grade": by_hand,
    }


def _write_comments(connection: Connection, plan: Plan, owner: Mapping[str, Entry]) -> None:
    """What nbgrader remarks on each written cell; a person's comment stands beside it."""
    table = Comment.__table__
    found = {
        (row.notebook_id, row.cell_id): row.id
        for row in connection.execute(
            select(table.c.id, table.c.notebook_id, table.c.cell_id).where(table.c.notebook_id.in_(owner))
        )
    }
    cells = {**plan.written, **plan.tasks}
    new, changed = [], []
    for notebook, entry in owner.items():
        texts = dict.fromkeys(cells.values()) | {_known(cells, own.cell): own.text for own in entry.remarks}
        for cell, text in texts.items():
            old = found.get((notebook, cell))
            if old is None:
                row = {"id": new_uuid(), "notebook_id": notebook, "cell_id": cell}
                new.append({**row, "auto_comment": text})
            else:
                changed.append({"row": old, "text": text})
    _execute(connection, insert(table), new)
    _execute(
        connection,
        update(table).where(table.c.id == bindparam("row")).values(auto_comment=bindparam("text")),
        changed,
    )


def renew_penalties(
    connection: Connection, plan: Plan, students: Sequence[str], penalty: Penalty | None
) -> None:
    """Bring the penalties for being late up to date: nobody who is in time, by now, keeps an old one."""
    if penalty is None:
        return
    own, notebook = SubmittedAssignment.__table__.c, SubmittedNotebook.__table__.c
    handed_in = connection.execute(
        select(own.student_id, own.timestamp, own.extension, notebook.id, notebook.late_submission_penalty)
        .join_from(
            SubmittedAssignment.__table__, SubmittedNotebook.__table__, notebook.assignment_id == own.id
        )
        .where(own.assignment_id == plan.assignment, own.student_id.in_(students))
    ).all()
    changed = []
    for row in handed_in:
        late = _seconds_late(plan.due, row.timestamp, row.extension)
        points = penalty(row.student_id, _score(connection, row.id), late) if late > 0 else None
        if points != row.late_submission_penalty:
            changed.append({"row": row.id, "points": points})
    statement = update(SubmittedNotebook.__table__).where(notebook.id == bindparam("row"))
    _execute(connection, statement.values(late_submission_penalty=bindparam("points")), changed)


def _seconds_late(due: datetime | None, handed_in: datetime | None, extension: Any) -> float:
    if due is None or handed_in is None:
        return 0.0
    return max(0.0, (handed_in - due - extension if extension else handed_in - due).total_seconds())


def _score(connection: Connection, notebook: str) -> float:
    """The notebook's score by nbgrader's own rule, with manual scores and extra credit."""
    return float(
        connection.execute(
            select(func.coalesce(func.sum(Grade.score), 0.0)).where(Grade.notebook_id == notebook)
        ).scalar_one()
    )


def _execute(connection: Connection, statement: Any, parameters: list[dict[str, Any]]) -> None:
    if parameters:
        connection.execute(statement, parameters)
