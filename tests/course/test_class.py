"""The synthetic class of every assignment through the real commands: planned mistakes are named, all else is right."""

from __future__ import annotations

import csv
import shutil

import pytest

from rnnlab.exercises import assignment, find
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.exercises.spec import Exercise, Question
from rnnlab.grading.course import CourseError
from rnnlab.grading.synthetic_class import members, planned_answers
from tests.course.conftest import ASSIGNMENT, copy_course

pytestmark = pytest.mark.sandbox

# hidden_state's class, which has the hostile students, has a test file of its own.
OTHERS = [name for name in ASSIGNMENTS if name != ASSIGNMENT]


@pytest.fixture(scope="module", params=OTHERS)
def graded(request, course_root, tmp_path_factory):
    """The name of an assignment, and a row of marks for each synthetic student."""
    name = request.param
    course = copy_course(course_root, tmp_path_factory.mktemp(name) / "course")
    shutil.rmtree(course.root / "exercises")
    course.do("rnnlab", "release", name)
    course.do("rnnlab", "hand-in-class", name)
    course.do("rnnlab", "autograde", name)
    course.do("rnnlab", "report", name)
    text = (course.root / "reports" / f"{name}.csv").read_text(encoding="utf-8")
    return name, text


def rows(text):
    return {row["student"]: row for row in csv.DictReader(text.splitlines())}


def test_the_gradebook_is_the_golden_one(graded, golden):
    name, text = graded
    golden(f"gradebook-{name}.golden.csv", text)


def test_each_planned_mistake_is_named_and_all_else_earns_its_points(graded, course_root):
    name, text = graded
    planned = {
        student: plan for student, plan in members(course_root, name).items() if isinstance(plan, dict)
    }
    for student, plan in planned.items():
        row = rows(text)[student]
        told = dict(entry.split(": ", 1) for entry in row["mistakes"].split("; ") if entry)
        for part in assignment(name).parts:
            short = part.name.rpartition(".")[2]
            wrong = short in plan or short in plan.get("unwritten", ())
            assert float(row[f"test_{short}"]) == (0 if wrong else part.points), (student, short)
            if isinstance(part, Exercise) and short in plan:
                assert sorted(told[short].split(" + ")) == sorted(plan[short]), student
            if isinstance(part, Question) and short in plan:
                assert told[short] == "question"


def test_somebody_is_right_everywhere_in_a_way_of_their_own(graded, course_root):
    name, text = graded
    best = max(rows(text).values(), key=lambda row: float(row["score"]))
    everything = sum(part.points for part in assignment(name).parts)
    assert float(best["score"]) == everything
    written = [student for student, work in members(course_root, name).items() if not isinstance(work, dict)]
    assert any(float(rows(text)[student]["score"]) == everything for student in written)


def test_a_plan_with_an_unknown_name_is_refused():
    with pytest.raises(CourseError, match="no part named rnn_bakward"):
        planned_answers("bptt", {"rnn_bakward": ["no_slope"]})
    with pytest.raises(CourseError, match=r"no mistake named 'no_slop'; it has .*no_slope"):
        planned_answers("bptt", {"rnn_backward": ["no_slop"]})


def test_a_plan_is_the_reference_with_the_mistakes_in_it():
    answers = planned_answers("bptt", {"rnn_backward": ["no_slope"], "unwritten": ["masked_backward"]})
    reference = find("bptt.rnn_backward")
    assert isinstance(reference, Exercise)
    assert "1 - h[t] ** 2" not in answers["rnn_backward"]
    assert "masked_backward" not in answers
    assert answers["answer_memory"] == "answer_memory = 'c'"
