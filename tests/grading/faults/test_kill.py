"""`rnnlab autograde` killed with SIGKILL at any moment: nothing lost, nothing twice, nothing half-written."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rnnlab.grading.sandbox import Isolation, doctor
from tests.course.conftest import ASSIGNMENT, CourseFolder
from tests.grading.faults import killing
from tests.grading.faults.coursework import copied, hand_in_class, released_course

MISSING = doctor.problems(Isolation.LANDLOCK)
pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(bool(MISSING), reason="NOT TESTED: no sandbox on this machine. " + " ".join(MISSING)),
]

HONEST = 30
KILLS = 50


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, course_root, honest) -> CourseFolder:
    """A course with submissions that nobody has graded."""
    course = released_course(course_root, tmp_path_factory.mktemp("kill") / "course")
    hand_in_class(course, honest, HONEST)
    return course


@pytest.fixture(scope="module")
def undisturbed(handed_in, tmp_path_factory) -> tuple[CourseFolder, float]:
    """The course graded without a kill, and how many seconds that took."""
    course = copied(handed_in, tmp_path_factory.mktemp("undisturbed") / "course")
    began = time.monotonic()
    course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,))
    return course, time.monotonic() - began


def survive(course: CourseFolder, scratch: Path, moment) -> bool:
    """One run that is killed at `moment`, and all that must hold right after; False where it ended before."""
    before = killing.finished(course)
    killed = killing.kill_when(killing.start(course, scratch), moment)
    assert killing.half_written(course) == []
    after = killing.finished(course)
    assert {student: after.get(student) for student in before} == before, (
        "what was finished is not touched again"
    )
    assert killing.left_behind(scratch) == []
    return killed


def conclude(course: CourseFolder, undisturbed: CourseFolder) -> None:
    """The last run: it looks up what was finished and grades the rest, to the same marks as if nothing had been."""
    before = killing.finished(course)
    printed = course.do("rnnlab", "autograde", ASSIGNMENT, codes=(1,))
    students = len(list((course.root / "submitted").iterdir()))
    assert printed.startswith(f"{students - len(before)} graded, {len(before)} unchanged"), printed
    assert {student: killing.finished(course)[student] for student in before} == before
    assert killing.grades(course) == killing.grades(undisturbed)
    assert killing.files(course) == killing.files(undisturbed)


def test_killed_early_and_late_it_ends_as_if_nothing_had_been(handed_in, undisturbed, tmp_path):
    course, (expected, _) = copied(handed_in, tmp_path / "course"), undisturbed
    for number, count in enumerate((1, 9)):
        scratch = tmp_path / f"scratch-{number}"
        scratch.mkdir()
        assert survive(course, scratch, lambda count=count: len(list(killing.graded_files(course))) >= count)
    conclude(course, expected)


@pytest.mark.slow
def test_killed_at_fifty_random_moments_it_ends_as_if_nothing_had_been(handed_in, undisturbed, tmp_path):
    chance, (expected, seconds) = random.Random(20260), undisturbed
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        course, again = copied(handed_in, tmp_path / f"course-{rounds}"), True
        while again and kills < KILLS:
            scratch = tmp_path / f"scratch-{kills}"
            scratch.mkdir(exist_ok=True)
            again = survive(course, scratch, random_moment(course, chance, seconds))
            kills += again
        conclude(course, expected)
        shutil.rmtree(course.root)
        print(f"{kills} kills in {rounds} rounds")


def random_moment(course: CourseFolder, chance: random.Random, seconds: float) -> Callable[[], bool]:
    """Some time after the start, or shortly after some more submissions are in their place."""
    if chance.random() < 0.3:
        then = time.monotonic() + chance.uniform(0, seconds)
        return lambda: time.monotonic() >= then
    students = len(list((course.root / "submitted").iterdir()))
    there = len(list(killing.graded_files(course)))
    wanted = chance.randint(min(there + 1, students), students)
    delay, reached = chance.uniform(0, 0.3), []

    def come() -> bool:
        if not reached and len(list(killing.graded_files(course))) >= wanted:
            reached.append(time.monotonic())
        return bool(reached) and time.monotonic() >= reached[0] + delay

    return come
