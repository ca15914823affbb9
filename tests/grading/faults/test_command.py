"""The whole corpus as one class through the real command, with the limits that a course has."""

from __future__ import annotations

import nbformat
import pytest

from rnnlab.grading.record import Record
from rnnlab.grading.sandbox import Isolation, doctor
from tests.grading.faults import killing
from tests.grading.faults.coursework import released_course, submitted
from tests.grading.faults.grading import worth
from tests.grading.faults.topics import FAULTS
from tests.grading.faults.world import ASSIGNMENT

MISSING = doctor.problems(Isolation.LANDLOCK)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.skipif(bool(MISSING), reason="NOT TESTED: no sandbox on this machine. " + " ".join(MISSING)),
]
# Under the limits of a course these end differently, and no less well: they get the time or the room that they want.
WITH_MORE_ROOM = ("busy-thread", "thread-bomb", "unpack-bomb", "large-file")


@pytest.fixture(scope="module")
def graded(course_root, tmp_path_factory, honest, world):
    """A course in which every fault was handed in by a student of its name, and graded in one batch."""
    course = released_course(course_root, tmp_path_factory.mktemp("corpus") / "course")
    for fault in FAULTS:
        fault.hand_in(submitted(course, fault.name), honest, world.placed)
    printed = course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,))
    return course, printed


def test_every_fault_is_graded_and_earns_what_it_should(graded):
    course, printed = graded
    assert printed.startswith(f"{len(FAULTS)} graded, 0 unchanged")
    points = {(student, cell): score for student, cell, score, _ in killing.grades(course)}
    wrong = {}
    for fault in FAULTS:
        wanted = {part: 0 if part in fault.loses else full for part, full in worth().items()}
        earned = {part: points[fault.name, f"test_{part}"] for part in wanted}
        if earned != wanted and fault.name not in WITH_MORE_ROOM:
            wrong[fault.name] = {part: earned[part] for part in wanted if earned[part] != wanted[part]}
    assert wrong == {}


def test_no_fault_reached_anything_and_the_batch_left_nothing_behind(graded, world):
    course, _ = graded
    text = "\n".join(path.read_text(encoding="utf-8") for path in killing.graded_files(course))
    world.bury_bubblewrap()
    assert world.reached(text) == set()
    assert killing.half_written(course) == []
    assert len(killing.finished(course)) == len(FAULTS)


def test_each_fault_ends_in_the_status_that_it_should(graded):
    course, _ = graded
    for fault in FAULTS:
        path = course.root / "autograded" / fault.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        record = Record.read(nbformat.reads(path.read_text(encoding="utf-8"), as_version=4))
        assert record.status == fault.status, (fault.name, record)
