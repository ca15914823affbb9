"""The one writer: puts graded submissions into nbgrader's gradebook and into autograded/, a batch at a time.

For each batch the notebooks are first written as drafts beside their places, then all marks are committed in one
transaction, then the drafts are moved into place. A notebook in its place therefore says that its marks are in the
gradebook. Whatever a kill leaves behind is a draft, or marks whose notebook does not match them yet; both are mended
when the submission is graded again, which its missing or older notebook calls for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TypeVar, cast

from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from rnnlab.grading import rows
from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.shelf import Shelf
from rnnlab.grading.task import Outcome
from rnnlab.grading.timestamp import Timestamp

PATIENCE_SECONDS = 60.0
Value = TypeVar("Value")


class Ledger:
    """Writes the outcomes of one assignment. Raises `CourseError` where folder or gradebook is in the way."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course, self._assignment = course, assignment
        self._open = ExitStack()

    def __enter__(self) -> Ledger:
        course, assignment = self._course, self._assignment
        self._gradebook = self._patiently(course.gradebook)
        self._open.callback(self._gradebook.close)
        try:
            self._plan = self._in_transaction(lambda connection: rows.plan(connection, assignment))
            self._shelf = Shelf(course, assignment)
            self._penalty = _late_penalty(course)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def complete(self, students: Sequence[str]) -> frozenset[str]:
        """Those of these students who have a mark for every part in the gradebook."""
        return self._in_transaction(lambda connection: rows.complete(connection, self._plan, students))

    def renew_penalties(self, students: Sequence[str]) -> None:
        """Let a due date, an extension or a score that has changed since have its effect on being late."""
        self._in_transaction(
            lambda connection: rows.renew_penalties(connection, self._plan, students, self._penalty)
        )

    def write(self, outcomes: Sequence[Outcome], timestamps: Iterable[Timestamp]) -> None:
        """Write a batch of outcomes, each with the time at which its submission was handed in."""
        entries = tuple(zip(outcomes, timestamps, strict=True))
        with self._shelf.drafts(
            (o.student, o.notebook, t.text if t.when else "") for o, t in entries
        ) as drafts:
            marks = [rows.Entry(o.student, t.when, o.marks, o.remarks) for o, t in entries]
            self._in_transaction(lambda connection: rows.write(connection, self._plan, marks, self._penalty))
            drafts.publish()

    def _in_transaction(self, work: Callable[[Connection], Value]) -> Value:
        def once() -> Value:
            with self._gradebook.engine.begin() as connection:
                return work(connection)

        return self._patiently(once)

    def _patiently(self, work: Callable[[], Value]) -> Value:
        """Do the work; wait for a gradebook that somebody else is writing, and say what else is wrong with it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        collisions = 0
        while True:
            try:
                return work()
            except IntegrityError as error:  # somebody made the same row at the same moment: now it is there
                collisions += 1
                if collisions > 3:
                    raise CourseError(_complaint(error)) from error
            except DatabaseError as error:
                busy = isinstance(error, OperationalError) and "locked" in str(error.orig)
                if not busy or time.monotonic() > deadline:
                    raise CourseError(_complaint(error)) from error


def _complaint(error: DatabaseError) -> str:
    reason = str(error.orig).strip().splitlines()[0]
    if "no such column" in reason or "does not exist" in reason or "no column named" in reason:
        return (
            f"the gradebook was made by another version of nbgrader ({reason}); "
            "back it up, then run `nbgrader db upgrade`"
        )
    if "locked" in reason:
        return f"another program has held the gradebook for {PATIENCE_SECONDS:.0f} s; close it and run this again"
    return f"the gradebook cannot be used ({reason}); see that it can be written and has room, and run this again"


def _late_penalty(course: Course) -> rows.Penalty | None:
    """The penalty that the course's plugin gives for being late, between 0 and the score, as nbgrader limits it."""
    step = AssignLatePenalties(config=course.config)
    if not step.enabled:
        return None
    step.init_plugin()
    plugin = cast("LateSubmissionPlugin", step.plugin_inst)

    def penalty(student: str, score: float, seconds_late: float) -> float | None:
        wanted = plugin.late_submission_penalty(student, score, seconds_late)
        return None if wanted is None else min(max(wanted, 0), score)

    return penalty
