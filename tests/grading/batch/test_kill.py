"""Killed at any moment, a batch loses nothing, leaves nothing half-written, and goes on where it was."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from rnnlab.grading.course import Course
from tests.grading.batch.conftest import ASSIGNMENT, hand_in

pytestmark = pytest.mark.sandbox
RUN = """
import sys
from pathlib import Path
from rnnlab.grading import batch
from rnnlab.grading.course import Course
course = Course.open(Path(sys.argv[1]))
print("begun", flush=True)
options = batch.Options(jobs=int(sys.argv[2]))
for done in batch.autograde(course, "hidden_state", course.students("hidden_state"), options):
    print(done.student, int(done.unchanged), flush=True)
"""
COPIES = 12


def start(course: Course, jobs: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, str(course.root), str(jobs)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def killed_after(course: Course, seconds: float, jobs: int) -> dict[str, bool]:
    """Run the batch, kill it some seconds after it has begun; returns what it said to be done, and if unchanged."""
    process = start(course, jobs)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    said, _ = process.communicate()
    return {line.split()[0]: line.endswith("1") for line in said.splitlines() if len(line.split()) == 2}


def finished(course: Course) -> dict[str, bool]:
    process = start(course, 2)
    said, errors = process.communicate()
    assert process.returncode == 0, errors
    return {line.split()[0]: line.endswith("1") for line in said.splitlines()[1:]}


def state(course: Course) -> tuple[dict[str, bytes], list[tuple]]:
    """All graded notebooks, and the marks in the gradebook."""
    notebooks = {
        path.relative_to(course.root).as_posix(): path.read_bytes()
        for path in (course.root / "autograded").rglob("*")
        if path.is_file()
    }
    with sqlite3.connect(course.root / "gradebook.db") as database:
        marks = database.execute(
            "SELECT s.student_id, c.name, g.auto_score, g.needs_manual_grade FROM grade g "
            "JOIN submitted_notebook n ON n.id = g.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id "
            "JOIN base_cell c ON c.id = g.cell_id ORDER BY 1, 2"
        ).fetchall()
    database.close()
    return notebooks, marks


def assert_agrees(course: Course) -> None:
    """Every notebook that stands in its place is whole, and its marks are in the gradebook."""
    _, marks = state(course)
    marked = {student for student, *_ in marks}
    for path in (course.root / "autograded").glob("*/*/*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))
        assert path.parent.parent.name in marked


@pytest.fixture
def classroom(course) -> Course:
    text = course.submitted(ASSIGNMENT, "ada").read_text(encoding="utf-8")
    for number in range(COPIES):
        hand_in(course, f"copy-{number:02}", text)
    return course


def kill_often(classroom: Course, moments: list[float], tmp_path: Path) -> None:
    """Kill one batch after another at these moments, until all is done; the end is as if nothing had happened."""
    undisturbed = Course.open(Path(shutil.copytree(classroom.root, tmp_path / "undisturbed")))
    finished(undisturbed)
    written: set[str] = set()
    for number, moment in enumerate(moments):
        said = killed_after(classroom, moment, jobs=1 + number % 2)
        assert_agrees(classroom)
        # What was said to be done is done: no later run does it again.
        assert not {student for student in written if said.get(student) is False}
        written |= said.keys()
        if len(written) == len(classroom.students(ASSIGNMENT)):
            for path in list((classroom.root / "autograded").iterdir())[::2]:
                shutil.rmtree(path)
                written.discard(path.name)
    last = finished(classroom)
    assert all(last[student] for student in written)
    assert state(classroom) == state(undisturbed)


def test_killed_twice_and_resumed(classroom, tmp_path):
    kill_often(classroom, [0.9, 0.6], tmp_path)


@pytest.mark.slow
def test_killed_at_fifty_random_moments(classroom, tmp_path):
    moments = random.Random(7)
    kill_often(classroom, [moments.uniform(0.0, 2.5) for _ in range(50)], tmp_path)
