"""The batch leaves the gradebook and the notebooks exactly as `nbgrader autograde` leaves them."""

from __future__ import annotations

import re
import shutil
import sqlite3
import warnings
from pathlib import Path

import pytest
from sqlalchemy.exc import SAWarning

from rnnlab.grading import batch
from rnnlab.grading.batch import Options
from rnnlab.grading.course import Course
from rnnlab.grading.synthetic.submissions import hand_in
from tests.grading.batch.conftest import ASSIGNMENT

pytestmark = pytest.mark.sandbox

ROWS = """
SELECT s.student_id, s.timestamp, s.extension, n.flagged, n.late_submission_penalty, c.name, c.type,
       g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade,
       m.auto_comment, m.manual_comment, m.id IS NULL
FROM submitted_assignment s
JOIN submitted_notebook n ON n.assignment_id = s.id
JOIN base_cell c ON c.notebook_id = n.notebook_id
LEFT JOIN grade g ON g.notebook_id = n.id AND g.cell_id = c.id
LEFT JOIN comment m ON m.notebook_id = n.id AND m.cell_id = c.id
ORDER BY s.student_id, c.name, c.type
"""
TIMED = re.compile(rb"[\d.]+ \S{1,3} \S+ [\d.]+ \S{1,3} per loop")
"""What `%timeit` says in a student's cell: no two runs agree."""
SUMS = """
SELECT (SELECT count(*) FROM student), (SELECT count(*) FROM submitted_assignment),
       (SELECT count(*) FROM submitted_notebook), (SELECT count(*) FROM grade), (SELECT count(*) FROM comment)
"""


def rows(course: Course) -> list[tuple]:
    with sqlite3.connect(course.root / "gradebook.db") as database:
        found = [*database.execute(ROWS), *database.execute(SUMS)]
    database.close()
    return found


def notebooks(course: Course) -> dict[str, bytes]:
    paths = (course.root / "autograded").rglob("*")
    return {
        path.relative_to(course.root).as_posix(): TIMED.sub(b"a while", path.read_bytes())
        for path in paths
        if path.is_file()
    }


def modes(course: Course) -> set[int]:
    return {path.stat().st_mode for path in (course.root / "autograded").rglob("*") if path.is_file()}


def change(course: Course, *statements: str) -> None:
    with sqlite3.connect(course.root / "gradebook.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def with_nbgrader(course: Course) -> None:
    with warnings.catch_warnings():
        # nbgrader makes a new submission's rows in an order that SQLAlchemy remarks upon
        warnings.simplefilter("ignore", SAWarning)
        for student in course.students(ASSIGNMENT):
            result = course.api.autograde(ASSIGNMENT, student, force=True)
            assert result["success"], result


def with_batch(course: Course) -> None:
    students = course.students(ASSIGNMENT)
    done = list(batch.autograde(course, ASSIGNMENT, students, Options(force=True)))
    assert sorted(each.student for each in done) == sorted(students)


def both(fresh, source: Path | None = None) -> tuple[Course, Course]:
    arguments = (source,) if source else ()
    theirs, ours = fresh("theirs", *arguments), fresh("ours", *arguments)
    with_nbgrader(theirs)
    with_batch(ours)
    return theirs, ours


def assert_same(theirs: Course, ours: Course) -> None:
    assert rows(ours) == rows(theirs)
    assert notebooks(ours).keys() == notebooks(theirs).keys()
    for name, content in notebooks(theirs).items():
        assert notebooks(ours)[name] == content, name
    assert modes(ours) == modes(theirs)


LATE = ("UPDATE assignment SET duedate = '2030-01-02 00:00:00.000000'",)
BY_HAND = (
    "UPDATE grade SET manual_score = 1.5, needs_manual_grade = 0 WHERE rowid % 3 = 0",
    "UPDATE grade SET extra_credit = 0.25 WHERE rowid % 4 = 0",
    "UPDATE comment SET manual_comment = 'Well said.' WHERE rowid % 2 = 0",
    "UPDATE submitted_notebook SET flagged = 1, late_submission_penalty = 0.5",
    "UPDATE submitted_assignment SET extension = '1970-01-03 00:00:00.000000' WHERE student_id = 'boris'",
    "UPDATE student SET first_name = 'Ada' WHERE id = 'ada'",
)


@pytest.fixture(autouse=True)
def penalty(monkeypatch) -> None:
    """nbgrader's plugin takes everything from a late submission, and so must ours."""
    original = Course.open.__func__

    def opened(cls, root, **options):
        course = original(cls, root, **options)
        course.config.LateSubmissionPlugin.penalty_method = "zero"
        return course

    monkeypatch.setattr(Course, "open", classmethod(opened))


def test_a_first_grading_leaves_what_nbgrader_leaves(fresh, handed_in):
    theirs, ours = both(fresh)
    assert_same(theirs, ours)
    assert {row[0] for row in rows(ours) if len(row) > 5} == {"ada", "boris", "chen", "dora", "emil"}
    assert len({row[7] for row in rows(ours) if len(row) > 7}) > 2


def test_a_regrade_keeps_what_persons_did_and_takes_late_penalties_as_nbgrader_does(fresh):
    first = fresh("first")
    with_batch(first)
    change(first, *LATE, *BY_HAND)
    theirs, ours = both(fresh, first.root)
    assert_same(theirs, ours)
    late = {row[0]: row[4] for row in rows(ours) if len(row) > 5}
    assert late["ada"] is None
    assert late["boris"] is None
    change(ours, "UPDATE submitted_assignment SET extension = NULL")
    with_batch(ours)
    assert {row[0]: row[4] for row in rows(ours) if len(row) > 5}["boris"] > 0


def test_a_changed_due_date_has_its_effect_without_grading_again(course):
    with_batch(course)
    late = {}
    for due in ("2029-12-31", "2030-01-04"):
        change(course, f"UPDATE assignment SET duedate = '{due} 00:00:00.000000'")
        done = list(batch.autograde(course, ASSIGNMENT, course.students(ASSIGNMENT)))
        assert {each.student for each in done if each.unchanged} >= {"ada", "boris", "chen", "dora"}
        late[due] = {row[0]: row[4] for row in rows(course) if len(row) > 5}
    assert late["2029-12-31"]["ada"] > 0
    assert late["2029-12-31"]["chen"] is None
    assert set(late["2030-01-04"].values()) == {None}


def test_rows_that_nbgrader_began_and_never_filled_are_filled(fresh):
    first = fresh("first")
    with_nbgrader(first)
    change(first, "UPDATE grade SET auto_score = NULL, needs_manual_grade = 1")
    shutil.rmtree(first.root / "autograded")
    theirs, ours = both(fresh, first.root)
    assert_same(theirs, ours)


@pytest.mark.slow
def test_the_whole_synthetic_class_leaves_what_nbgrader_leaves(fresh, course_root):
    first = fresh("first")
    shutil.rmtree(first.root / "submitted")
    if (course_root / "solutions" / "class.toml").is_file():
        shutil.copy(course_root / "solutions" / "class.toml", first.root / "solutions")
    for student in hand_in(first, ASSIGNMENT):
        if not first.submitted(ASSIGNMENT, student).is_file():  # nbgrader stops at a notebook of another name
            shutil.rmtree(first.root / "submitted" / student)
    assert_same(*both(fresh, first.root))
