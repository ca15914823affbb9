"""Workers come and go; each task has exactly one outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnnlab.grading import batch, work
from rnnlab.grading.batch import Desk, Options
from rnnlab.grading.executors import Here, LocalWorkers
from rnnlab.grading.fingerprint import grading_code
from rnnlab.grading.record import Status
from rnnlab.grading.sandbox import IsolationUnavailable
from rnnlab.grading.task import Task
from rnnlab.grading.work import OtherGrader
from tests.grading.batch.conftest import ASSIGNMENT

SCRIPTED = str(Path(__file__).with_name("scripted_worker.py"))


@pytest.fixture
def run(handed_in, tmp_path, monkeypatch):
    """Runs tasks of these names with scripted workers; gives the outcomes and how often each was tried."""
    monkeypatch.setenv("SCRIPT_FOLDER", str(tmp_path))
    released = (handed_in / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()

    def task(name: str) -> Task:
        return Task(name, ASSIGNMENT, b"x" * 400_000, released, b"k" * 32, "landlock", "f", grading_code())

    def run(*names: str, jobs: int = 2, seconds: float = 60.0):
        outcomes = LocalWorkers(jobs, seconds, program=(SCRIPTED,)).run(map(task, names))
        found = [(outcome.student, outcome.record.problems) for outcome in outcomes]
        assert sorted(name for name, _ in found) == sorted(names)
        return dict(found), {
            path.name: len(path.read_text()) for path in tmp_path.iterdir() if path.is_file()
        }

    return run


def test_every_task_is_answered_once(run):
    names = [f"works-{number}" for number in range(20)]
    _, tries = run(*names, jobs=3)
    assert tries == dict.fromkeys(names, 1)


def test_a_task_whose_worker_died_is_tried_again_and_no_other(run):
    problems, tries = run("works-1", "once-2", "works-3", "torn-4", "works-5")
    assert tries == {"works-1": 1, "once-2": 2, "works-3": 1, "torn-4": 2, "works-5": 1}
    assert problems["once-2"] == problems["works-1"]


def test_a_task_that_kills_its_worker_twice_needs_a_person(run):
    problems, tries = run("works-1", "dies-2", "works-3", "dies-4", jobs=1)
    assert problems["dies-2"] == ("the process that graded it died, twice",)
    assert tries == {"works-1": 1, "dies-2": 2, "works-3": 1, "dies-4": 2}


def test_a_worker_that_hangs_is_ended(run):
    problems, tries = run("hangs-1", "works-2", "works-3", seconds=3.0)
    assert problems["hangs-1"] == ("the grader did not come to an end within 3 s",)
    assert tries == {"hangs-1": 1, "works-2": 1, "works-3": 1}


def test_a_machine_that_cannot_contain_code_ends_the_batch(run):
    with pytest.raises(IsolationUnavailable):
        run("works-1", "uncontained-2", "works-3")


def test_tasks_are_drawn_as_they_are_used(handed_in, tmp_path, monkeypatch):
    monkeypatch.setenv("SCRIPT_FOLDER", str(tmp_path))
    drawn: list[int] = []

    def tasks() -> Iterator[Task]:
        for number in range(1000):
            drawn.append(number)
            yield Task(f"works-{number}", "x", b"", b"", b"k", "landlock", "f", grading_code())

    outcomes = LocalWorkers(2, program=(SCRIPTED,)).run(tasks())
    for _ in range(3):
        next(outcomes)
    assert len(drawn) <= 3 + 2
    outcomes.close()
    assert len(drawn) <= 3 + 2


@pytest.mark.sandbox
def test_workers_and_this_process_give_the_same(course):
    desk = Desk(course, ASSIGNMENT)
    tasks = [desk.task(student) for student in course.students(ASSIGNMENT)]
    here = {outcome.student: outcome for outcome in Here().run(tasks)}
    there = {outcome.student: outcome for outcome in LocalWorkers(2).run(iter(tasks))}
    assert here.keys() == there.keys()
    for student, outcome in here.items():
        assert there[student].notebook == outcome.notebook
        assert there[student].marks == outcome.marks


@pytest.mark.sandbox
def test_a_batch_with_workers_is_complete(course):
    students = course.students(ASSIGNMENT)
    done = list(batch.autograde(course, ASSIGNMENT, students, Options(jobs=2)))
    assert sorted(each.student for each in done) == list(students)
    assert all(each.unchanged for each in batch.autograde(course, ASSIGNMENT, students, Options(jobs=2)))


def test_another_version_of_the_grader_grades_nothing(course):
    task = Desk(course, ASSIGNMENT).task("ada")
    with pytest.raises(OtherGrader, match="another version"):
        work.grade_submission(Task(**{**vars(task), "code": "0" * 32}))


def test_what_is_lost_has_no_marks_and_is_tried_again_by_the_next_run(course):
    task = Desk(course, ASSIGNMENT).task("ada")
    outcome = work.lost(task, "it was lost")
    assert outcome.record.status is Status.PERSON
    assert outcome.record.problems == ("it was lost",)
    assert outcome.record.fingerprint != task.fingerprint
    assert {mark.points for mark in outcome.marks} == {0}
    assert "E[ids]" not in json.dumps(json.loads(outcome.notebook)["cells"])
