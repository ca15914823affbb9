"""The synthetic class of every assignment through the real commands: each habit costs what it should, and no more."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from rnnlab.exercises import assignment
from rnnlab.exercises.catalogue import ASSIGNMENTS
from rnnlab.exercises.spec import Exercise, Question
from rnnlab.grading.course import CourseError
from rnnlab.grading.synthetic.plan import Student, harmed, plan, planned_answers, read_class, short
from rnnlab.grading.synthetic.submissions import members
from tests.course.conftest import ASSIGNMENT, CourseFolder, copy_course

pytestmark = pytest.mark.sandbox

UNUSABLE = {"cut the file off", "rename the file"}
MENDED = {"delete a test cell", "paste a cell twice"}
FOR_A_PERSON = {"lose all ids"}  # the answer in words is somewhere among the words


# One process for the commands of all assignments: starting each by itself takes as long as grading.
COMMANDS = """
import sys
from rnnlab.grading.cli import main

for line in sys.argv[1:]:
    try:
        main(line.split())
    except SystemExit as end:
        if end.code not in (None, 0, 1):
            raise
"""


def run(course: CourseFolder, *lines: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, *lines], cwd=course.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def whole_course(course_root, tmp_path_factory):
    """A course in which the class of every assignment but the first has been graded and reported."""
    course = copy_course(course_root, tmp_path_factory.mktemp("whole") / "course")
    shutil.rmtree(course.root / "exercises")
    verbs = ("release", "hand-in-class", "autograde", "report")
    run(course, *(f"{verb} {name}" for name in ASSIGNMENTS if name != ASSIGNMENT for verb in verbs))
    return course


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def graded(request):
    """The name of an assignment, and the course in which its synthetic class has been graded."""
    course = "graded_course" if request.param == ASSIGNMENT else "whole_course"
    return request.param, request.getfixturevalue(course)


@pytest.fixture
def rows(graded):
    name, course = graded
    with (course.root / "reports" / f"{name}.csv").open(encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture
def planned(graded, rows, course_root):
    """Each student who has habits and a file that can be read: their row, and what they do in this assignment."""
    name, _ = graded
    students = [work for work in members(course_root, name).values() if isinstance(work, Student)]
    return [(rows[s.name], s, plan(s, name)) for s in students if not UNUSABLE & set(s.careless)]


def told(row):
    """What the row says of each function: its mistakes, or the rung that spoke."""
    return dict(entry.split(": ", 1) for entry in row["mistakes"].split("; ") if entry)


def test_the_gradebook_is_the_golden_one(graded, golden):
    name, course = graded
    text = (course.root / "reports" / f"{name}.csv").read_text(encoding="utf-8")
    golden(f"gradebook-{name}.golden.csv", text)


def test_the_committed_exercise_is_the_one_that_the_source_gives(graded, course_root):
    name, course = graded
    fresh, committed = (root / "exercises" / name for root in (course.root, course_root))
    assert [path.name for path in fresh.iterdir()] == [f"{name}.ipynb"]
    assert (fresh / f"{name}.ipynb").read_bytes() == (committed / f"{name}.ipynb").read_bytes(), (
        f"exercises/ is stale: run `rnnlab release {name}` and commit it"
    )


def test_each_mistake_is_named_as_planned(graded, planned):
    name, _ = graded
    for row, student, made in planned:
        for part in assignment(name).parts:
            if short(part) not in made or short(part) in harmed(student, name):
                continue
            if isinstance(part, Exercise):
                assert sorted(told(row)[short(part)].split(" + ")) == sorted(made[short(part)]), student.name
            if isinstance(part, Question):
                assert told(row)[short(part)] == "question", student.name


def test_a_habit_costs_its_own_parts_and_no_others(graded, planned):
    """Mistakes, botched cells and hostile tricks earn nothing; all else has full marks, however careless the file."""
    name, _ = graded
    for row, student, made in planned:
        lost = made.keys() | set(made.get("unwritten", ())) | harmed(student, name)
        for part in assignment(name).parts:
            expected = 0 if short(part) in lost else part.points
            assert float(row[f"test_{short(part)}"]) == expected, (student.name, short(part))


def test_repairs_are_reported_and_what_cannot_be_read_needs_a_person(graded, rows, course_root):
    name, _ = graded
    for student, work in members(course_root, name).items():
        habits = set(work.careless) if isinstance(work, Student) else set()
        if habits & UNUSABLE:
            assert (rows[student]["status"], rows[student]["score"]) == ("needs a person", "0")
        elif habits & MENDED:
            assert rows[student]["status"] == "graded with repairs"
        elif habits & FOR_A_PERSON:
            assert rows[student]["status"] == "needs a person"


def test_somebody_is_right_everywhere_in_a_way_of_their_own(graded, rows, course_root):
    name, _ = graded
    everything = sum(part.points for part in assignment(name).parts)
    written = [
        student for student, work in members(course_root, name).items() if not isinstance(work, Student)
    ]
    assert max(float(rows[student]["score"]) for student in written) == everything


def handed_in_untouched(course: CourseFolder, root, names) -> CourseFolder:
    """A course of its own in which the instructor's notebooks and the released ones have been handed in."""
    own = CourseFolder(root / "course")
    own.root.mkdir()
    for kept in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(course.root / kept, own.root)
    for name in names:
        shutil.copytree(course.root / "exercises" / name, own.root / "exercises" / name)
        shutil.copytree(course.root / "solutions" / name, own.root / "solutions" / name)
        for student, folder in (("solution", "solutions"), ("stub", "exercises")):
            place = own.root / "submitted" / student / name
            place.mkdir(parents=True)
            shutil.copy(course.root / folder / name / f"{name}.ipynb", place)
    return own


def assert_all_and_nothing(course: CourseFolder, names) -> None:
    """The solutions have every point but those that a person gives, the stubs none."""
    for name in names:
        with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
            grades = {
                student: {grade.name: grade.score for grade in notebook.grades}
                for student in ("solution", "stub")
                for notebook in gradebook.find_submission(name, student).notebooks
            }
        points = {f"test_{short(part)}": part.points for part in assignment(name).parts}
        by_hand = {f"explain_{name}": 0}
        assert grades["solution"] == points | by_hand
        assert grades["stub"] == dict.fromkeys(points, 0) | by_hand


def test_the_solutions_earn_everything_and_the_stubs_nothing(whole_course, tmp_path):
    names = [name for name in ASSIGNMENTS if name not in (ASSIGNMENT, "project")]
    own = handed_in_untouched(whole_course, tmp_path, names)
    run(own, *(f"autograde {name}" for name in names))
    assert_all_and_nothing(own, names)


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_nbgraders_own_command_says_the_same(graded_course, whole_course, tmp_path, name):
    course = graded_course if name == ASSIGNMENT else whole_course
    own = handed_in_untouched(course, tmp_path, [name])
    own.do("nbgrader", "autograde", name)
    assert_all_and_nothing(own, [name])
    passed = own.do("nbgrader", "validate", f"submitted/solution/{name}/{name}.ipynb")
    failed = own.do("nbgrader", "validate", f"submitted/stub/{name}/{name}.ipynb")
    assert "Success" in passed
    answers = len(assignment(name).parts) + 1  # the parts, and the answer in words
    assert f"VALIDATION FAILED ON {answers} CELL(S)" in failed


def test_the_class_has_forty_students_and_every_sort_of_them_does_every_assignment(course_root):
    assert len(read_class(course_root).students) == 40
    for name in ASSIGNMENTS:
        doing = [read_class(course_root).students[student] for student in members(course_root, name)]
        if name == "project":
            assert len(doing) >= 5, "few, because each of them trains networks"
            continue
        assert len(doing) >= 30
        for habit in ("slips", "careless", "botches", "tricks"):
            assert sum(bool(getattr(student, habit)) for student in doing) >= 2
        assert sum(len(student.slips) > 1 for student in doing) >= 3, "two mistakes at once"


def test_the_mistakes_of_the_class_are_many_and_none_is_everybodys(course_root):
    """A class that makes the same few mistakes would prove little."""
    students = read_class(course_root).students.values()
    made = [
        {
            (part, mistake)
            for student in students
            if student.does(name)
            for part, mistakes in plan(student, name).items()
            if isinstance(mistakes, list) and part != "unwritten"
            for mistake in mistakes
        }
        for name in ASSIGNMENTS
    ]
    functions = [
        part for name in ASSIGNMENTS for part in assignment(name).parts if isinstance(part, Exercise)
    ]
    assert sum(map(len, made)) >= 2 * len(functions)


def test_a_plan_with_an_unknown_name_is_refused():
    with pytest.raises(CourseError, match="no part named rnn_bakward"):
        planned_answers("bptt", {"rnn_bakward": ["no_slope"]})
    with pytest.raises(CourseError, match=r"no mistake named 'no_slop'; it has .*no_slope"):
        planned_answers("bptt", {"rnn_backward": ["no_slop"]})


@pytest.mark.parametrize(
    ("habit", "says"),
    [
        ('slips = [["transposd"]]', "example-a: unknown tags transposd"),
        ('careless = ["sleep"]', "example-a: unknown carelessness sleep"),
        ('tricks = ["bribe"]', "example-a: unknown tricks bribe"),
        ('last = "hidden_stat"', "example-a: unknown assignments hidden_stat"),
        ("lazy = true", "example-a: unknown habits lazy"),
    ],
)
def test_a_habit_that_nobody_can_have_is_refused(tmp_path, habit, says):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "class.toml").write_text(f'[example-a]\nabout = "is bad"\n{habit}\n', "utf-8")
    with pytest.raises(CourseError, match=says):
        read_class(tmp_path)


def test_a_plan_is_the_reference_with_the_mistakes_in_it():
    answers = planned_answers("bptt", {"rnn_backward": ["no_slope"], "unwritten": ["masked_backward"]})
    assert "1 - h[t] ** 2" not in answers["rnn_backward"]
    assert "masked_backward" not in answers
    assert answers["answer_memory"] == "answer_memory = 'c'"


def test_two_mistakes_at_once_are_of_two_sorts():
    student = Student("example-a", "", slips=(("transposed",), ("dropped term",)))
    made = plan(student, "bptt")["rnn_backward"]
    tags = {mistake.name: mistake.tag for mistake in assignment("bptt").parts[5].mistakes}
    assert [tags[name] for name in made] == ["transposed", "dropped term"]
