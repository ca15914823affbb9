"""Mark sheets hold what nbgrader's own objects would say, read in a few queries."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from rnnlab.grading.course import Course
from rnnlab.grading.reporting import sheets as module
from rnnlab.grading.reporting.sheets import Sheet, graded_cells, sheets
from tests.grading.small_course import ASSIGNMENT, EXPLAIN, Work, make, mistaken

# (auto, manual, extra credit, needs a person)
GRADES = {
    "ada": (2.0, None, None, False),
    "bob": (2.0, 1.0, None, False),
    "cleo": (2.0, None, 0.5, False),
    "dan": (2.0, 0.0, 1.5, False),
    "eve": (None, None, 1.0, True),
    "finn": (None, 2.5, 0.25, False),
    "gil": (None, None, None, True),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory, course_root) -> Course:
    works = [Work(name, {"rnn_step": mistaken()}, late=0.5 * (name == "bob")) for name in GRADES]
    works[0] = Work("ada", comment="  Look again. ")
    course = make(tmp_path_factory.mktemp("sheets") / "course", course_root, tuple(works))
    with course.gradebook() as gradebook:
        for name, (auto, manual, extra, needs) in GRADES.items():
            grade = gradebook.find_grade(EXPLAIN, ASSIGNMENT, ASSIGNMENT, name)
            grade.auto_score, grade.manual_score, grade.extra_credit = auto, manual, extra
            grade.needs_manual_grade = needs
        gradebook.db.commit()
    return course


def test_each_mark_is_the_one_that_nbgrader_reckons(course):
    with course.gradebook() as gradebook:
        for sheet in sheets(gradebook, ASSIGNMENT, GRADES):
            submission = gradebook.find_submission(ASSIGNMENT, sheet.student)
            assert sum(mark.score for mark in sheet.marks.values()) == pytest.approx(submission.score)
            assert sum(mark.max_score for mark in sheet.marks.values()) == submission.max_score
            assert sheet.late_penalty == (submission.late_submission_penalty or 0.0)
            for grade in submission.notebooks[0].grades:
                mark = sheet.marks[grade.name]
                assert (mark.score, mark.max_score) == (grade.score, grade.max_score)
                assert mark.needs_grading == grade.needs_manual_grade
                assert mark.by_hand == (grade.manual_score is not None)


def test_only_a_persons_comments_are_read(course):
    with course.gradebook() as gradebook:
        by_student = {sheet.student: sheet.comments for sheet in sheets(gradebook, ASSIGNMENT, GRADES)}
    assert by_student.pop("ada") == {"rnn_step": "Look again."}
    assert not any(by_student.values())


def test_a_student_without_an_entry_has_an_empty_sheet_in_its_place(course):
    with course.gradebook() as gradebook:
        found = list(sheets(gradebook, ASSIGNMENT, ["zoe", "ada", "nobody"]))
    assert [sheet.student for sheet in found] == ["zoe", "ada", "nobody"]
    assert found[0] == Sheet("zoe")
    assert found[1].marks


def test_another_assignment_has_no_marks(course):
    with course.gradebook() as gradebook:
        assert list(sheets(gradebook, "bptt", ["ada"])) == [Sheet("ada")]
        assert graded_cells(gradebook, "bptt") == frozenset()


def test_the_columns_are_all_graded_cells(course):
    with course.gradebook() as gradebook:
        assert graded_cells(gradebook, ASSIGNMENT) == {"test_rnn_step", "test_rnn_forward", EXPLAIN}


def test_a_batch_costs_three_queries_however_many_students_are_in_it(course, monkeypatch):
    asked = []
    with course.gradebook() as gradebook:
        event.listen(gradebook.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        assert len(list(sheets(gradebook, ASSIGNMENT, GRADES))) == len(GRADES)
        assert len(asked) == 3
        asked.clear()
        monkeypatch.setattr(module, "BATCH", 2)
        assert len(list(sheets(gradebook, ASSIGNMENT, GRADES))) == len(GRADES)
        assert len(asked) == 3 * 4
