"""Autograde an assignment: many submissions, one writer; what is finished and unchanged costs a look-up.

Files are read here and written here. What lies between, the work on a submission, is a `Task` for an `Executor`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from rnnlab.grading import hooks, seeds, submission, timings, work
from rnnlab.grading.course import Course, CourseError
from rnnlab.grading.executors import Executor, local_executor
from rnnlab.grading.fingerprint import fingerprint, grading_code
from rnnlab.grading.ledger import Ledger
from rnnlab.grading.lock import only_batch
from rnnlab.grading.record import KEY, Record, Status
from rnnlab.grading.task import Outcome, Task
from rnnlab.grading.timestamp import Timestamp, read_timestamp

LOOKED_UP_AT_ONCE = 200
WRITTEN_AT_ONCE = 16
SECONDS_UNWRITTEN = 0.5


@dataclass(frozen=True)
class Options:
    """How to grade: again what is unchanged too (`force`), with new probes (`reseed`), and where.

    `jobs` is the number of processes on this machine; an `executor` is used instead where one is given.
    """

    force: bool = False
    reseed: bool = False
    jobs: int = 1
    executor: Executor | None = None


@dataclass(frozen=True)
class Done:
    """What became of one submission: its status, and whether it was looked up rather than graded again."""

    student: str
    status: Status
    reasons: tuple[str, ...]
    unchanged: bool
    repairs: tuple[str, ...] = ()
    seconds: float = 0.0


def autograde(
    course: Course, assignment: str, students: Sequence[str], options: Options | None = None
) -> Generator[Done, None, None]:
    """Grade each student's submission; each is in its place, with its marks in the gradebook, when it is yielded.

    Unchanged submissions come first, the others as they are finished. Raises `CourseError` with one sentence where
    the course's folder, its gradebook or another batch is in the way.
    """
    options = options or Options()
    desk = Desk(course, assignment)
    with only_batch(course.root, assignment), Ledger(course, assignment) as ledger:
        if options.reseed:
            seeds.draw_again(course.root, assignment, students)
        waiting = list(students)
        if not options.force:
            finished = yield from _looked_up(desk, ledger, students)
            waiting = [student for student in students if student not in finished]
        if waiting:
            yield from _graded(desk, ledger, waiting, options.executor or local_executor(options.jobs))


def _looked_up(desk: Desk, ledger: Ledger, students: Sequence[str]) -> Iterator[Done]:
    """Yield what is finished and unchanged; returns the names."""
    finished: set[str] = set()
    names = iter(students)
    while some := list(islice(names, LOOKED_UP_AT_ONCE)):
        marked = ledger.complete(some)
        records = {
            student: record for student in some if student in marked and (record := desk.finished(student))
        }
        ledger.renew_penalties(list(records))
        finished |= records.keys()
        for student, record in records.items():
            yield Done(student, record.status, record.problems, True, record.repairs)
    return finished


def _graded(desk: Desk, ledger: Ledger, students: Sequence[str], executor: Executor) -> Iterator[Done]:
    """Have each submission graded, and yield it when it is written."""
    outcomes = executor.run(desk.task(student) for student in students)
    try:
        for some in _gathered(outcomes):
            ledger.write(some, [desk.timestamp(outcome.student) for outcome in some])
            desk.remember_times(some)
            for outcome in some:
                record = outcome.record
                yield Done(
                    outcome.student, record.status, record.problems, False, record.repairs, outcome.seconds
                )
    finally:
        close = getattr(outcomes, "close", None)
        if close is not None:
            close()


def _gathered(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    """Outcomes in handfuls: a transaction costs more than what stands in it, and no result should wait for long.

    Where the outcomes end with an error, or with Ctrl+C, those that are there come first.
    """
    some: list[Outcome] = []
    began = time.monotonic()
    try:
        for outcome in outcomes:
            some.append(outcome)
            if len(some) >= WRITTEN_AT_ONCE or time.monotonic() - began > SECONDS_UNWRITTEN:
                ready, some = some, []
                yield ready
                began = time.monotonic()
    except (Exception, KeyboardInterrupt):
        if some:
            yield some
        raise
    if some:
        yield some


class Desk:
    """Reads what the course's folder holds of an assignment, and makes tasks of it."""

    def __init__(self, course: Course, assignment: str) -> None:
        released = course.released(assignment)
        if not released.is_file():
            raise CourseError(f"{assignment} has not been released; run `rnnlab release {assignment}` first")
        hooks.require_own_steps(course.config)
        self._course, self._assignment = course, assignment
        self._released = _whole_notebook(released.read_bytes(), assignment)
        self._released_digest = submission.digest(self._released)

    @cached_property
    def _secret(self) -> bytes:
        return seeds.course_secret(self._course.root)

    @cached_property
    def _draws(self) -> dict[str, int]:
        return dict(seeds.draws(self._course.root, self._assignment))

    def finished(self, student: str) -> Record | None:
        """The record of a submission that was graded as it is now; `None` where there is work to do."""
        record = self._recorded(student)
        if record is None:
            return None
        data, _ = work.load(self._course.submitted(self._assignment, student))
        return record if record.fingerprint == self._fingerprint(student, submission.digest(data)) else None

    def task(self, student: str) -> Task:
        """The task of grading the submission as it is now."""
        data, refusal = work.load(self._course.submitted(self._assignment, student))
        digest = submission.digest(data)
        problem = self.timestamp(student).problem
        return Task(
            student=student,
            assignment=self._assignment,
            submitted=data,
            released=self._released,
            key=seeds.submission_key(self._secret, student, digest, self._draws.get(student, 0)),
            isolation=self._course.isolation,
            fingerprint=self._fingerprint(student, digest),
            code=grading_code(),
            limits=tuple(sorted(self._course.limits.items())),
            refusal=refusal,
            problems=(problem,) if problem else (),
        )

    def remember_times(self, outcomes: Sequence[Outcome]) -> None:
        """Keep how long each took, for the class report."""
        taken = [(outcome.student, outcome.seconds) for outcome in outcomes]
        timings.remember(self._course.root, self._assignment, taken)

    def timestamp(self, student: str) -> Timestamp:
        """When the submission was handed in."""
        return read_timestamp(self._course.submitted(self._assignment, student).parent)

    def _fingerprint(self, student: str, digest: str) -> str:
        return fingerprint(
            digest,
            self._released_digest,
            self._course.isolation,
            self.timestamp(student).text,
            self._draws.get(student, 0),
            self._course.limits,
        )

    def _recorded(self, student: str) -> Record | None:
        """The record in the graded notebook; `None` where there is none that can be read whole."""
        try:
            notebook = json.loads(self._course.autograded(self._assignment, student).read_bytes())
            return Record.from_fields(notebook["metadata"][KEY])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def _whole_notebook(released: bytes, assignment: str) -> bytes:
    """The released notebook's bytes; raises `CourseError` where they are damaged, which would stop every worker."""
    try:
        json.loads(released)["cells"]
    except (ValueError, TypeError, KeyError) as error:
        raise CourseError(
            f"exercises/{assignment}/{assignment}.ipynb is not a whole notebook; "
            f"run `rnnlab release {assignment}` to make it again"
        ) from error
    return released
