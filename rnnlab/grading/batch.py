"""Autograde an assignment's submissions one after another; what is finished and unchanged is not done again."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from sqlalchemy.exc import SAWarning

from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.fingerprint import fingerprint
from rnnlab.grading.record import Record, Status
from rnnlab.grading.submission import digest_of


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
        digest = digest_of(course.submitted(assignment, student))
        wanted = fingerprint(digest, course.released(assignment), isolation)
        record = _record(course, assignment, student)
        if not force and record is not None and record.fingerprint == wanted:
            yield Done(student, record.status, record.problems, unchanged=True)
        else:
            yield _grade_one(course, assignment, student)


def _grade_one(course: Course, assignment: str, student: str) -> Done:
    """Grade a submission; one that nbgrader cannot take leaves no old marks behind, and says why."""
    result = _autograde(course.api, assignment, student)
    if not result["success"]:
        log = "\n".join(str(result.get(part, "")) for part in ("log", "error"))
        reason = f"nbgrader could not grade it: {_reason(log)}"
        result = _autograde(course.api_that_refuses(reason), assignment, student)
    record = _record(course, assignment, student)
    if not result["success"] or record is None:
        return Done(
            student, Status.PERSON, ("nbgrader could neither grade it nor refuse it",), unchanged=False
        )
    return Done(student, record.status, record.problems, unchanged=False)


def _autograde(api: NbGraderAPI, assignment: str, student: str) -> dict[str, Any]:
    with warnings.catch_warnings():
        # nbgrader makes each new submission's rows in an order that SQLAlchemy remarks upon; the rows are right
        warnings.simplefilter("ignore", SAWarning)
        return api.autograde(assignment, student, force=True)


def _record(course: Course, assignment: str, student: str) -> Record | None:
    notebook = course.autograded_notebook(assignment, student)
    return Record.read(notebook) if notebook is not None else None


def _reason(log: str) -> str:
    """The error that nbgrader met first; its own last lines only say that there was one."""
    errors = re.findall(
        r"^\s*(?:\w+\.)*(\w*(?:Error|Exception|Unavailable|Missing\w*)): (.*)$", log, re.MULTILINE
    )
    return ": ".join(errors[0]) if errors else "it gave no reason; `nbgrader autograde` shows its whole log"
