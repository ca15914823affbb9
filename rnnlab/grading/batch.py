"""Autograde an assignment's submissions one after another; what is finished and unchanged is not done again."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from sqlalchemy.exc import SAWarning

from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.fingerprint import fingerprint
from rnnlab.grading.record import Record, Status


@dataclass(frozen=True)
class Done:
    """What became of one submission: its status, and whether it was looked up rather than graded again."""

    student: str
    status: Status
    reasons: tuple[str, ...]
    unchanged: bool


def autograde(
    course: Course, assignment: str, students: tuple[str, ...], force: bool = False
) -> Iterator[Done]:
    """Grade each student's submission through nbgrader's own autograde, so that the gradebook is as it always is."""
    if not course.released(assignment).is_file():
        raise CourseError(f"{assignment} has not been released; run `rnnlab release {assignment}` first")
    isolation = str(course.config.GradeInSandbox.get("isolation", "landlock"))
    for student in students:
        wanted = fingerprint(course.submitted(assignment, student), course.released(assignment), isolation)
        record = _record(course, assignment, student)
        if not force and record is not None and record.fingerprint == wanted:
            yield Done(student, record.status, record.problems, unchanged=True)
        else:
            yield _grade_one(course, assignment, student)


def _grade_one(course: Course, assignment: str, student: str) -> Done:
    with warnings.catch_warnings():
        # nbgrader makes each new submission's rows in an order that SQLAlchemy remarks upon; the rows are right
        warnings.simplefilter("ignore", SAWarning)
        result = course.api.autograde(assignment, student, force=True)
    record = _record(course, assignment, student)
    if not result["success"] or record is None:
        reason = _reason(f"{result.get('log', '')}\n{result.get('error', '')}")
        return Done(student, Status.PERSON, (f"nbgrader could not grade it: {reason}",), unchanged=False)
    return Done(student, record.status, record.problems, unchanged=False)


def _record(course: Course, assignment: str, student: str) -> Record | None:
    path = course.autograded(assignment, student)
    return Record.read(nbformat.read(path, as_version=4)) if path.is_file() else None


def _reason(log: str) -> str:
    """The error that nbgrader met first; its own last lines only say that there was one."""
    errors = re.findall(
        r"^\s*(?:\w+\.)*(\w*(?:Error|Exception|Unavailable|Missing\w*)): (.*)$", log, re.MULTILINE
    )
    return ": ".join(errors[0]) if errors else "it gave no reason; `nbgrader autograde` shows its whole log"
